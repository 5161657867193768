import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command } from '../../src/editor/contributions.ts';
import { manycore, open } from './workspace.ts';

describe('activation', () => {
  it('comes with the first TypeScript file, and registers every command', async () => {
    await open('src/distances.ts');
    const { runModel, isAnalysisRunning } = await manycore();
    assert.equal(runModel.state, 'idle');
    assert.equal(isAnalysisRunning, false, 'nothing uses the library yet');
    const commands = await vscode.commands.getCommands(true);
    for (const command of Object.values(Command)) assert.ok(commands.includes(command), command);
  });

  it('copies what a report about a problem needs', async () => {
    await manycore();
    await vscode.commands.executeCommand(Command.copyDebugInformation);
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /- node: \d+\.\d+\.\d+, .*\(.*\)/);
    assert.match(text, /"manycore\.workers": 0/);
  });
});
