import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { openDataset } from '../../../src/job/dataset/dataset.ts';
import { readAll } from './reading.ts';

describe('standard input', () => {
  it('is JSON Lines, however its bytes come', async () => {
    const stdin = Readable.from([Buffer.from('{"a":'), Buffer.from('1}\n2'), Buffer.from('\n3')]);
    assert.deepEqual(await readAll('-', '/', { stdin }), [{ a: 1 }, 2, 3]);
    assert.deepEqual(await readAll('-', '/', { stdin: Readable.from(['"é"\n']) }), ['é']);
  });

  it('is another kind when told', async () => {
    assert.deepEqual(await readAll('csv:-', '/', { stdin: Readable.from(['a,b\n1,2\n']) }), [
      { a: '1', b: '2' },
    ]);
    assert.deepEqual(await readAll('text:-', '/', { stdin: Readable.from(['x\n']) }), ['x']);
    assert.deepEqual(await readAll('json:-#/a', '/', { stdin: Readable.from(['{"a":[1]}']) }), [1]);
  });

  it('is given up when the loop is left, and can be read once', async () => {
    const stdin = Readable.from(Array(1000).fill('1\n'));
    const dataset = await openDataset('-', { cwd: '/', onBadRecord: 'fail', stdin });
    assert.equal(dataset.kind, 'stdin');
    for await (const _ of dataset.records()) break;
    assert.ok(stdin.destroyed);
    assert.throws(() => dataset.records(), /only once/);
  });

  it('names itself in a bad record', async () => {
    await assert.rejects(
      readAll('-', '/', { stdin: Readable.from(['1\nnope\n']) }),
      /Bad record at standard input:2: /,
    );
  });
});
