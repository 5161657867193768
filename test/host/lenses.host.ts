import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command, type SettingName } from '../../src/editor/contributions.ts';
import { manycore, open } from './workspace.ts';

/** `line: title` of each lens of this extension, lines from 1. */
async function lenses(file: string): Promise<string[]> {
  const document = await open(file);
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
  );
  return found
    .filter(({ command }) => command?.command.startsWith('manycore.'))
    .map(({ range, command }) => `${range.start.line + 1}: ${command?.title}`);
}

describe('code lenses', () => {
  before(() => manycore());

  const run = '$(run-all) Run in parallel';
  const expected: Record<string, readonly string[]> = {
    'src/distances.ts': [`11: ${run}`, `17: ${run}`],
    'src/words.cjs': [`1: ${run}`],
    'src/broken.ts': [`1: ${run}`, `5: ${run}`],
    'src/types.d.ts': [],
    'src/distances.spec.ts': [],
  };
  for (const [file, titles] of Object.entries(expected))
    it(`of ${file} are ${titles.length}`, async () => assert.deepEqual(await lenses(file), titles));

  it('go when their setting is off', async () => {
    const setting: SettingName = 'manycore.lens.run.enabled';
    const settings = vscode.workspace.getConfiguration();
    await settings.update(setting, false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lenses('src/words.cjs'), []);
    } finally {
      await settings.update(setting, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('name their function for the command', async () => {
    const document = await open('src/words.cjs');
    const [lens] = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    assert.equal(lens?.command?.command, Command.runInParallel);
    assert.deepEqual(lens.command.arguments, [{ uri: document.uri.toString(), export: 'length' }]);
  });
});
