import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Command } from '../../src/editor/contributions.ts';
import type { RunArgument } from '../../src/editor/past-runs/run-argument.ts';
import type { RunOutcome } from '../../src/editor/runs/job-process.ts';
import type { RunSummary } from '../../src/protocol/run.ts';
import { folder, manycore, results, runInParallel, until } from './workspace.ts';

const words = { file: 'src/words.cjs', export: 'length', data: 'data/words.jsonl', workers: 2 } as const;
const slow = { file: 'src/slow.mjs', export: 'slowly', data: 'range:0:400', workers: 2 } as const;

function summaryOf(runDir: string): RunSummary {
  return JSON.parse(readFileSync(join(runDir, 'run.json'), 'utf8'));
}

/** Does something with a run, as a program: a failure rejects. */
async function act(command: Command, argument: RunArgument): Promise<RunOutcome> {
  return vscode.commands.executeCommand<RunOutcome>(command, argument);
}

function ended(outcome: RunOutcome): string {
  assert.ok(outcome.runDir !== null && outcome.summary !== null, outcome.failure?.message);
  return outcome.runDir;
}

describe('past runs', () => {
  let withFailures = '';
  let another = '';

  before(async function () {
    this.timeout(80_000); // Two runs.
    await manycore();
    withFailures = ended(await runInParallel({ ...words, baseline: 'off' }));
    another = ended(await runInParallel({ ...slow, data: 'range:0:6', baseline: 'off' }));
  });

  /** What the view shows, read from the extension as VS Code does. */
  async function rows(): Promise<string[]> {
    const { runsShown } = await manycore();
    return (await runsShown()).map(({ label, description }) => `${label} · ${description}`);
  }

  /** Does something on disk, and waits until the view has been read again and shows it. */
  async function whenListed(act: () => void, shown: () => Promise<boolean>): Promise<void> {
    const { onDidListRuns } = await manycore();
    let listed = false;
    const listener = onDidListRuns(async () => {
      listed ||= await shown();
    });
    act();
    await until(() => listed);
    listener.dispose();
  }

  it('are listed, the newest first', async () => {
    const [first, second] = await rows();
    assert.match(first ?? '', /^slowly · .* on 2$/);
    assert.match(second ?? '', /^length · .* on 2 · 2 failed$/);
  });

  it('are listed when another program made them, and not when it deleted them', async () => {
    const row = '2020-01-01-000000-foreign · not a run';
    const foreign = join(folder(), '.manycore', 'runs', '2020-01-01-000000-foreign');
    await whenListed(
      () => {
        mkdirSync(foreign);
        writeFileSync(join(foreign, 'run.json'), '{"version":7}');
      },
      async () => (await rows()).includes(row),
    );
    await whenListed(
      () => rmSync(foreign, { recursive: true }),
      async () => !(await rows()).includes(row),
    );
  });

  it('are shown in the panel from disk, until the newest one is asked for', async () => {
    const api = await manycore();
    await act(Command.openRun, { runDir: withFailures });
    assert.equal(api.shownModel.summary?.function, 'src/words.cjs#length');
    assert.equal(api.shownModel.header?.dataset.source, 'data/words.jsonl');
    assert.deepEqual(
      api.shownModel.results.rows.filter(({ ok }) => !ok).map(({ input, error }) => [input, error?.message]),
      [
        ['{"word":""}', 'an empty word'],
        ['{"word":""}', 'an empty word'],
      ],
    );
    assert.equal(api.runModel.summary?.function, 'src/slow.mjs#slowly');
    await vscode.commands.executeCommand(Command.showPanel);
    assert.equal(api.shownModel, api.runModel);
  });

  it('have failed items that are run again alone, in a run of their own', async () => {
    const outcome = await act(Command.runFailedAgain, { runDir: withFailures });
    const runDir = ended(outcome);
    assert.notEqual(runDir, withFailures);
    assert.equal(outcome.summary?.items, 2);
    assert.deepEqual(
      results(runDir).map(({ index }) => index),
      results(withFailures)
        .filter(({ ok }) => !ok)
        .map(({ index }) => index),
    );
    const verified = await act(Command.verifyRun, { runDir });
    assert.deepEqual(verified.summary?.verification, { checked: 2, of: 2, differences: 0, first: [] });
    const again = await act(Command.runAgain, { runDir });
    assert.equal(again.summary?.items, 2, 'once more the failed items alone');
  });

  it('are run again as they were', async () => {
    const outcome = await act(Command.runAgain, { runDir: withFailures });
    assert.equal(outcome.summary?.items, summaryOf(withFailures).items);
    assert.equal(outcome.summary?.function, 'src/words.cjs#length');
  });

  it('are verified: the result is shown, on disk, and the measurements stay', async () => {
    const api = await manycore();
    const before = summaryOf(another);
    const outcome = await act(Command.verifyRun, { runDir: another });
    assert.equal(outcome.exitCode, 0, outcome.failure?.message);
    assert.deepEqual(outcome.summary?.verification, { checked: 6, of: 6, differences: 0, first: [] });
    const after = summaryOf(another);
    assert.deepEqual(after, { ...before, verification: outcome.summary?.verification });
    assert.deepEqual([api.shownModel.state, api.shownModel.summary?.runDir], ['finished', another]);
    assert.equal(api.shownModel.results.rows.length, 6);
  });

  it('stay what is shown where they cannot be verified', async () => {
    const api = await manycore();
    const source = join(folder(), words.file);
    const code = readFileSync(source, 'utf8');
    writeFileSync(source, `${code}\n// Changed.\n`);
    try {
      const outcome = await act(Command.verifyRun, { runDir: withFailures });
      assert.equal(outcome.failure?.code, 'ERR_MANYCORE_FUNCTION_CHANGED');
      assert.deepEqual([api.shownModel.state, api.shownModel.summary?.runDir], ['finished', withFailures]);
    } finally {
      writeFileSync(source, code);
    }
  });

  it('that were killed are resumed, and do no item twice', async () => {
    const api = await manycore();
    const running = runInParallel({ ...slow, baseline: 'off' });
    await until(() => (api.runModel.progress?.done ?? 0) >= 4 && api.runModel.state === 'running');
    const runDir = api.runModel.header?.runDir;
    assert.ok(runDir !== undefined && api.jobHostPid !== undefined);
    process.kill(api.jobHostPid, 'SIGKILL');
    await running;
    const done = results(runDir).length;
    assert.ok(done >= 4 && done < 400);
    await until(async () => (await rows())[0] === 'slowly · broke off');
    await act(Command.openRun, { runDir: withFailures });
    const outcome = await act(Command.resumeRun, { runDir });
    assert.equal(outcome.exitCode, 0, outcome.failure?.message);
    assert.deepEqual([outcome.runDir, outcome.summary?.items], [runDir, 400]);
    assert.deepEqual(
      results(runDir).map(({ index, value }) => [index, value]),
      Array.from({ length: 400 }, (_, index) => [index, index * 2]),
    );
  });

  it('are compared in a tab', async () => {
    const title = 'slowly: Runs Compared';
    await act(Command.compareRuns, { runDir: withFailures, with: another });
    const tab = await until(() =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label === title),
    );
    await vscode.window.tabGroups.close(tab);
  });

  it('give copies of their report and their trace', async () => {
    const out = join(folder(), 'exported');
    mkdirSync(out);
    await act(Command.exportReport, { runDir: withFailures, to: join(out, 'report.html') });
    await act(Command.exportTrace, { runDir: withFailures, to: join(out, 'trace.json') });
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /an empty word/);
    assert.ok(Array.isArray(JSON.parse(readFileSync(join(out, 'trace.json'), 'utf8')).traceEvents));
    const nowhere = join(out, 'none', 'report.html');
    await assert.rejects(
      act(Command.exportReport, { runDir: withFailures, to: nowhere }),
      /could not be written/,
    );
  });

  it('are deleted, but not while they run', async () => {
    const copy = join(folder(), '.manycore', 'runs', '2021-01-01-000000-copy');
    cpSync(withFailures, copy, { recursive: true });
    writeFileSync(join(copy, 'lock'), `${process.pid} elsewhere\n`);
    await assert.rejects(act(Command.deleteRun, { runDir: copy, confirmed: true }), /still worked on by/);
    assert.ok(existsSync(copy));
    rmSync(join(copy, 'lock'));
    await act(Command.openRun, { runDir: copy });
    await act(Command.deleteRun, { runDir: copy, confirmed: true });
    assert.ok(!existsSync(copy));
    const api = await manycore();
    assert.equal(api.shownModel, api.runModel, 'what is deleted is not shown');
  });

  it('refuse what is no run, with a stable code', async () => {
    await assert.rejects(
      act(Command.openRun, { runDir: join(folder(), 'data') }),
      /cannot be shown as a run/,
    );
    await assert.rejects(act(Command.openRun, { runDir: '' }), /"runDir" does not fit/);
  });
});
