import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analyser, type Diagnostic, type TextEdit } from '../../src/analysis/analyse.ts';

const ROOT = fileURLToPath(new URL('../fixtures/rules', import.meta.url));

function apply(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, content) => sum + content.length + 1, 0) + column - 1;
  return [...edits]
    .sort((a, b) => offset(b.line, b.column) - offset(a.line, a.column))
    .reduce(
      (result, edit) =>
        result.slice(0, offset(edit.line, edit.column)) +
        edit.newText +
        result.slice(offset(edit.endLine, edit.endColumn)),
      text,
    );
}

describe('quick fixes', () => {
  let count = 0;
  for (const rule of readdirSync(ROOT, { withFileTypes: true })) {
    if (!rule.isDirectory()) continue;
    it(`for ${rule.name} remove what they were offered for, and bring nothing new`, async () => {
      count += await holdFixes(path.join(ROOT, rule.name));
    });
  }
  it('are offered for many findings', () => assert.ok(count >= 10, `${count} fixable`));
});

/** Applies every fix that is offered under a folder by itself, a folder at a time to have small programs. Returns their number. */
async function holdFixes(folder: string): Promise<number> {
  const analyser = new Analyser({ roots: [folder] });
  const all = await analyser.diagnoseAll();
  const fixable = all.filter((one) => one.fixable);
  const key = (one: Diagnostic) => `${one.rule} ${one.message}`;
  for (const one of fixable) {
    for (const fix of one.fixes) {
      const files = new Set(fix.edits.map((edit) => edit.file));
      for (const file of files) {
        const edits = fix.edits.filter((edit) => edit.file === file);
        analyser.setOverlay(file, apply(readFileSync(file, 'utf8'), edits));
      }
      const after = await analyser.diagnose(one.file);
      // Several findings may read the same: exactly one of them must be gone.
      const wanted = all.filter((other) => other.file === one.file && other !== one).map(key);
      assert.deepEqual(
        after.map(key).sort(),
        wanted.sort(),
        `${path.relative(ROOT, one.file)}: ${fix.title}`,
      );
      for (const file of files) analyser.setOverlay(file, null);
    }
  }
  return fixable.length;
}
