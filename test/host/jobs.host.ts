import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Command } from '../../src/editor/contributions.ts';
import type { RunOutcome } from '../../src/editor/runs/job-process.ts';
import { parseJobFile } from '../../src/protocol/job-file.ts';
import { folder, manycore, results, runInParallel, until } from './workspace.ts';

const jobs = {
  lengths: { description: 'all words', function: 'src/words.cjs', data: 'data/words.jsonl', baseline: 'off' },
  slow: { function: 'src/slow.mjs#slowly', data: 'range:0:4', workers: 2, baseline: 'off' },
};

const fileOf = (name: string): string => join(folder(), '.vscode', name);

function write(name: string, value: unknown): void {
  mkdirSync(dirname(fileOf(name)), { recursive: true });
  writeFileSync(fileOf(name), typeof value === 'string' ? value : JSON.stringify(value, null, 2));
}

/** Runs a task to its end and gives its exit code. */
async function runTask(task: vscode.Task): Promise<number | undefined> {
  let code: number | undefined | null = null;
  const end = vscode.tasks.onDidEndTaskProcess((event) => {
    if (event.execution.task.name === task.name) code = event.exitCode;
  });
  try {
    await vscode.tasks.executeTask(task);
    await until(() => code !== null);
    return code ?? undefined;
  } finally {
    end.dispose();
  }
}

/**
 * Runs a task until it has made problems of a file. VS Code waits a quarter of a second for the last output of a process
 * that has ended: on a busy machine that may be lost, and with it what was to be a problem.
 */
async function problemsOf(
  task: vscode.Task,
  uri: vscode.Uri,
  isOurs: (problem: vscode.Diagnostic) => boolean,
): Promise<vscode.Diagnostic[]> {
  for (;;) {
    assert.equal(await runTask(task), 1);
    for (let look = 0; look < 200; look++) {
      const found = vscode.languages.getDiagnostics(uri).filter(isOurs);
      if (found.length > 0) return found;
      await sleep(50);
    }
  }
}

const runs = (): string[] => {
  const home = join(folder(), '.manycore', 'runs');
  return existsSync(home) ? readdirSync(home) : [];
};

describe('jobs', function () {
  this.timeout(150_000);
  before(() => manycore());
  beforeEach(() => write('manycore.json', { version: 1, jobs }));
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(join(folder(), '.vscode'), { recursive: true, force: true });
  });

  it('run by name, with the paths of their folder', async () => {
    const outcome = await vscode.commands.executeCommand<RunOutcome>(Command.runJob, 'slow');
    assert.equal(outcome.exitCode, 0, outcome.failure?.message);
    assert.equal(outcome.summary?.function, 'src/slow.mjs#slowly');
    assert.deepEqual(
      results(outcome.runDir).map(({ value }) => value),
      [0, 2, 4, 6],
    );
  });

  it('run when they are picked', async () => {
    let ended = false;
    const running = vscode.commands.executeCommand<RunOutcome | undefined>(Command.runJob);
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
    assert.equal((await outcome)?.summary?.function, 'src/words.cjs#length');
  });

  it('are refused by name where there is none, or the file has a mistake', async () => {
    const run = (name: string): Thenable<unknown> => vscode.commands.executeCommand(Command.runJob, name);
    await assert.rejects(async () => run('nothing'), /no job "nothing"\. Known jobs: lengths, slow/);
    write('manycore.json', { version: 1, jobs: { slow: { ...jobs.slow, wokers: 2 } } });
    await assert.rejects(async () => run('slow'), /unknown key "wokers"/);
  });

  it('are checked and explained in their file', async () => {
    write('manycore.json', { version: 1, jobs: { slow: { function: 'a.ts', data: '-', wokers: 2 } } });
    const uri = vscode.Uri.file(fileOf('manycore.json'));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.equal(document.languageId, 'jsonc');
    const found = await until(() => {
      const all = vscode.languages.getDiagnostics(uri);
      return all.length > 0 && all;
    });
    assert.match(found[0]?.message ?? '', /wokers is not allowed/);
    const at = document.positionAt(document.getText().indexOf('"wokers"'));
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      at,
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const key of ['workers', 'memoryLimit', 'cpuProf']) assert.ok(labels.includes(key), key);
  });

  it('are made of the newest run', async () => {
    await runInParallel({
      file: 'src/slow.mjs',
      export: 'slowly',
      data: 'range:0:2',
      workers: 1,
      spread: false,
    });
    await vscode.commands.executeCommand(Command.saveJob, 'fresh');
    const saved = parseJobFile(readFileSync(fileOf('manycore.json'), 'utf8'));
    assert.deepEqual(saved.problems, []);
    assert.deepEqual([...saved.jobs.keys()], ['lengths', 'slow', 'fresh']);
    assert.deepEqual(saved.jobs.get('fresh'), {
      ...{ function: 'src/slow.mjs#slowly', data: 'range:0:2', workers: 1 },
    });
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, fileOf('manycore.json'));
  });
});

describe('tasks', function () {
  this.timeout(150_000);
  before(() => manycore());
  beforeEach(() => write('manycore.json', { version: 1, jobs }));
  afterEach(() => rmSync(join(folder(), '.vscode'), { recursive: true, force: true }));

  it('are there for each job, and run it in a terminal with the command', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'manycore' });
    assert.deepEqual(tasks.map(({ name }) => name).sort(), ['lengths', 'slow']);
    const before = runs();
    const slow = tasks.find(({ name }) => name === 'slow');
    assert.ok(slow !== undefined);
    assert.equal(await runTask(slow), 0);
    const [made] = runs().filter((each) => !before.includes(each));
    assert.equal(results(join(folder(), '.manycore', 'runs', made ?? '')).length, 4);
  });

  it('turn items that fail into problems at their line', async () => {
    const [lengths] = (await vscode.tasks.fetchTasks({ type: 'manycore' })).filter(
      ({ name }) => name === 'lengths',
    );
    assert.ok(lengths !== undefined);
    const uri = vscode.Uri.file(join(folder(), 'src', 'words.cjs'));
    const problems = await problemsOf(lengths, uri, ({ message }) => message.startsWith('item '));
    assert.match(problems[0]?.message ?? '', /^item 2 RangeError: an empty word\nat .*words\.cjs:2:\d+$/);
    assert.equal(problems[0]?.range.start.line, 1);
  });

  it('turn the findings of lint into problems', async () => {
    const extension = vscode.extensions.getExtension('manycore.manycore-vscode');
    const command = join(extension?.extensionPath ?? '', 'runtime', 'dist', 'cli.js');
    const args = [command, 'lint', 'src/unguarded.ts', '--no-cache'];
    const cwd = folder();
    const scope = vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace;
    const execution = new vscode.ProcessExecution('node', args, { cwd });
    const task = new vscode.Task({ type: 'process' }, scope, 'lint', 'test', execution, ['$manycore']);
    const uri = vscode.Uri.file(join(folder(), 'src', 'unguarded.ts'));
    // Those of the analysis have a link as their code.
    const problems = await problemsOf(task, uri, ({ code }) => typeof code === 'string');
    assert.match(String(problems[0]?.code), /^[a-z]+(-[a-z]+)+$/);
    assert.ok((problems[0]?.message.length ?? 0) > 20 && !problems[0]?.message.includes('undefined'));
  });

  it('say themselves what they run, in tasks.json', async () => {
    const inline = {
      type: 'manycore',
      label: 'ours',
      function: 'src/slow.mjs',
      data: 'range:0:3',
      baseline: 'off',
    };
    write('tasks.json', { version: '2.0.0', tasks: [inline] });
    const before = runs();
    let ours: vscode.Task | undefined;
    while (ours === undefined)
      ours = (await vscode.tasks.fetchTasks({ type: 'manycore' })).find(({ name }) => name === 'ours');
    assert.equal(await runTask(ours), 0);
    const [made] = runs().filter((each) => !before.includes(each));
    assert.equal(results(join(folder(), '.manycore', 'runs', made ?? '')).length, 3);
  });
});

describe('a profile', function () {
  this.timeout(150_000);
  before(() => manycore());

  it('is written by each worker, and that of the heaviest is opened', async () => {
    const request = { file: 'src/distances.ts', export: 'distance', data: 'data/cities.csv', workers: 2 };
    const outcome = await vscode.commands.executeCommand<RunOutcome>(Command.profileRun, request);
    assert.equal(outcome.exitCode, 0, outcome.failure?.message);
    const folder_ = join(outcome.runDir ?? '', 'profiles');
    assert.deepEqual(readdirSync(folder_).sort(), ['worker-0.cpuprofile', 'worker-1.cpuprofile']);
    const input = await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.input as object);
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.match(input.viewType, /jsProfileVisualizer\.cpuprofile/);
    const [heaviest] = (outcome.summary?.perWorker ?? []).toSorted((a, b) => b.busyMs - a.busyMs);
    assert.equal(input.uri.fsPath, join(folder_, `worker-${heaviest?.worker}.cpuprofile`));
  });
});
