import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { Analyser, type Diagnostic } from '../../src/analysis/analyse.ts';
import { WorkspaceFolder } from '../server/client.ts';

const FILES = {
  'run.ts': `import type { Pool } from 'manycore';
export async function each<T>(pool: Pool, fn: (item: T) => T, items: T[]): Promise<T[]> {
  return await pool.map(fn, items);
}
`,
  'pass.ts': `import type { Pool } from 'manycore';
import { each } from './run.js';
export const pass = (pool: Pool, fn: (item: number) => number): Promise<number[]> => each(pool, fn, [1]);
`,
  'value.ts': `export function value() {
  return { id: 1 };
}
`,
  'functions.ts': `function hidden(n: number): number {
  return n;
}
export function shown(n: number): number {
  return n;
}
export function take(value: object): number {
  return Object.keys(value).length;
}
export const table = { pick: hidden };
const inner = { pick: hidden };
export const pick = () => inner.pick;
`,
  'main.ts': `import { Pool } from 'manycore';
import { pick, shown, table, take } from './functions.js';
import { late } from './late.js';
import { pass } from './pass.js';
import { value } from './value.js';

export const own = (n: number): number => n;
function local(n: number): number {
  return n;
}

export async function main(): Promise<void> {
  await using pool = new Pool();
  await pass(pool, shown);
  await pass(pool, own);
  await pass(pool, local);
  await pass(pool, table.pick);
  await pass(pool, pick());
  await pool.apply(take, [value()]);
  await pool.apply(take, [{ late: late() }]);
}
`,
  'start.ts': `import { main, own } from './main.js';
import type { Pool } from 'manycore';
export const again = (n: number): number => own(n);
export const use = (pool: Pool): Promise<number[]> => pool.map(again, [1]);
main();
`,
  'state.ts': `export const counts = { done: 0 };
export let limit = 0;
export const setLimit = (n: number): void => {
  limit = n;
};
export function count(): void {
  counts.done += 1;
}
export function over(n: number): boolean {
  return n > limit;
}
`,
  'input.ts': `export const options = (): readonly string[] => process.argv.slice(2);
export const log = (text: string): void => console.log(text);
`,
  'work.ts': `import { options } from './input.js';
import { count, over } from './state.js';
export function work(n: number): number {
  count();
  return over(n) ? n : options().length;
}
`,
  'global.ts': `import type { Pool } from 'manycore';
export type Own = Pool;
declare global {
  function shared(): Promise<number>;
}
`,
  'user.ts': `import type { Pool } from 'manycore';
import { take } from './functions.js';
export const use = (pool: Pool): Promise<number> => pool.apply(take, [shared()]);
`,
  'account.ts': `export class Account {
  balance = 1;
  total(): number {
    return this.balance;
  }
}
`,
  'bank.ts': `import type { Pool } from 'manycore';
import { Account } from './account.js';
export const total = (account: Account): number => account.total();
export const run = (pool: Pool): Promise<number> => pool.apply(total, [new Account()]);
`,
  'setup.ts': `import { registerClass } from 'manycore';
import { Account } from './account.js';
registerClass(Account, { toPlain: ({ balance }) => balance, fromPlain: () => new Account() });
`,
  'report.ts': `import { Pool } from 'manycore';
import { counts, setLimit } from './state.js';
import { work } from './work.js';
export async function report(n: number): Promise<number> {
  setLimit(n);
  await using pool = new Pool();
  await pool.map(work, [n]);
  return counts.done;
}
`,
};

/** Edits that change what is found in other files, by what they change. Each begins at the files above. */
const EDITS: readonly (readonly [
  what: string,
  file: keyof typeof FILES | 'late.ts',
  edit: (text: string) => string,
])[] = [
  ['a body, to no effect', 'functions.ts', (text) => text.replace('return n;', 'return n + 1;')],
  [
    'what a wrapper does with its parameter',
    'run.ts',
    (text) => text.replace('await pool.map(fn, items)', 'items.map(fn)'),
  ],
  [
    'a wrapper of a wrapper',
    'pass.ts',
    (text) => text.replace('each(pool, fn, [1])', 'each(pool, Math.abs, [fn(1)])'),
  ],
  ['an inferred result', 'value.ts', (text) => text.replace('{ id: 1 }', '{ id: Promise.resolve(1) }')],
  [
    'which function an object holds',
    'functions.ts',
    (text) => text.replace('{ pick: hidden };\nexport const pick', '{ pick: shown };\nexport const pick'),
  ],
  ['an export', 'functions.ts', (text) => text.replace('function hidden', 'export function hidden')],
  [
    'a guard',
    'start.ts',
    (text) =>
      `import { isMainProcess } from 'manycore';\n${text.replace('main();', 'if (isMainProcess) main();')}`,
  ],
  [
    'a call that starts a pool',
    'main.ts',
    (text) => text.replace('await using pool = new Pool();', 'const pool = null as never as Pool;'),
  ],
  ['an import', 'start.ts', (text) => text.replace('main, own', 'own').concat('function main(): void {}\n')],
  [
    'a file that was missing',
    'late.ts',
    () => 'export const late = (): Promise<number> => Promise.resolve(1);\n',
  ],
  [
    'a syntax error',
    'functions.ts',
    (text) => text.replace('export const table = {', 'export const table = {{'),
  ],
  ['everything', 'functions.ts', () => ''],
  [
    'where a result is counted',
    'report.ts',
    (text) => text.replace('return counts.done', 'return 0').replace('counts, ', ''),
  ],
  ['what a worker calls', 'work.ts', (text) => text.replace('count();', 'void count;')],
  ['what sets a variable', 'state.ts', (text) => text.replace('limit = n;', 'void n;')],
  [
    'what a function reads of the command line',
    'input.ts',
    (text) => text.replace('process.argv.slice(2)', "['a']"),
  ],
  ['which function runs in workers', 'report.ts', (text) => text.replace('pool.map(work', 'pool.map(Number')],
  [
    'a global variable that no import leads to',
    'global.ts',
    (text) => text.replace('shared(): Promise<number>', 'shared(): number'),
  ],
  [
    'what a file registers that nobody imports',
    'setup.ts',
    (text) => text.replace('registerClass(Account', 'void (Account'),
  ],
  ['a name that hides a global one', 'input.ts', (text) => `const process = { argv: [''] };\n${text}`],
];

const shown = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map((one) => `${path.basename(one.file)}:${one.line}:${one.column} ${one.rule} ${one.message}`);

describe('analysis after an edit', () => {
  let folder: WorkspaceFolder;
  let analyser: Analyser;
  const telling: string[] = [];
  before(() => {
    folder = new WorkspaceFolder(FILES);
    analyser = new Analyser({ roots: [folder.path] });
  });
  after(() => folder[Symbol.dispose]());

  /** What an analysis finds that has seen nothing before. */
  const anew = async (): Promise<string[]> =>
    shown(await new Analyser({ roots: [folder.path] }).diagnoseAll());
  const change = (name: string, text: string | undefined): void => {
    if (text === undefined) rmSync(path.join(folder.path, name));
    else folder.write(name, text);
    analyser.fileChanged(path.join(folder.path, name));
  };

  it('has something to find', async () => {
    const found = await anew();
    const parts = [
      'start.ts:5:1 missing',
      'main.ts:16:20 non-exported',
      'state.ts:7:3 worker-writes-module-state',
      'main-only-state',
      'user.ts:3:',
      'worker-reads-argv-stdin',
    ];
    for (const part of parts) assert.ok(found.join().includes(part), found.join('\n'));
    assert.deepEqual(shown(await analyser.diagnoseAll()), found);
  });

  for (const [what, name, edit] of EDITS) {
    it(`finds what a new analysis finds, when ${what} changed and changed back`, async () => {
      const before = FILES[name as keyof typeof FILES] as string | undefined;
      const first = shown(await analyser.diagnoseAll());
      change(name, edit(before ?? ''));
      assert.notEqual(edit(before ?? ''), before);
      const found = shown(await analyser.diagnoseAll());
      assert.deepEqual(found, await anew());
      if (found.join() !== first.join()) telling.push(what);
      change(name, before);
      assert.deepEqual(shown(await analyser.diagnoseAll()), first);
    });
  }

  it('finds the same when it was told that no text changes, and one does', async () => {
    const final = new Analyser({ roots: [folder.path], isFinal: true });
    assert.deepEqual(shown(await final.diagnoseAll()), shown(await analyser.diagnoseAll()));
    for (const [what, name, edit] of EDITS) {
      const before = FILES[name as keyof typeof FILES] as string | undefined;
      for (const text of [edit(before ?? ''), before]) {
        change(name, text);
        final.fileChanged(path.join(folder.path, name));
        assert.deepEqual(shown(await final.diagnoseAll()), shown(await analyser.diagnoseAll()), what);
      }
    }
  });

  it('was tried with edits that change what is found', () =>
    assert.ok(telling.length >= 16, telling.join(', ')));
});
