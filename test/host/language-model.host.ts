import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { RunTool } from '../../src/editor/language-model/run-tool.ts';
import {
  type AnalyzeAnswer,
  analyzeTool,
  type RunAnswer,
  type RunInput,
  runTool,
} from '../../src/protocol/tools.ts';
import { isAlive, manycore, results, until } from './workspace.ts';

const slow: RunInput = { function: 'src/slow.mjs#slowly', data: 'range:0:5000', workers: 2, baseline: 'off' };

async function invoke(name: string, input: object, token?: vscode.CancellationToken): Promise<string> {
  const options = { input, toolInvocationToken: undefined };
  const { content } = await vscode.lm.invokeTool(name, options, token);
  const [part] = content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return part.value;
}

describe('the tools for language models', () => {
  before(() => manycore());

  it('are there, with what a model is told about them', () => {
    const own = vscode.lm.tools.filter(({ name }) => name.startsWith('manycore_'));
    assert.deepEqual(
      own.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
      [analyzeTool, runTool],
    );
  });

  it('analyse a file as it is in the editor, and a function as if it ran in workers', async () => {
    const found: AnalyzeAnswer = JSON.parse(await invoke(analyzeTool.name, { file: 'src/unguarded.ts' }));
    assert.deepEqual(
      found.diagnostics.map(({ file, rule, line }) => [file, rule, line]),
      [['src/unguarded.ts', 'missing-entry-guard', 5]],
    );
    assert.match(found.diagnostics[0]?.docs ?? '', /missing-entry-guard\.md$/);
    const input = { file: 'src/distances.ts', function: 'distance' };
    const fine: AnalyzeAnswer = JSON.parse(await invoke(analyzeTool.name, input));
    assert.deepEqual(fine, { version: 1, diagnostics: [], notes: [] });
  });

  it('look at nothing outside of the workspace', async () => {
    await assert.rejects(invoke(analyzeTool.name, { file: '../outside.ts' }), /no file of a folder/);
    await assert.rejects(invoke(runTool.name, { ...slow, function: '/none.ts#f' }), /no file of a folder/);
    await assert.rejects(invoke(runTool.name, { ...slow, function: 'src/slow.mjs' }), /FILE#EXPORT/);
  });

  it('show the user the whole command before it runs', () => {
    const tool = new RunTool(() => Promise.reject(new Error('nothing is run')));
    const { confirmationMessages } = tool.prepareInvocation({ input: { ...slow, args: ['a b'] } });
    assert.equal(confirmationMessages.title, 'Run src/slow.mjs#slowly in parallel?');
    assert.match(
      confirmationMessages.message.value,
      /manycore run src\/slow\.mjs#slowly --data range:0:5000 --workers 2 --baseline off --args '\["a b"\]'/,
    );
    assert.throws(() => tool.prepareInvocation({ input: { ...slow, function: '/none.ts#f' } }), /no file/);
  });

  // VS Code itself agrees to every confirmation while it runs tests.
  it('run a function over a dataset and tell how that went', async () => {
    const input = { function: 'src/distances.ts#distance', data: 'data/cities.csv', workers: 2 };
    const { exitCode, summary, runDir }: RunAnswer = JSON.parse(await invoke(runTool.name, input));
    assert.equal(exitCode, 0);
    assert.deepEqual([summary?.items, summary?.workers], [24, 2]);
    assert.equal(results(runDir ?? '').length, 24);
    assert.equal((await manycore()).runModel.state, 'finished');
  });

  it('stop the run when the request is cancelled, and leave no process', async () => {
    const api = await manycore();
    const source = new vscode.CancellationTokenSource();
    const answer = invoke(runTool.name, slow, source.token);
    const workers = await until(() => {
      const { state, progress } = api.runModel;
      return state === 'running' && (progress?.done ?? 0) >= 4 && progress?.workers;
    });
    source.cancel();
    await assert.rejects(answer);
    await until(() => api.jobHostPid === undefined);
    for (const { pid } of workers) await until(() => !isAlive(pid));
    assert.equal(api.runModel.state, 'interrupted');
  });
});
