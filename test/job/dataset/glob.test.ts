import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { openDataset } from '../../../src/job/dataset/dataset.ts';
import { readAll, TempFolder } from './reading.ts';

function photos(): TempFolder {
  const folder = new TempFolder();
  mkdirSync(`${folder.path}/sub/deep`, { recursive: true });
  for (const name of [
    'b.png',
    'a.png',
    'B.png',
    'a10.png',
    'a9.png',
    'c.jpg',
    '.hidden.png',
    'sub/d.png',
    'sub/deep/e.png',
  ])
    folder.write(name, '');
  return folder;
}

describe('glob:', () => {
  it('gives the paths that match, relative as the pattern is, sorted by code unit', async () => {
    using folder = photos();
    assert.deepEqual(await readAll('glob:*.png', folder.path), [
      'B.png',
      'a.png',
      'a10.png',
      'a9.png',
      'b.png',
    ]);
    assert.deepEqual(await readAll('glob:**/{d,e}.png', folder.path), ['sub/d.png', 'sub/deep/e.png']);
    assert.deepEqual(await readAll('glob:../*.jpg', `${folder.path}/sub`), ['../c.jpg']);
  });

  it('gives what packages have only when the pattern names them', async () => {
    using folder = photos();
    mkdirSync(`${folder.path}/node_modules/deep`, { recursive: true });
    folder.write('node_modules/deep/d.png', '');
    assert.deepEqual(await readAll('glob:**/d.png', folder.path), ['sub/d.png']);
    assert.deepEqual(await readAll('glob:**/node_modules/**/d.png', folder.path), [
      'node_modules/deep/d.png',
    ]);
  });

  it('gives absolute paths for an absolute pattern', async () => {
    using folder = photos();
    assert.deepEqual(await readAll(`glob:${folder.path}/sub/*.png`, '/'), [`${folder.path}/sub/d.png`]);
  });

  it('knows its count and gives an array that can be read again', async () => {
    using folder = photos();
    const dataset = await openDataset('glob:*.png', { cwd: folder.path, onBadRecord: 'fail' });
    assert.deepEqual([dataset.kind, dataset.count], ['glob', 5]);
    assert.deepEqual(
      [...(dataset.records() as Iterable<unknown>)],
      [...(dataset.records() as Iterable<unknown>)],
    );
  });

  it('is refused when nothing matches, with the pattern for the files of a folder', async () => {
    using folder = photos();
    await assert.rejects(readAll('glob:*.gif', folder.path), {
      name: 'DatasetError',
      message: `No file matches glob:*.gif in ${folder.path}.`,
    });
    await assert.rejects(readAll('glob:sub', folder.path), { hint: /glob:sub\/\*\*\/\*/ });
  });
});
