import assert from 'node:assert/strict';
import path from 'node:path';
import {
  type CodeAction,
  type Diagnostic,
  DiagnosticSeverity,
  type Hover,
  LSPErrorCodes,
  type MarkupContent,
  ResponseError,
} from 'vscode-languageserver-protocol/node.js';
import { DOCS_BASE } from '../../src/analysis/docs.ts';
import {
  ANALYSED,
  ANALYZE,
  type Analysed,
  PREFLIGHT,
  type PreflightFinding,
} from '../../src/protocol/analysis.ts';
import type { Analyzed } from '../../src/protocol/tools.ts';
import { Client, WorkspaceFolder } from './client.ts';

const UNEXPORTED = `import { isMainProcess, Pool } from 'manycore';

function square(n: number): number {
  return n * n;
}

if (isMainProcess) {
  await using pool = new Pool();
  console.log(await pool.map(square, [1, 2, 3]));
}
`;
const UNGUARDED = `import { Pool } from 'manycore';

export const square = (n: number): number => n * n;

const pool = new Pool();
console.log(await pool.map(square, [1, 2, 3]));
await pool.terminate();
`;
const INLINE_FUNCTION = `import { Pool } from 'manycore';

export const draw = (job: { dpi: number; done?: () => void }): number => job.dpi;

export const run = (pool: Pool): Promise<number> =>
  pool.apply(draw, [{ dpi: 96, done: () => console.log('done') }]);
`;
const UNRELATED = 'export const answer = [1].map((n) => n + 41)[0];\n';

const LIBRARY = `import type { Pool } from 'manycore';

export const each = <T>(pool: Pool, items: T[], fn: (item: T) => T): Promise<T[]> => pool.map(fn, items);
`;
const USER = `import type { Pool } from 'manycore';
import { each } from './library.js';

const half = (n: number): number => n / 2;
export const run = (pool: Pool): Promise<number[]> => each(pool, [1], half);
`;

const codes = (items: readonly Diagnostic[]) => items.map((one) => one.code);
const textAt = (client: Client, uri: string, one: Diagnostic) => client.document(uri).getText(one.range);
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('language server', () => {
  let folder: WorkspaceFolder;
  let client: Client;

  before(async () => {
    folder = new WorkspaceFolder({ 'disk.ts': UNEXPORTED, 'library.ts': LIBRARY, 'unrelated.ts': UNRELATED });
    client = await Client.start(folder, { initializationOptions: { docsUrl: 'https://docs.test/rules' } });
  });

  after(async () => {
    await client[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** Opens a new file of the shared workspace. */
  const open = async (name: string, text: string): Promise<string> => {
    const uri = folder.uri(name);
    await client.open(uri, text);
    return uri;
  };

  it('answers a pull with diagnostics that point at the value and link to the rule', async () => {
    const uri = await open('pull.ts', UNEXPORTED);
    const [one, ...others] = await client.pull(uri);
    assert.ok(one);
    assert.deepEqual(others, []);
    assert.equal(one.code, 'non-exported-worker-function');
    assert.equal(textAt(client, uri, one), 'square');
    assert.equal(one.codeDescription?.href, 'https://docs.test/rules/non-exported-worker-function.md');
    assert.equal(one.relatedInformation?.[0]?.location.uri, uri);
  });

  for (const [name, text] of Object.entries({ UNEXPORTED, UNGUARDED, INLINE_FUNCTION })) {
    it(`offers a fix that leaves clean code: ${name}`, async () => {
      const uri = await open(`fix-${name}.ts`, text);
      const [one] = await client.pull(uri);
      assert.ok(one);
      const fix = (await client.actions(uri, one)).find((action) => action.isPreferred);
      assert.ok(fix);
      const fixed = await client.apply(uri, fix);
      assert.notEqual(fixed, text);
      assert.deepEqual(await client.pull(uri), [], fixed);
    });
  }

  it('offers to ignore a finding with a reason, and then stays silent', async () => {
    const uri = await open('ignore.ts', UNEXPORTED);
    const [one] = await client.pull(uri);
    assert.ok(one);
    const ignore = (await client.actions(uri, one)).find((action) => action.title.startsWith('Ignore'));
    assert.ok(ignore);
    await client.apply(uri, ignore);
    assert.deepEqual(await client.pull(uri), []);
  });

  it('never answers with positions of an older text while one types', async () => {
    const uri = await open('typing.ts', UNEXPORTED);
    await client.pull(uri);
    const answers: Promise<void>[] = [];
    let answered = 0;
    const start = { line: 2, character: 0 };
    for (let i = 0; i < 60; i++) {
      const version = await client.edit(uri, { start, end: start }, i % 2 === 0 ? '// typed\n' : '\n');
      const answer = client.pull(uri).then(
        ([one]) => {
          // More may have been typed since, but the answer is about a text at least as new as the one asked about.
          assert.ok(
            one && one.range.start.line >= 8 + version - 1,
            `version ${version}: ${one?.range.start.line}`,
          );
          answered++;
        },
        (error: unknown) => {
          const cancelled = error instanceof ResponseError && error.code === LSPErrorCodes.ServerCancelled;
          assert.ok(cancelled, String(error));
        },
      );
      answers.push(answer);
      if (i % 10 === 9) await answer;
    }
    await Promise.all(answers);
    assert.ok(answered > 0);
    const [last] = await client.pull(uri);
    assert.ok(last);
    assert.equal(textAt(client, uri, last), 'square');
  });

  it('judges a call by the wrapper that another editor shows', async () => {
    const user = await open('user.ts', USER);
    assert.deepEqual(codes(await client.pull(user)), ['non-exported-worker-function']);
    const library = await open('library.ts', LIBRARY);
    const call = LIBRARY.split('\n')[2]?.indexOf('pool.map') ?? 0;
    const range = {
      start: { line: 2, character: call },
      end: { line: 2, character: call + 'pool.map(fn, items)'.length },
    };
    await client.edit(library, range, 'Promise.resolve(items.map(fn))');
    assert.deepEqual(await client.pull(user), []);
  });

  it('reports files that are not open through the workspace pull', async () => {
    const report: { items: { uri: string; items: Diagnostic[] }[] } = await client.connection.sendRequest(
      'workspace/diagnostic',
      { previousResultIds: [] },
    );
    const ofFile = (name: string) => report.items.find((one) => one.uri === folder.uri(name));
    assert.deepEqual(codes(ofFile('disk.ts')?.items ?? []), ['non-exported-worker-function']);
    assert.equal(ofFile('unrelated.ts'), undefined);
  });

  it('answers about the first file of a large workspace before the others are read, then has the client ask again', async () => {
    const fillers = Array.from({ length: 120 }, (_, index) => [
      `filler-${index}.ts`,
      "export type { Pool } from 'manycore';\n",
    ]);
    const text = `${INLINE_FUNCTION}export const late = () => ({ done: () => undefined });\n`;
    const user = `import type { Pool } from 'manycore';
import { late } from './draw.js';
export const start = async (pool: Pool): Promise<void> => void (await pool.apply(late, []));
`;
    using large = new WorkspaceFolder({ ...Object.fromEntries(fillers), 'draw.ts': text, 'user.ts': user });
    await using client = await Client.start(large);
    const uri = large.uri('draw.ts');
    await client.open(uri, text);
    assert.deepEqual(codes(await client.pull(uri)), ['unserializable-argument']);
    await until(() => client.refreshes > 0);
    assert.deepEqual(codes(await client.pull(uri)), ['unserializable-argument', 'unserializable-return']);
  });

  it('asks the client to pull again when a file changes on disk', async () => {
    const uri = folder.uri('disk.ts');
    const before = client.refreshes;
    folder.write('disk.ts', UNEXPORTED.replace('function', 'export function'));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri, type: 2 }],
    });
    assert.deepEqual(await client.pull(uri), []);
    await until(() => client.refreshes > before);
  });

  it('survives broken code and documents that are no files', async () => {
    const uri = await open('broken.ts', "import { Pool } from 'manycore';\nawait new Pool(.map((((x => {[");
    assert.ok(Array.isArray(await client.pull(uri)));
    await client.open('untitled:Untitled-1', UNEXPORTED);
    assert.deepEqual(await client.pull('untitled:Untitled-1'), []);
    assert.equal(client.process.exitCode, null);
  });

  it('reads nothing but text where the package is never mentioned', async () => {
    using quiet = new WorkspaceFolder({ 'a.ts': UNRELATED, 'b.ts': UNRELATED });
    await using own = await Client.start(quiet);
    await own.open(quiet.uri('a.ts'), UNRELATED);
    assert.deepEqual(await own.pull(quiet.uri('a.ts')), []);
    assert.deepEqual(await own.connection.sendRequest('workspace/diagnostic', { previousResultIds: [] }), {
      items: [],
    });
    assert.ok(
      own.logs.some((line) => line.startsWith('0 of 2 files')),
      own.logs.join('\n'),
    );
    assert.ok(!own.logs.some((line) => line.includes('compiler was loaded')));
  });

  it('pushes to a client that cannot pull, with the version that they are about', async () => {
    using pushing = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using own = await Client.start(pushing, { pull: false });
    const uri = pushing.uri('main.ts');
    await own.open(uri, UNEXPORTED);
    await until(() => own.pushed.length > 0);
    const [sent] = own.pushed;
    assert.deepEqual(codes(sent?.diagnostics ?? []), ['non-exported-worker-function']);
    assert.equal(sent?.version, 1);
    assert.ok(sent?.diagnostics[0]?.codeDescription?.href.startsWith(DOCS_BASE));
  });

  it('reports rules as the settings say, and nothing of files that are not open where it is told so', async () => {
    using set = new WorkspaceFolder({ 'disk.ts': UNEXPORTED, 'two.ts': UNGUARDED });
    const rules = { 'missing-entry-guard': 'off', 'non-exported-worker-function': 'hint', nonsense: 'loud' };
    await using own = await Client.start(set, { initializationOptions: { rules, openFilesOnly: true } });
    await own.open(set.uri('two.ts'), UNGUARDED);
    assert.deepEqual(await own.pull(set.uri('two.ts')), []);
    const workspace = (): Promise<{ items: { items: Diagnostic[] }[] }> =>
      own.connection.sendRequest('workspace/diagnostic', { previousResultIds: [] });
    assert.deepEqual(
      (await workspace()).items.flatMap((one) => one.items),
      [],
    );
    await own.open(set.uri('disk.ts'), UNEXPORTED);
    const [one] = (await workspace()).items.flatMap((item) => item.items);
    assert.equal(one?.severity, DiagnosticSeverity.Hint);
  });

  it('mends everything at once, for an editor that does so on save', async () => {
    const text = UNEXPORTED.replace('if (isMainProcess) ', '').replace('isMainProcess, ', '');
    const uri = await open('all.ts', text);
    assert.equal((await client.pull(uri)).length, 2);
    const ask = (only: string): Promise<CodeAction[]> =>
      client.connection.sendRequest('textDocument/codeAction', {
        textDocument: { uri },
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
        context: { diagnostics: [], only: [only] },
      });
    for (const only of ['source', 'source.fixAll', 'source.fixAll.manycore'])
      assert.deepEqual(
        (await ask(only)).map(({ kind }) => kind),
        ['source.fixAll.manycore'],
      );
    assert.deepEqual(await ask('source.organizeImports'), []);
    for (let [action] = await ask('source.fixAll'); action; [action] = await ask('source.fixAll'))
      await client.apply(uri, action);
    assert.deepEqual(await client.pull(uri), []);
    assert.match(client.document(uri).getText(), /export function square/);
  });

  it('tells where a worker function is named what brings it there and what crosses', async () => {
    const uri = await open('hover.ts', UNEXPORTED);
    const hover = (line: number, character: number): Promise<Hover | null> =>
      client.connection.sendRequest('textDocument/hover', {
        textDocument: { uri },
        position: { line, character },
      });
    const shown = await hover(2, 12);
    assert.deepEqual(shown?.range, { start: { line: 2, character: 9 }, end: { line: 2, character: 15 } });
    assert.ok(shown);
    assert.deepEqual((shown.contents as MarkupContent).value.split('\n'), [
      '**square** runs items in worker processes.',
      '- `square` runs in workers through `pool.map` (hover.ts:9)',
      '',
      'Copied to it: `n: number`. Copied back: `number`. Variables of its module are its own in each process.',
    ]);
    assert.deepEqual((await hover(8, 32))?.contents, shown.contents);
    assert.equal(await hover(7, 20), null);
    assert.equal(await hover(500, 0), null);
  });

  it('tells before a run what would go wrong if a function ran in workers, in files that do not use the library too', async () => {
    using plain = new WorkspaceFolder({
      'work.ts': "import './setup.js';\nexport const work = (n: number): number => n;\n",
      'setup.ts': UNGUARDED.replace('export ', ''),
      'fine.ts': 'export const fine = (n: number): number => n;\n',
    });
    await using own = await Client.start(plain);
    const ask = (name: string, exportName: string): Promise<PreflightFinding[]> =>
      own.connection.sendRequest(PREFLIGHT, { file: path.join(plain.path, name), exportName });
    const found = await ask('work.ts', 'work');
    assert.deepEqual(
      found.map((one) => `${path.basename(one.file)}:${one.line} ${one.rule}`),
      ['setup.ts:4 missing-entry-guard', 'setup.ts:5 non-exported-worker-function'],
    );
    assert.deepEqual(await ask('fine.ts', 'fine'), []);
    assert.deepEqual(await ask('fine.ts', 'nothing'), []);
    assert.deepEqual(await ask('none.ts', 'nothing'), []);
  });

  it('tells a language model what is wrong with a file or a function, and what it cannot judge', async () => {
    using plain = new WorkspaceFolder({
      'main.ts': UNEXPORTED,
      'state.ts':
        'let sum = 0;\nexport const add = (n: number): number => (sum += n);\nexport const total = () => sum;\n',
    });
    await using own = await Client.start(plain);
    const ask = (name: string, exportName?: string): Promise<Analyzed> =>
      own.connection.sendRequest(ANALYZE, { file: path.join(plain.path, name), exportName, cwd: plain.path });
    const rules = ({ diagnostics }: Analyzed): string[] =>
      diagnostics.map(({ file, rule }) => `${file} ${rule}`);
    const main = await ask('main.ts');
    assert.deepEqual(rules(main), ['main.ts non-exported-worker-function']);
    assert.match(main.diagnostics[0]?.docs ?? '', /\/non-exported-worker-function\.md$/);
    assert.deepEqual(main.notes, []);
    assert.deepEqual(rules(await ask('state.ts', 'add')), ['state.ts worker-writes-module-state']);
    assert.match((await ask('state.ts')).notes.join(), /does not use the manycore library/);
    assert.match((await ask('state.ts', 'none')).notes.join(), /exports no function none/);
  });

  it('tells how long each file took and what was looked at', async () => {
    const told: Analysed[] = [];
    client.connection.onNotification(ANALYSED, (one: Analysed) => told.push(one));
    const uri = await open('told.ts', UNEXPORTED);
    await client.pull(uri);
    await until(() => told.length > 0);
    const last = told.at(-1);
    assert.equal(last?.file, path.join(folder.path, 'told.ts'));
    assert.equal(last.findings, 1);
    assert.ok(last.milliseconds > 0 && last.files >= last.concerned && last.concerned > 0);
  });
});
