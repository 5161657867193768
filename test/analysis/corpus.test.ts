import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analyser, type Diagnostic } from '../../src/analysis/analyse.ts';
import { RULES } from '../../src/analysis/rules/index.ts';

const ROOT = fileURLToPath(new URL('../corpus', import.meta.url));

interface Labels {
  readonly findings: readonly {
    file: string;
    line: number;
    altLines?: readonly number[];
    rule: string;
    category: string;
  }[];
  readonly clean: readonly { file: string }[];
}

describe('labelled corpus', () => {
  const labels = JSON.parse(readFileSync(path.join(ROOT, 'labels.json'), 'utf8')) as Labels;
  let found: readonly (Diagnostic & { name: string })[] = [];

  before(async () => {
    const diagnostics = await new Analyser({ roots: [ROOT] }).diagnoseAll();
    found = diagnostics.map((one) => ({ ...one, name: path.relative(ROOT, one.file).replaceAll('\\', '/') }));
  });

  it('has every finding of the rules that there are', () => {
    const names = new Set(RULES.map((rule) => rule.name));
    const wanted = labels.findings.filter((finding) => names.has(finding.rule));
    assert.ok(wanted.length >= 19);
    const missed = wanted.filter((finding) => {
      const lines = [finding.line, ...(finding.altLines ?? [])];
      return !found.some(
        (one) =>
          one.name === finding.file &&
          one.rule === finding.rule &&
          lines.some((line) => Math.abs(line - one.line) <= 1),
      );
    });
    assert.deepEqual(missed, []);
  });

  it('leaves every clean file alone', () => {
    const clean = new Set(labels.clean.map((one) => one.file));
    assert.deepEqual(
      found.filter((one) => clean.has(one.name)).map((one) => `${one.name}:${one.line} ${one.message}`),
      [],
    );
  });

  it('reports nothing in faulty files but what is labelled', () => {
    const extra = found.filter(
      (one) =>
        labels.findings.some((finding) => finding.file === one.name) &&
        !labels.findings.some((finding) => finding.file === one.name && finding.category === one.category),
    );
    assert.deepEqual(
      extra.map((one) => `${one.name}:${one.line} ${one.rule}`),
      [],
    );
  });
});
