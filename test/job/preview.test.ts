import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { previewDataset } from '../../src/job/preview.ts';
import type { PreviewConfig } from '../../src/protocol/preview.ts';
import { TempFolder } from './dataset/reading.ts';

describe('a preview of a dataset', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const preview = (data: string, more: Partial<PreviewConfig> = {}) =>
    previewDataset({ data, cwd: folder.path, name: 'work', callsExport: false, ...more });

  async function callsOf(data: string, more?: Partial<PreviewConfig>): Promise<[number | null, ...string[]]> {
    const found = await preview(data, more);
    assert.ok(!('failure' in found), JSON.stringify(found));
    return [found.count, ...found.calls];
  }

  async function failureOf(data: string, more?: Partial<PreviewConfig>): Promise<string> {
    const found = await preview(data, more);
    assert.ok('failure' in found, JSON.stringify(found));
    return `${found.failure.message} ${found.failure.hint}`;
  }

  it('counts a range and the files of a pattern, and shows the first calls', async () => {
    assert.deepEqual(await callsOf('range:0:1000'), [1000, 'work(0)', 'work(1)', 'work(2)']);
    assert.deepEqual(await callsOf('range:0:1:0.5'), [2, 'work(0)', 'work(0.5)']);
    for (const name of ['b.txt', 'a.txt']) folder.write(name, '');
    assert.deepEqual(await callsOf('glob:*.txt'), [2, "work('a.txt')", "work('b.txt')"]);
    assert.match(await failureOf('glob:*.png'), /No file matches glob:\*\.png .* stops at \//);
    assert.match(await failureOf('range:5:0'), /its STEP leads away from STOP\. Write range:5:0:-1/);
  });

  it('says that a file is streamed where only reading all of it counts the items', async () => {
    folder.write('small.jsonl', '1\n2\n3\n4\n');
    assert.deepEqual(await callsOf('small.jsonl'), [4, 'work(1)', 'work(2)', 'work(3)']);
    assert.deepEqual(await callsOf('small.jsonl', { skip: 2 }), [2, 'work(3)', 'work(4)']);
    for (const [name, content] of [
      ['many.jsonl', '1\n'.repeat(10_001)],
      ['large.jsonl', `${'1'.padEnd(500_000)}\n`.repeat(10)],
    ] as const) {
      folder.write(name, content);
      assert.deepEqual(await callsOf(name), [null, 'work(1)', 'work(1)', 'work(1)']);
    }
  });

  it('shows the arguments that a call gets', async () => {
    folder.write('a.jsonl', '[1,"a"]\n');
    assert.deepEqual(await callsOf('a.jsonl', { args: [true] }), [1, "work([ 1, 'a' ], true)"]);
    assert.deepEqual(await callsOf('a.jsonl', { spread: true, args: [true] }), [1, "work(1, 'a', true)"]);
    folder.write('b.csv', 'n,x\n1,\n');
    assert.deepEqual(await callsOf('b.csv', { typed: true }), [1, 'work({ n: 1, x: null })']);
    assert.match(
      await failureOf('range:0:1', { spread: true }),
      /--spread needs items that are arrays, got 0/,
    );
  });

  it('shows the selected items', async () => {
    assert.deepEqual(await callsOf('range:0:1000', { skip: 10, limit: 2 }), [2, 'work(10)', 'work(11)']);
    assert.deepEqual((await callsOf('range:0:1000', { sample: 2 }))[0], 2);
  });

  it('counts the records that are left out', async () => {
    folder.write('a.jsonl', '1\n{\n2\n');
    const found = await preview('a.jsonl', { onBadRecord: 'skip' });
    assert.ok(!('failure' in found));
    assert.deepEqual([found.count, found.skipped], [2, 1]);
  });

  it('keeps the text of a call short', async () => {
    folder.write('a.txt', 'x'.repeat(1_000_000));
    const [, call = ''] = await callsOf('a.txt');
    assert.match(call, /^work\('x{80}'\.\.\. 999920 more characters\)$/);
  });

  it('names the arrays in a JSON file that is an object, as datasets', async () => {
    folder.write('a.json', '{"meta":{"tags":["t"],"n":1},"a/b":{"c~":[[1],[2]]},"rows":[{"x":[1]}],"s":"["}');
    folder.write('b.json.gz', gzipSync('{"rows":[1]}'));
    const arraysOf = async (data: string): Promise<readonly string[]> => {
      const found = await preview(data);
      return 'failure' in found ? found.arrays : [];
    };
    const wanted = ['a.json#/rows', 'a.json#/meta/tags', 'a.json#/a~1b/c~0'];
    assert.deepEqual(await arraysOf('a.json'), wanted);
    assert.deepEqual(await arraysOf('a.json#/none'), wanted);
    assert.deepEqual(
      await arraysOf('json:a.json'),
      wanted.map((each) => `json:${each}`),
    );
    assert.deepEqual(await arraysOf('b.json.gz'), ['b.json.gz#/rows']);
    assert.deepEqual(await callsOf('a.json#/a~1b/c~0'), [2, 'work([ 1 ])', 'work([ 2 ])']);
    folder.write('c.json', '{"x":1}');
    assert.deepEqual(await arraysOf('c.json'), []);
    folder.write('d.json', '[1,');
    assert.deepEqual(await arraysOf('d.json'), []);
  });

  it('shows the items of an export, and calls a function for them only when it may', async () => {
    folder.write(
      'data.mjs',
      'export const items = [1, 2];\nexport function make() { globalThis.made = true; return new Set([3]); }',
    );
    assert.deepEqual(await callsOf('module:data.mjs#items'), [2, 'work(1)', 'work(2)']);
    const found = await preview('module:data.mjs#make');
    assert.ok(!('failure' in found));
    assert.deepEqual([found.uncalled, found.calls, 'made' in globalThis], ['make', [], false]);
    assert.deepEqual(await callsOf('module:data.mjs#make', { callsExport: true }), [1, 'work(3)']);
    assert.match(await failureOf('module:data.mjs#none'), /has no export none\. It exports items, make/);
  });

  it('reads Parquet that is compressed as a whole, and leaves nothing of it on disk', async () => {
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'n', data: [1, 2, 3, 4] }] }));
    folder.write('a.parquet.gz', gzipSync(bytes));
    assert.deepEqual(await callsOf('a.parquet.gz'), [4, ...[1, 2, 3].map((n) => `work({ n: ${n} })`)]);
    assert.ok(
      !readdirSync(tmpdir()).some((name) => name.startsWith('manycore-dataset-') && name.length > 30),
    );
  });
});
