import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Command } from '../../src/editor/contributions.ts';
import type { RunOutcome } from '../../src/editor/runs/job-process.ts';
import type { RunSummary } from '../../src/protocol/run.ts';
import { distance } from '../fixtures/host/src/distances.ts';
import { folder, isAlive, manycore, open, results, runInParallel, until } from './workspace.ts';

const cities = { file: 'src/distances.ts', export: 'distance', data: 'data/cities.csv' };

function expectedDistances(): unknown[] {
  const [, ...rows] = readFileSync(join(folder(), cities.data), 'utf8').trim().split('\n');
  return rows.map((row) => {
    const [city = '', , latitude = '', longitude = ''] = row.split(',');
    return distance({ city, latitude, longitude });
  });
}

describe('a run over a dataset', () => {
  before(() => manycore());

  it('gives every item its value, on disk and in the panel', async () => {
    const outcome = await runInParallel({ ...cities, workers: 2, baseline: 'full' });
    assert.equal(outcome.exitCode, 0, outcome.failure?.message);
    const values = results(outcome.runDir).map(({ value }) => value);
    assert.deepEqual(values, expectedDistances());
    const onDisk = JSON.parse(readFileSync(join(outcome.runDir ?? '', 'run.json'), 'utf8')) as RunSummary;
    assert.deepEqual(onDisk, outcome.summary);
    assert.equal(onDisk.items, 24);
    assert.ok(onDisk.speedup !== null && onDisk.speedup > 0);
    assert.ok(existsSync(join(outcome.runDir ?? '', 'report.html')));
    const { runModel } = await manycore();
    assert.equal(runModel.state, 'finished');
    assert.deepEqual(runModel.summary, outcome.summary);
    for (const { pid } of onDisk.perWorker) await until(() => !isAlive(pid));
  });

  it('is told in the lens of the function afterwards', async () => {
    const document = await open(cities.file);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    const ofFunction = lenses.filter(({ range }) => range.start.line === 10);
    assert.equal(ofFunction.length, 3);
    assert.match(ofFunction[2]?.command?.title ?? '', /^\d+\.\d\d?x on 2 · /);
    assert.equal(ofFunction[2]?.command?.command, Command.showPanel);
  });

  it('takes the function under the cursor and the dataset used before, from the palette', async () => {
    const document = await open(cities.file);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document, document);
    editor.selection = new vscode.Selection(12, 0, 12, 0);
    let ended = false;
    const running = vscode.commands.executeCommand<RunOutcome | undefined>(Command.runInParallel);
    const outcome = running.then((value) => {
      ended = true;
      return value;
    });
    const api = await manycore();
    await until(() => {
      if (api.jobHostPid === undefined && !ended)
        void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return api.jobHostPid !== undefined || ended;
    });
    const summary = (await outcome)?.summary;
    assert.equal(summary?.function, 'src/distances.ts#distance');
    assert.equal(summary.items, 24);
  });

  it('does not begin when the dataset is not chosen', async () => {
    await open(cities.file);
    let ended = false;
    const running = vscode.commands.executeCommand<RunOutcome | undefined>(Command.runInParallel);
    const outcome = running.then((value) => {
      ended = true;
      return value;
    });
    await until(() => {
      if (!ended) void vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      return ended;
    });
    assert.equal(await outcome, undefined);
    assert.equal((await manycore()).jobHostPid, undefined);
  });

  it('keeps the items that succeed when others fail, and tells where each failed', async () => {
    const outcome = await runInParallel({
      ...{ file: 'src/words.cjs', export: 'length', data: 'data/words.jsonl', workers: 2, baseline: 'off' },
    });
    assert.equal(outcome.exitCode, 1, outcome.failure?.message);
    assert.deepEqual([outcome.summary?.succeeded, outcome.summary?.failed], [4, 2]);
    const rows = results(outcome.runDir);
    assert.deepEqual(
      rows.map(({ ok, value, error }) => (ok ? value : error?.message)),
      [8, 4, 'an empty word', 6, 'an empty word', 4],
    );
    const at = outcome.summary?.firstErrors[0]?.error?.at;
    assert.deepEqual([at?.file, at?.line], [join(folder(), 'src/words.cjs'), 2]);
  });

  it('shows the whole result of one item as a document', async () => {
    const { runModel } = await manycore();
    const query = JSON.stringify({ runDir: runModel.summary?.runDir, index: 2 });
    const uri = vscode.Uri.from({ scheme: 'manycore-result', path: '/item 2.json', query });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'json');
    assert.match(document.getText(), /"message": "an empty word"/);
  });

  it('fails with the reason when there is no such dataset or function', async () => {
    const noData = await runInParallel({ ...cities, data: 'data/none.csv' });
    assert.equal(noData.exitCode, 2);
    assert.match(noData.failure?.message ?? '', /none\.csv/);
    const noExport = await runInParallel({ ...cities, export: 'nothing' });
    assert.equal(noExport.exitCode, 2);
    assert.match(noExport.failure?.message ?? '', /nothing/);
    assert.equal((await manycore()).runModel.state, 'failed');
  });

  it('refuses an argument that it does not know, with a stable code', async () => {
    await assert.rejects(
      runInParallel({ ...cities, workers: -1 }),
      /"workers" must be a whole number from 0/,
    );
  });
});
