import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
  it('remove what they were offered for, and bring nothing new', async () => {
    const analyser = new Analyser({ roots: [ROOT] });
    const all = await analyser.diagnoseAll();
    const fixable = all.filter((one) => one.fixable);
    const key = (one: Diagnostic) => `${one.rule} ${one.message}`;
    assert.ok(fixable.length >= 10, `${fixable.length} fixable`);
    // A round applies at most one fix to a file, so that one analysis answers for many of them.
    let waiting = fixable.flatMap((one) => one.fixes.map((fix) => ({ one, fix })));
    while (waiting.length > 0) {
      const busy = new Set<string>();
      const round = waiting.filter(({ one, fix }) => {
        const files = [one.file, ...fix.edits.map((edit) => edit.file)];
        const isFree = !files.some((file) => busy.has(file));
        if (isFree) for (const file of files) busy.add(file);
        return isFree;
      });
      waiting = waiting.filter((item) => !round.includes(item));
      for (const { fix } of round) {
        for (const file of new Set(fix.edits.map((edit) => edit.file))) {
          const edits = fix.edits.filter((edit) => edit.file === file);
          analyser.setOverlay(file, apply(readFileSync(file, 'utf8'), edits));
        }
      }
      for (const { one, fix } of round) {
        const after = await analyser.diagnose(one.file);
        // Several findings may read the same: exactly one of them must be gone.
        const wanted = all.filter((other) => other.file === one.file && other !== one).map(key);
        assert.deepEqual(
          after.map(key).sort(),
          wanted.sort(),
          `${path.relative(ROOT, one.file)}: ${fix.title}`,
        );
      }
      for (const file of busy) analyser.setOverlay(file, null);
    }
  });
});
