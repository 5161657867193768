import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { openDataset } from '../../../src/job/dataset/dataset.ts';
import { eventually } from '../../runtime/processes.ts';
import { readAll, TempFolder } from './reading.ts';

describe('files of a dataset', () => {
  it('are refused at once when they are not there, a folder, or of an unknown kind', async () => {
    using folder = new TempFolder();
    mkdirSync(`${folder.path}/photos`);
    const open = (source: string) => openDataset(source, { cwd: folder.path, onBadRecord: 'fail' });
    await assert.rejects(open('none.csv'), {
      name: 'DatasetError',
      code: 'ERR_MANYCORE_DATASET',
      exitCode: 2,
      message: `There is no file ${folder.path}/none.csv.`,
    });
    await assert.rejects(open('photos'), { message: /photos is a folder/, hint: /glob:.*photos\/\*/ });
    await assert.rejects(open('http://x/a.csv'), /unknown kind http:/);
  });

  it('are refused when they may not be read', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) this.skip(); // Everything may be read by them.
    using folder = new TempFolder();
    chmodSync(folder.write('a.txt', 'x'), 0);
    await assert.rejects(readAll('a.txt', folder.path), /may not be read \(EACCES\)/);
  });

  it('are found from the working directory or by an absolute path, and say what kind they are', async () => {
    using folder = new TempFolder();
    const file = folder.write('a.jsonl', '1\n');
    for (const source of ['a.jsonl', './a.jsonl', file]) {
      const dataset = await openDataset(source, { cwd: folder.path, onBadRecord: 'fail' });
      assert.deepEqual([dataset.source, dataset.kind, dataset.count], [source, 'jsonl', null]);
    }
    assert.deepEqual(await readAll(file, '/'), [1]);
  });

  it('can be read again from the begin', async () => {
    using folder = new TempFolder();
    folder.write('a.csv', 'a\n1\n');
    const dataset = await openDataset('a.csv', { cwd: folder.path, onBadRecord: 'fail' });
    for (let pass = 0; pass < 2; pass++) {
      const records: unknown[] = [];
      for await (const record of dataset.records()) records.push(record);
      assert.deepEqual(records, [{ a: '1' }]);
    }
  });

  for (const [name, line] of [
    ['a.jsonl', '1'],
    ['a.csv', '1,2'],
    ['a.txt', 'x'],
  ] as const) {
    it(`are opened by the first record and closed when the loop is left: ${name}`, async function () {
      if (process.platform !== 'linux') this.skip(); // Open files are listed in /proc.
      using folder = new TempFolder();
      const file = folder.write(name, `${line}\n`.repeat(1_000_000));
      const dataset = await openDataset(name, { cwd: folder.path, onBadRecord: 'fail' });
      const records = dataset.records();
      assert.equal(timesOpen(file), 0);
      for await (const _ of records) {
        assert.equal(timesOpen(file), 1);
        break;
      }
      // A stream closes its file a turn later.
      assert.ok(await eventually(() => timesOpen(file) === 0));
    });
  }

  it('are closed after a bad record, and after the array of a pointer', async function () {
    if (process.platform !== 'linux') this.skip();
    using folder = new TempFolder();
    const broken = folder.write('a.jsonl', `nope\n${'1\n'.repeat(1_000_000)}`);
    await assert.rejects(readAll('a.jsonl', folder.path), { name: 'BadRecordError' });
    const nested = folder.write('a.json', `{"a":[1],"b":"${'x'.repeat(2_000_000)}`);
    assert.deepEqual(await readAll('a.json#/a', folder.path), [1]);
    assert.ok(await eventually(() => timesOpen(broken) + timesOpen(nested) === 0));
  });
});

function timesOpen(file: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file;
    } catch {
      return false; // Closed since it was listed.
    }
  }).length;
}
