import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { expand, readSnippets } from '../snippets/snippets.ts';

describe('snippets', () => {
  for (const language of ['typescript', 'javascript']) {
    it(`become in ${language} what their tests compile and run`, async () => {
      const document = await vscode.workspace.openTextDocument({ language, content: '' });
      const editor = await vscode.window.showTextDocument(document);
      editor.options = { insertSpaces: true, indentSize: 2, tabSize: 2 };
      // Where an escape goes wrong, everything after it does.
      const all = Object.entries(readSnippets(`snippets/${language}.code-snippets`));
      const snippets = all.filter(([, { body }]) => body.some((line) => line.includes('\\')));
      assert.ok(snippets.length >= 5);
      for (const [name, snippet] of snippets) {
        await vscode.commands.executeCommand('editor.action.insertSnippet', { langId: language, name });
        assert.equal(`${document.getText()}\n`, expand(snippet), name);
        await vscode.commands.executeCommand('leaveSnippet');
        await editor.edit((edit) => edit.delete(new vscode.Range(0, 0, document.lineCount, 0)));
      }
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });
  }
});
