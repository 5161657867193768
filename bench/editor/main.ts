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
  readonly took: Took;
  readonly goal?: number;
}

/** Times in ms. */
interface Took {
  readonly wall: number;
  /** Of this thread: what of the time was the extension's own, whatever else the machine did. */
  readonly cpu: number;
}

/** Called by VS Code in its extension host; rejects when a goal is missed. */
export async function run(): Promise<void> {
  const rows = [...(await measureActivation()), ...(await measureLenses())];
  const missed = rows.filter(({ took, goal = Infinity }) => took.cpu > goal);
  const head = `${''.padEnd(NAME)}${'time'.padStart(10)}${'own time'.padStart(12)}`;
  appendFileSync(process.env['MANYCORE_TEST_OUTPUT'] ?? '', `${[head, ...rows.map(rowText)].join('\n')}\n`);
  if (missed.length > 0) throw new Error(`missed: ${missed.map(({ name }) => name).join(', ')}`);
}

const NAME = 44;

function rowText({ name, took: { wall, cpu }, goal }: Row): string {
  const [time, own] = [wall, cpu].map((ms) => `${ms.toFixed(1)} ms`) as [string, string];
  const judged = goal === undefined ? '' : `  (goal ${goal} ms of its own)`;
  return `${name.padEnd(NAME)}${time.padStart(10)}${own.padStart(12)}${judged}`;
}

/** The first time is the one that counts: later ones find the file read and its code warm. */
async function measureActivation(): Promise<Row[]> {
  const extension = vscode.extensions.getExtension('manycore.manycore-vscode');
  if (extension === undefined || extension.isActive)
    throw new Error('the extension is not there, or active already');
  const file = join(extension.extensionPath, 'dist', 'extension.cjs');
  const load = createRequire(__filename);
  const [loaded, loading] = timed(() => load(file));
  let activating: Took = { wall: Number.NaN, cpu: Number.NaN };
  const module = load.cache[file];
  if (module === undefined) throw new Error(`${file} is loaded elsewhere`);
  module.exports = {
    ...loaded,
    activate(context: vscode.ExtensionContext): unknown {
      const [api, took] = timed(() => loaded.activate(context));
      activating = took;
      return api;
    },
  };
  await extension.activate();
  const both = { wall: loading.wall + activating.wall, cpu: loading.cpu + activating.cpu };
  return [
    { name: `loading extension.cjs (${Math.round(statSync(file).size / 1000)} kB)`, took: loading },
    { name: 'activate() itself', took: activating },
    { name: 'both', took: both, goal: ACTIVATION },
  ];
}

async function measureLenses(): Promise<Row[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const file = join(folder, 'large.ts');
  const text = largeSource();
  writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  const own = Array.from({ length: ROUNDS }, () => timed(() => exportedFunctions(document.getText()))[1]);
  const asked: Took[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const end = timer();
    await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri);
    asked.push(end());
  }
  const found = exportedFunctions(text).length;
  const [first] = own;
  if (first === undefined) throw new Error('nothing was measured');
  return [
    { name: `${found} functions in ${LINES} lines, the first time`, took: first, goal: LENSES },
    { name: 'the same again, median', took: median(own), goal: LENSES },
    { name: 'all code lenses by way of VS Code, median', took: median(asked) },
  ];
}

/** Lines of a function, as they come in programs. */
const BODY = [
  '  // The rows come sorted: the first one that fits is "the one" { that is wanted.',
  '  const total = rest.reduce((sum, text) => sum + text.length, 0);',
  "  if (total > item.n && rest[0] !== 'none') {",
  '    return Math.round(total / item.n) * 2;',
  '  }',
  "  const name = `\u0024{item.n} of \u0024{rest.length}`.replace(/[/']+/g, '');",
  '  await store.put({ name, total, when: new Date() });',
  '',
];

function largeSource(): string {
  const functions = Array.from({ length: LINES / LINES_OF_FUNCTION }, (_, number) => [
    `export async function work${number}(item: Item, ...rest: readonly string[]): Promise<number> {`,
    ...Array.from({ length: LINES_OF_FUNCTION - 2 }, (_, i) => BODY[i % BODY.length] ?? ''),
    '}',
  ]);
  return functions.flat().join('\n');
}

function timed<T>(work: () => T): [result: T, took: Took] {
  const end = timer();
  const result = work();
  return [result, end()];
}

function timer(): () => Took {
  const [begin, before] = [performance.now(), threadTime()];
  return () => ({ wall: performance.now() - begin, cpu: threadTime() - before });
}

/** CPU time of this thread in ms; of the whole process where Node does not tell (before 23.9). */
function threadTime(): number {
  const read = (process as { threadCpuUsage?: typeof process.cpuUsage }).threadCpuUsage ?? process.cpuUsage;
  const { user, system } = read.call(process);
  return (user + system) / 1000;
}

/** The one in the middle by own time. */
function median(values: readonly Took[]): Took {
  const middle = values.toSorted((a, b) => a.cpu - b.cpu)[Math.floor(values.length / 2)];
  return middle ?? { wall: Number.NaN, cpu: Number.NaN };
}
