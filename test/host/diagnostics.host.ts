import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command, type SettingName } from '../../src/editor/contributions.ts';
import { manycore, open, until } from './workspace.ts';

function found(uri: vscode.Uri): vscode.Diagnostic | undefined {
  return vscode.languages.getDiagnostics(uri).find(({ code }) => codeOf(code) === 'missing-entry-guard');
}

function codeOf(code: vscode.Diagnostic['code']): unknown {
  return typeof code === 'object' ? code.value : code;
}

describe('diagnostics', () => {
  before(() => manycore());

  it('appear for a file that uses the library without an entry guard', async () => {
    const document = await open('src/unguarded.ts');
    const diagnostic = await until(() => found(document.uri));
    assert.equal(diagnostic.range.start.line, 4);
    assert.ok(typeof diagnostic.code === 'object', 'it links to its documentation');
    assert.equal((await manycore()).isAnalysisRunning, true);
  });

  it('come back when the server is restarted', async () => {
    const document = await open('src/unguarded.ts');
    await vscode.commands.executeCommand(Command.restartAnalysisServer);
    await until(() => found(document.uri));
  });

  it('go when their setting is off', async () => {
    const document = await open('src/unguarded.ts');
    const setting: SettingName = 'manycore.lint.enabled';
    const settings = vscode.workspace.getConfiguration();
    await settings.update(setting, false, vscode.ConfigurationTarget.Global);
    try {
      await until(() => found(document.uri) === undefined);
    } finally {
      await settings.update(setting, undefined, vscode.ConfigurationTarget.Global);
    }
    await until(() => found(document.uri));
  });
});
