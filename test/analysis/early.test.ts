import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../src/analysis/model.ts';
import { AnalysisProject, toPosix } from '../../src/analysis/project.ts';
import { RULES } from '../../src/analysis/rules/index.ts';
import { Workspace } from '../../src/analysis/workspace.ts';

const CORPUS = fileURLToPath(new URL('../corpus', import.meta.url));
const EARLY = RULES.filter((rule) => rule.early);

/** What the rules that answer early find in a file. */
function found(model: Model, file: string): string[] {
  const source = model.program.getSourceFile(toPosix(file));
  if (source === undefined) return [];
  return EARLY.flatMap((rule) =>
    [...rule.check(model, source)].map(
      ({ node }) => `${path.relative(CORPUS, file)}:${node.pos} ${rule.name}`,
    ),
  );
}

describe('early answers', () => {
  it('hold when the whole workspace is known, and are most of what these rules find', () => {
    const workspace = new Workspace([CORPUS]);
    const config = path.join(CORPUS, 'tsconfig.json');
    const project = new AnalysisProject(workspace, config, config);
    const files = [...workspace.candidates].sort();
    const early = files.flatMap((file) => found(project.partialModel(file), file));
    const model = project.model(new Set(files));
    const whole = files.flatMap((file) => found(model, file));
    assert.deepEqual(
      early.filter((one) => !whole.includes(one)),
      [],
    );
    assert.ok(whole.length >= 19, String(whole.length));
    assert.ok(early.length > whole.length / 2, `${early.length} of ${whole.length}`);
  });
});
