import assert from 'node:assert/strict';
import { type Diagnostic, ResponseError } from 'vscode-languageserver-protocol/node.js';
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

const codes = (items: readonly Diagnostic[]) => items.map((one) => one.code);
const textAt = (client: Client, uri: string, one: Diagnostic) => client.document(uri).getText(one.range);

describe('language server', () => {
  it('answers a pull with diagnostics that point at the value and link to the rule', async () => {
    using folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using client = await Client.start(folder);
    const uri = folder.uri('main.ts');
    await client.open(uri, UNEXPORTED);
    const [one, ...others] = await client.pull(uri);
    assert.ok(one);
    assert.deepEqual(others, []);
    assert.equal(one.code, 'non-exported-worker-function');
    assert.equal(textAt(client, uri, one), 'square');
    assert.equal(
      one.codeDescription?.href,
      'https://github.com/manycore-dev/manycore/blob/main/docs/rules/non-exported-worker-function.md',
    );
    assert.equal(one.relatedInformation?.[0]?.location.uri, uri);
  });

  it('takes the address of the documentation from the client', async () => {
    using folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using client = await Client.start(folder, {
      initializationOptions: { docsUrl: 'https://docs.test/rules' },
    });
    const [one] = await client.pull(folder.uri('main.ts'));
    assert.equal(one?.codeDescription?.href, 'https://docs.test/rules/non-exported-worker-function.md');
  });

  for (const [name, text] of Object.entries({ UNEXPORTED, UNGUARDED, INLINE_FUNCTION })) {
    it(`offers a fix that leaves clean code: ${name}`, async () => {
      using folder = new WorkspaceFolder({ 'main.ts': text });
      await using client = await Client.start(folder);
      const uri = folder.uri('main.ts');
      await client.open(uri, text);
      const [one] = await client.pull(uri);
      assert.ok(one);
      const fix = (await client.actions(uri, one)).find((action) => action.isPreferred);
      assert.ok(fix);
      const fixed = await client.apply(uri, fix);
      assert.deepEqual(await client.pull(uri), [], fixed);
    });
  }

  it('offers to ignore a finding with a reason, and then stays silent', async () => {
    using folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using client = await Client.start(folder);
    const uri = folder.uri('main.ts');
    await client.open(uri, UNEXPORTED);
    const [one] = await client.pull(uri);
    assert.ok(one);
    const ignore = (await client.actions(uri, one)).find((action) => action.title.startsWith('Ignore'));
    assert.ok(ignore);
    await client.apply(uri, ignore);
    assert.deepEqual(await client.pull(uri), []);
  });

  it('never answers with positions of an older text while one types', async () => {
    using folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using client = await Client.start(folder);
    const uri = folder.uri('main.ts');
    await client.open(uri, UNEXPORTED);
    await client.pull(uri);
    const answers: Promise<void>[] = [];
    let answered = 0;
    const start = { line: 2, character: 0 };
    for (let i = 0; i < 60; i++) {
      const version = await client.edit(uri, { start, end: start }, i % 2 === 0 ? '// typed\n' : '\n');
      const answer = client.pull(uri).then(
        (items) => {
          // Edits may have been sent since, but the answer must be about a text at least as new as the one asked for.
          const line = 8 + version - 1;
          assert.ok(
            (items[0]?.range.start.line ?? 0) >= line,
            `version ${version}: line ${items[0]?.range.start.line}`,
          );
          answered++;
        },
        (error: unknown) => assert.ok(error instanceof ResponseError && error.code === -32802, String(error)),
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

  it('judges a file again when another open file has changed', async () => {
    const tasks = 'export const square = (n: number): number => n * n;\n';
    const main =
      "import { Pool } from 'manycore';\nimport { tasks } from './tasks.js';\nexport const run = (pool: Pool) => pool.map(tasks.square, [1]);\n";
    using folder = new WorkspaceFolder({ 'tasks.ts': tasks, 'main.ts': main });
    await using client = await Client.start(folder);
    const [uri, other] = [folder.uri('main.ts'), folder.uri('tasks.ts')];
    await client.open(uri, main);
    const exported = 'export const tasks = { square: (n: number): number => n * n };\n';
    await client.open(other, exported);
    assert.deepEqual(await client.pull(uri), []);
    const end = client.document(other).positionAt(exported.length);
    const hidden =
      'const inner = { square: (n: number): number => n * n };\nexport const tasks = { get square() { return inner.square; } };\n';
    await client.edit(other, { start: { line: 0, character: 0 }, end }, `${hidden}`);
    assert.ok(Array.isArray(await client.pull(uri)));
    await client.edit(
      other,
      { start: { line: 0, character: 0 }, end: client.document(other).positionAt(hidden.length) },
      exported,
    );
    assert.deepEqual(await client.pull(uri), []);
  });

  it('reads nothing but text where the package is never mentioned', async () => {
    using folder = new WorkspaceFolder({ 'a.ts': UNRELATED, 'b.ts': UNRELATED });
    await using client = await Client.start(folder);
    await client.open(folder.uri('a.ts'), UNRELATED);
    assert.deepEqual(await client.pull(folder.uri('a.ts')), []);
    assert.deepEqual(await client.connection.sendRequest('workspace/diagnostic', { previousResultIds: [] }), {
      items: [],
    });
    assert.ok(
      client.logs.some((line) => line.startsWith('0 of 2 files')),
      client.logs.join('\n'),
    );
    assert.ok(!client.logs.some((line) => line.includes('compiler was loaded')));
  });

  it('reports files that are not open through the workspace pull', async () => {
    using folder = new WorkspaceFolder({ 'a.ts': UNEXPORTED, 'b.ts': UNGUARDED, 'c.ts': UNRELATED });
    await using client = await Client.start(folder);
    const report: { items: { uri: string; items: Diagnostic[] }[] } = await client.connection.sendRequest(
      'workspace/diagnostic',
      { previousResultIds: [] },
    );
    const found = report.items.map((one) => [one.uri.split('/').at(-1), ...codes(one.items)]).sort();
    assert.deepEqual(found, [
      ['a.ts', 'non-exported-worker-function'],
      ['b.ts', 'missing-entry-guard'],
    ]);
  });

  it('pushes to a client that cannot pull, with the version that they are about', async () => {
    using folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using client = await Client.start(folder, { pull: false });
    const uri = folder.uri('main.ts');
    await client.open(uri, UNEXPORTED);
    while (client.pushed.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(codes(client.pushed[0]?.diagnostics ?? []), ['non-exported-worker-function']);
    assert.equal(client.pushed[0]?.version, 1);
  });

  it('asks the client to pull again when a file changes on disk', async () => {
    using folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using client = await Client.start(folder);
    const uri = folder.uri('main.ts');
    assert.equal((await client.pull(uri)).length, 1);
    folder.write('main.ts', UNEXPORTED.replace('function', 'export function'));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri, type: 2 }],
    });
    assert.deepEqual(await client.pull(uri), []);
    while (client.refreshes === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('survives broken code and documents that are no files', async () => {
    using folder = new WorkspaceFolder({ 'main.ts': UNEXPORTED });
    await using client = await Client.start(folder);
    const uri = folder.uri('main.ts');
    await client.open(uri, "import { Pool } from 'manycore';\nawait new Pool(.map((((x => {[");
    assert.ok(Array.isArray(await client.pull(uri)));
    await client.open('untitled:Untitled-1', UNEXPORTED);
    assert.deepEqual(await client.pull('untitled:Untitled-1'), []);
    assert.equal(client.process.exitCode, null);
  });
});
