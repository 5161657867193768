import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Command, type SettingName } from '../../src/editor/contributions.ts';
import type { EditorError } from '../../src/editor/errors.ts';
import { JobTasks, TASK_TYPE } from '../../src/editor/jobs/job-tasks.ts';
import { RunTool } from '../../src/editor/language-model/run-tool.ts';
import type { RunOutcome } from '../../src/editor/runs/job-process.ts';
import { type AnalyzeAnswer, analyzeTool, type RunAnswer, runTool } from '../../src/protocol/tools.ts';
import { folder, manycore, open, results, runInParallel, until } from './workspace.ts';

/** Leaves a trace when it is so much as imported. */
const marked = {
  file: 'src/marked.mjs',
  export: 'same',
  data: 'range:0:3',
  workers: 1,
  baseline: 'off',
} as const;
const tool = { function: `${marked.file}#same`, data: marked.data, workers: 1, baseline: 'off' } as const;
const job = { function: `${marked.file}#same`, data: marked.data, workers: 1, baseline: 'off' };

const pathOf = (name: string): string => join(folder(), name);
const trace = (): string => pathOf('traces.txt');

function write(name: string, text: string): void {
  mkdirSync(dirname(pathOf(name)), { recursive: true });
  writeFileSync(pathOf(name), text);
}

/** A workspace that runs something wherever it is let: a module, a job, a task, a setting that names a program. */
function lay(): void {
  const leave = `appendFileSync(${JSON.stringify(trace())}, 'module\\n');`;
  write(
    marked.file,
    `import { appendFileSync } from 'node:fs';\n${leave}\nexport const same = (item) => item;\n`,
  );
  write('.vscode/manycore.json', JSON.stringify({ version: 1, jobs: { marked: job } }));
  write('node.sh', `#!/bin/sh\necho node >> '${trace()}'\nexec node "$@"\n`);
  chmodSync(pathOf('node.sh'), 0o755);
  write('.vscode/settings.json', JSON.stringify({ 'manycore.node.path': './node.sh' }));
}

/** A run that came with the workspace, made by the command. */
function layRun(): string {
  const runDir = pathOf('.manycore/runs/2020-01-01-000000-given');
  const { extensionPath } = vscode.extensions.getExtension('manycore.manycore-vscode') ?? {};
  const command = join(extensionPath ?? '', 'runtime', 'dist', 'cli.js');
  const options = ['--data', marked.data, '--workers', '1', '--baseline', 'off', '--run-dir', runDir];
  execFileSync('node', [command, 'run', tool.function, ...options], { cwd: folder() });
  rmSync(trace());
  return runDir;
}

const reports = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && /manycore\.report/.test(input.viewType),
    );

async function refused(doing: () => PromiseLike<unknown>): Promise<void> {
  await assert.rejects(
    async () => doing(),
    (error: EditorError) => /does not run code of a workspace that is not trusted/.test(error.message),
  );
}

describe('in a workspace that is not trusted', () => {
  const given = { runDir: '' };
  before(async () => {
    lay();
    given.runDir = layRun();
    await manycore();
  });
  afterEach(async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    assert.equal((await manycore()).jobHostPid, undefined);
    assert.equal(existsSync(trace()), false, 'something of the workspace was run');
  });

  it('a function is not run, and the reason is told', async () => {
    await refused(() => runInParallel(marked));
    await refused(() => vscode.commands.executeCommand(Command.profileRun, marked));
    assert.equal((await manycore()).runModel.state, 'idle');
  });

  it('lenses are shown, and what they name runs nothing', async () => {
    const { uri } = await open(marked.file);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
    );
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      [Command.runInParallel, Command.debugOneItem],
    );
    for (const { command } of lenses)
      assert.ok(
        !(await vscode.commands.executeCommand(command?.command ?? '', ...(command?.arguments ?? []))),
      );
  });

  it('a job is not run, by name or asked for, and nothing is asked first', async () => {
    await refused(() => vscode.commands.executeCommand(Command.runJob, 'marked'));
    assert.equal(await vscode.commands.executeCommand(Command.runJob), undefined);
  });

  it('there are no tasks, and none that is in tasks.json becomes one that runs', async () => {
    const log = vscode.window.createOutputChannel('trust', { log: true });
    const tasks = new JobTasks({ log, commandFile: 'cli.js' });
    assert.deepEqual(await tasks.provideTasks(), []);
    const [scope] = vscode.workspace.workspaceFolders ?? [];
    const definition = { type: TASK_TYPE, job: 'marked' };
    const task = new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, 'marked', TASK_TYPE);
    assert.equal(await tasks.resolveTask(task), undefined);
    log.dispose();
  });

  it('nothing is debugged', async () => {
    const { file, export: name, data } = marked;
    const request = { file, export: name, data, item: 0 };
    await refused(() => vscode.commands.executeCommand(Command.debugOneItem, request));
    const all = { file, export: name, data };
    await refused(() => vscode.commands.executeCommand(Command.debugWithWorkers, all));
    assert.equal(vscode.debug.activeDebugSession, undefined);
  });

  it('a run that came with it is shown, and nothing of it is run again', async () => {
    await vscode.commands.executeCommand(Command.openRun, given);
    assert.equal((await manycore()).shownModel.summary?.items, 3);
    for (const command of [Command.runAgain, Command.resumeRun, Command.runFailedAgain, Command.verifyRun])
      await refused(() => vscode.commands.executeCommand(command, given));
  });

  it('the report of a run, a page with a script of its own, is not opened', async () => {
    await refused(() => vscode.commands.executeCommand(Command.openReport, given));
    assert.deepEqual(reports(), []);
  });

  it('a language model gets the analysis, and no tool that runs anything', async () => {
    const input = { input: { file: 'src/unguarded.ts' }, toolInvocationToken: undefined };
    const { content } = await vscode.lm.invokeTool(analyzeTool.name, input);
    const found: AnalyzeAnswer = JSON.parse((content[0] as vscode.LanguageModelTextPart).value);
    assert.deepEqual(
      found.diagnostics.map(({ rule }) => rule),
      ['missing-entry-guard'],
    );
    await refused(() => vscode.lm.invokeTool(runTool.name, { input: tool, toolInvocationToken: undefined }));
    // As chat does, before it asks the user.
    const own = new RunTool(async () => assert.fail('it is run'));
    assert.throws(() => own.prepareInvocation({ input: tool }), /workspace that is not trusted/);
  });

  it('diagnostics are there', async () => {
    const { uri } = await open('src/unguarded.ts');
    await until(() => vscode.languages.getDiagnostics(uri).some(({ source }) => source === 'manycore'));
  });

  it('the debug information is copied without asking a Node, whoever named it', async () => {
    const settings = vscode.workspace.getConfiguration();
    const name: SettingName = 'manycore.node.path';
    // A relative path begins at the folder, also where the user himself has set it.
    await settings.update(name, './node.sh', vscode.ConfigurationTarget.Global);
    try {
      await vscode.commands.executeCommand(Command.copyDebugInformation);
    } finally {
      await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
    }
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /- trusted: false/);
    assert.match(text, /- node: not asked, as the workspace is not trusted/);
  });
});

describe('when a workspace becomes trusted', () => {
  before(async () => {
    await manycore();
    const granted = new Promise((resolve) => vscode.workspace.onDidGrantWorkspaceTrust(resolve));
    // `host-test.mjs` takes the part of the user, who alone can grant it.
    await vscode.commands.executeCommand('workbench.trust.manage');
    await granted;
  });
  beforeEach(() => rmSync(trace(), { force: true }));

  it('functions run, under the Node that it names', async () => {
    const outcome = await runInParallel(marked);
    assert.equal(outcome.exitCode, 0, outcome.failure?.message);
    assert.deepEqual(new Set(readFileSync(trace(), 'utf8').split('\n')), new Set(['node', 'module', '']));
  });

  it('jobs and tasks run', async () => {
    const outcome = await vscode.commands.executeCommand<RunOutcome>(Command.runJob, 'marked');
    assert.equal(results(outcome.runDir).length, 3);
    const tasks = await vscode.tasks.fetchTasks({ type: TASK_TYPE });
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ['marked'],
    );
    const ended = new Promise<number | undefined>((resolve) => {
      const end = vscode.tasks.onDidEndTaskProcess(({ exitCode }) => {
        end.dispose();
        resolve(exitCode);
      });
    });
    await vscode.tasks.executeTask(tasks[0] as vscode.Task);
    assert.equal(await ended, 0);
  });

  it('a language model has the tool that runs', async () => {
    const { content } = await vscode.lm.invokeTool(runTool.name, {
      input: tool,
      toolInvocationToken: undefined,
    });
    const answer: RunAnswer = JSON.parse((content[0] as vscode.LanguageModelTextPart).value);
    assert.equal(answer.exitCode, 0);
  });

  it('an item is debugged', async () => {
    const ended = new Promise((resolve) => {
      const end = vscode.debug.onDidTerminateDebugSession((session) => {
        end.dispose();
        resolve(session);
      });
    });
    const { file, export: name, data } = marked;
    assert.equal(
      await vscode.commands.executeCommand(Command.debugOneItem, { file, export: name, data, item: 0 }),
      true,
    );
    await ended;
  });

  it('reports are opened', async () => {
    await vscode.commands.executeCommand(Command.openReport, {
      runDir: (await manycore()).runModel.summary?.runDir,
    });
    await until(() => reports().length === 1);
    await vscode.window.tabGroups.close(reports());
  });
});
