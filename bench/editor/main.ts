/**
 * What the extension costs inside of VS Code, in its real extension host:
 *
 *   npm run bench -- --only editor
 *
 * Loads and activates the extension, then makes the lenses of a file of 5,000 lines. Prints the times beside the goals; fails
 * when a goal is missed. Built and started as the tests in the extension host are (`scripts/host-test.mjs`).
 */
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { exportedFunctions } from '../../src/editor/lenses/exports.ts';

/** Goals in ms. */
const ACTIVATION = 50;
const LENSES = 30;
const LINES = 5_000;
const ROUNDS = 25;
const LINES_OF_FUNCTION = 25;

interface Row {
  readonly name: string;
  readonly ms: number;
  readonly goal?: number;
}

/** Called by VS Code in its extension host; rejects when a goal is missed. */
export async function run(): Promise<void> {
  const rows = [...(await measureActivation()), ...(await measureLenses())];
  const missed = rows.filter(({ ms, goal = Infinity }) => ms > goal);
  appendFileSync(process.env['MANYCORE_TEST_OUTPUT'] ?? '', `${rows.map(rowText).join('\n')}\n`);
  if (missed.length > 0) throw new Error(`missed: ${missed.map(({ name }) => name).join(', ')}`);
}

function rowText({ name, ms, goal }: Row): string {
  return `${name.padEnd(44)}${ms.toFixed(1).padStart(8)} ms${goal === undefined ? '' : `  (goal ${goal} ms)`}`;
}

/** The first time is the one that counts: later ones find the file read and its code warm. */
async function measureActivation(): Promise<Row[]> {
  const extension = vscode.extensions.getExtension('manycore.manycore-vscode');
  if (extension === undefined || extension.isActive)
    throw new Error('the extension is not there, or active already');
  const file = join(extension.extensionPath, 'dist', 'extension.cjs');
  const load = createRequire(__filename);
  const begin = performance.now();
  const loaded = load(file);
  const loading = performance.now() - begin;
  let own = Number.NaN;
  const module = load.cache[file];
  if (module === undefined) throw new Error(`${file} is loaded elsewhere`);
  module.exports = {
    ...loaded,
    activate(context: vscode.ExtensionContext): unknown {
      const start = performance.now();
      const api = loaded.activate(context);
      own = performance.now() - start;
      return api;
    },
  };
  await extension.activate();
  return [
    { name: `loading extension.cjs (${Math.round(statSync(file).size / 1000)} kB)`, ms: loading },
    { name: 'activate() itself', ms: own },
    { name: 'both', ms: loading + own, goal: ACTIVATION },
  ];
}

async function measureLenses(): Promise<Row[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const file = join(folder, 'large.ts');
  const text = largeSource();
  writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  const own = times(ROUNDS, () => exportedFunctions(document.getText()));
  const asked: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri);
    asked.push(performance.now() - begin);
  }
  const found = exportedFunctions(text).length;
  return [
    { name: `${found} functions in ${LINES} lines, the first time`, ms: own[0] ?? 0, goal: LENSES },
    { name: 'the same again, median', ms: median(own), goal: LENSES },
    { name: 'all code lenses by way of VS Code, median', ms: median(asked) },
  ];
}

/** Functions with comments, templates, types and regular expressions in them. */
function largeSource(): string {
  const functions = Array.from({ length: LINES / LINES_OF_FUNCTION }, (_, number) => {
    const body = Array.from(
      { length: LINES_OF_FUNCTION - 2 },
      (_, i) =>
        `  const v${i} = \`\${item.n + ${i}} of "\${rest[${i}] ?? 'none'}"\`.replace(/[/"]+/g, ''); // line ${i} {`,
    );
    return [
      `export async function work${number}(item: { n: number }, ...rest: readonly string[]): Promise<number> {`,
      ...body,
      '}',
    ].join('\n');
  });
  return functions.join('\n');
}

function times(rounds: number, work: () => unknown): number[] {
  return Array.from({ length: rounds }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
