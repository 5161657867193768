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

  it('have the severity that a setting gives their rule', async () => {
    const document = await open('src/unguarded.ts');
    const name: SettingName = 'manycore.lint.rules';
    const settings = vscode.workspace.getConfiguration();
    const severity = (): vscode.DiagnosticSeverity | undefined => found(document.uri)?.severity;
    await until(() => severity() === vscode.DiagnosticSeverity.Error);
    await settings.update(name, { 'missing-entry-guard': 'hint' }, vscode.ConfigurationTarget.Global);
    try {
      await until(() => severity() === vscode.DiagnosticSeverity.Hint);
    } finally {
      await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
    }
    await until(() => severity() === vscode.DiagnosticSeverity.Error);
  });

  it('come with an explanation where a worker function is named', async () => {
    const document = await open('src/unguarded.ts');
    await until(() => found(document.uri));
    const at = document.positionAt(document.getText().indexOf('double'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const texts = hovers.flatMap(({ contents }) =>
      contents.map((one) => (one as vscode.MarkdownString).value),
    );
    assert.ok(
      texts.some((text) => text.includes('runs items in worker processes')),
      texts.join('\n'),
    );
  });

  it('are mended on demand by the action for saving', async () => {
    const document = await open('src/unguarded.ts');
    await until(() => found(document.uri));
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const kind = vscode.CodeActionKind.SourceFixAll.append('manycore').value;
    const [action] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      all,
      kind,
    );
    assert.ok(action?.edit);
    const before = document.getText();
    await vscode.workspace.applyEdit(action.edit);
    await until(() => found(document.uri) === undefined);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, all, before);
    await vscode.workspace.applyEdit(edit);
    await document.save();
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
