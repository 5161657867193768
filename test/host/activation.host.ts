import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { Command } from '../../src/editor/contributions.ts';
import { manycore, open } from './workspace.ts';

/** Largest module that activation may load, in bytes. */
const MAX_MODULE = 200_000;

describe('activation', () => {
  it('comes with the first TypeScript file, and registers every command', async () => {
    await open('src/distances.ts');
    const { runModel, isAnalysisRunning } = await manycore();
    assert.equal(runModel.state, 'idle');
    assert.equal(isAnalysisRunning, false, 'nothing uses the library yet');
    const commands = await vscode.commands.getCommands(true);
    for (const command of Object.values(Command)) assert.ok(commands.includes(command), command);
  });

  it('loads one small module: what is not needed yet is left on disk', async () => {
    await manycore();
    const extension = vscode.extensions.getExtension('manycore.manycore-vscode');
    assert.ok(extension !== undefined);
    const folder = `${extension.extensionPath}${sep}dist${sep}`;
    const loaded = Object.keys(createRequire(__filename).cache).filter((file) => file.startsWith(folder));
    assert.deepEqual(
      loaded.map((file) => relative(folder, file)),
      ['extension.cjs'],
    );
    for (const file of loaded) assert.ok(statSync(file).size < MAX_MODULE, `${file} is too large`);
  });

  it('copies what a report about a problem needs', async () => {
    await manycore();
    await vscode.commands.executeCommand(Command.copyDebugInformation);
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /- node: \d+\.\d+\.\d+, .*\(.*\)/);
    assert.match(text, /"manycore\.workers": 0/);
  });
});
