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

  const at = (line: number): string[] => [
    `${line}: $(run-all) Run in parallel`,
    `${line}: $(debug-alt) Debug one item`,
  ];
  const expected: Record<string, readonly string[]> = {
    'src/distances.ts': [...at(11), ...at(17)],
    'src/words.cjs': at(1),
    'src/broken.ts': [...at(1), ...at(5)],
    'src/types.d.ts': [],
    'src/distances.spec.ts': [],
  };
  for (const [file, titles] of Object.entries(expected))
    it(`of ${file} are ${titles.length}`, async () => assert.deepEqual(await lenses(file), titles));

  for (const [setting, left] of [
    ['manycore.lens.run.enabled', at(1).slice(1)],
    ['manycore.lens.debug.enabled', at(1).slice(0, 1)],
  ] as const)
    it(`go when ${setting} is off`, async () => {
      const settings = vscode.workspace.getConfiguration();
      await settings.update(setting satisfies SettingName, false, vscode.ConfigurationTarget.Global);
      try {
        assert.deepEqual(await lenses('src/words.cjs'), left);
      } finally {
        await settings.update(setting, undefined, vscode.ConfigurationTarget.Global);
      }
    });

  it('name their function for the command', async () => {
    const document = await open('src/words.cjs');
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    assert.deepEqual(
      found.map(({ command }) => command?.command),
      [Command.runInParallel, Command.debugOneItem],
    );
    for (const { command } of found)
      assert.deepEqual(command?.arguments, [{ uri: document.uri.toString(), export: 'length' }]);
  });
});
