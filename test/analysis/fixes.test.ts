import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analyser, type Diagnostic } from '../../src/analysis/analyse.ts';
import { applyEdits } from '../../src/analysis/text-edit.ts';
import { TypeCheck } from './type-check.ts';

const ROOT = fileURLToPath(new URL('../fixtures/rules', import.meta.url));

describe('quick fixes', () => {
  it('remove what they were offered for, bring nothing new, and leave code that type-checks', async () => {
    const analyser = new Analyser({ roots: [ROOT] });
    const all = await analyser.diagnoseAll();
    const fixable = all.filter((one) => one.fixable);
    const types = new TypeCheck(path.join(ROOT, 'tsconfig.json'));
    const key = (one: Diagnostic) => `${one.rule} ${one.message}`;
    assert.ok(fixable.length >= 10, `${fixable.length} fixable`);
    for (const one of fixable) {
      for (const fix of one.fixes) {
        const files = new Set(fix.edits.map((edit) => edit.file));
        assert.deepEqual(types.errors(files), [], 'as it is');
        for (const file of files) {
          const edits = fix.edits.filter((edit) => edit.file === file);
          const fixed = applyEdits(readFileSync(file, 'utf8'), edits);
          analyser.setOverlay(file, fixed);
          types.setText(file, fixed);
        }
        assert.deepEqual(types.errors(files), [], `${path.relative(ROOT, one.file)}: ${fix.title}`);
        const after = await analyser.diagnose(one.file);
        // Several findings may read the same: exactly one of them must be gone.
        const wanted = all.filter((other) => other.file === one.file && other !== one).map(key);
        assert.deepEqual(
          after.map(key).sort(),
          wanted.sort(),
          `${path.relative(ROOT, one.file)}: ${fix.title}`,
        );
        for (const file of files) {
          analyser.setOverlay(file, null);
          types.setText(file, undefined);
        }
      }
    }
  });

  it('are held to the types of the package', () => {
    const types = new TypeCheck(path.join(ROOT, 'tsconfig.json'));
    const file = path.join(ROOT, 'non-exported-worker-function/bad/alias.ts');
    const text = readFileSync(file, 'utf8');
    types.setText(file, `${text}\nimport { Pool as P } from 'manycore';\nnew P('two');\n`);
    assert.match(types.errors([file]).join(), /^alias\.ts:\d+ .*'string'/);
  });
});
