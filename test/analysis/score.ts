/**
 * `npm run score`: how well the analysis does on the labelled corpus, as the table of docs/analysis.md. Counts only the rules
 * that there are; a finding counts as found when its rule is reported at most one line away.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analyser, type Category, type Diagnostic } from '../../src/analysis/analyse.ts';
import { RULES } from '../../src/analysis/rules/index.ts';

const ROOT = fileURLToPath(new URL('../corpus', import.meta.url));

interface Label {
  readonly file: string;
  readonly line: number;
  readonly altLines?: readonly number[];
  readonly rule: string;
  readonly category: Category;
}

interface Labels {
  readonly findings: readonly Label[];
  readonly clean: readonly { readonly file: string }[];
}

const labels = JSON.parse(readFileSync(path.join(ROOT, 'labels.json'), 'utf8')) as Labels;
const found = (await new Analyser({ roots: [ROOT] }).diagnoseAll()).map((one) => ({
  ...one,
  file: path.relative(ROOT, one.file).split(path.sep).join('/'),
}));
const names = new Set(RULES.map(({ name }) => name));
const wanted = labels.findings.filter(({ rule }) => names.has(rule));

console.log(`${RULES.length} rules, ${wanted.length} of ${labels.findings.length} labelled findings\n`);
console.log(
  '| category | labelled | found | recall | reported in faulty files | of them labelled | precision |',
);
console.log('|---|---|---|---|---|---|---|');
for (const category of new Set(RULES.map((rule) => rule.category)))
  console.log(row(category, wanted.filter(isOf(category)), found.filter(isOf(category))));
console.log(row('all', wanted, found));

const clean = new Set(labels.clean.map(({ file }) => file));
const flagged = found.filter(({ file, severity }) => clean.has(file) && severity !== 'hint');
console.log(
  `\n${new Set(flagged.map(({ file }) => file)).size} of ${clean.size} clean files flagged at warning or above`,
);
for (const { file, line, rule } of flagged) console.log(`- ${file}:${line} ${rule}`);

function row(name: string, labelled: readonly Label[], reported: readonly Diagnostic[]): string {
  const caught = labelled.filter((label) => reported.some((one) => isMatch(label, one))).length;
  const judged = reported.filter(({ file }) => labels.findings.some((label) => label.file === file));
  const right = judged.filter((one) =>
    labels.findings.some((label) => label.file === one.file && label.category === one.category),
  ).length;
  const share = (part: number, whole: number): string =>
    whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;
  const cells = [name, labelled.length, caught, share(caught, labelled.length)];
  return `| ${[...cells, judged.length, right, share(right, judged.length)].join(' | ')} |`;
}

function isMatch(label: Label, one: Diagnostic): boolean {
  const lines = [label.line, ...(label.altLines ?? [])];
  const isNear = lines.some((line) => Math.abs(line - one.line) <= 1);
  return one.file === label.file && one.rule === label.rule && isNear;
}

function isOf(category: Category): (one: { readonly category: Category }) => boolean {
  return (one) => one.category === category;
}
