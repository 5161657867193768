import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { openDataset } from '../../../src/job/dataset/dataset.ts';
import { readAll } from './reading.ts';

const cwd = fileURLToPath(new URL('../../fixtures/dataset/', import.meta.url));
const open = (source: string) => openDataset(source, { cwd, onBadRecord: 'fail' });

describe('module:', () => {
  it('gives the items of an exported array, whatever they are, and knows their count', async () => {
    const dataset = await open('module:items.mjs#array');
    assert.deepEqual([dataset.kind, dataset.count], ['module', 3]);
    assert.deepEqual(await readAll('module:items.mjs#array', cwd), [1, undefined, { a: 2 }]);
  });

  it('takes iterables, async iterables, promises, and functions that give one', async () => {
    assert.deepEqual(await readAll('module:items.mjs#set', cwd), ['x', 'y']);
    assert.deepEqual(await readAll('module:items.mjs#bytes', cwd), [7, 8]);
    assert.deepEqual(await readAll('module:items.mjs#promised', cwd), [5]);
    assert.deepEqual(await readAll('module:items.mjs#pages', cwd), ['page 1', 'page 2']);
    assert.deepEqual(await readAll('module:items.mjs#later', cwd), [1, 2]);
    assert.equal((await open('module:items.mjs#set')).count, 2);
    assert.equal((await open('module:items.mjs#pages')).count, null);
  });

  it('takes the default export, or the only one, when none is named', async () => {
    assert.deepEqual(await readAll('module:default.mjs', cwd), ['the default']);
    assert.deepEqual(await readAll('module:default.mjs#other', cwd), [2]);
    assert.deepEqual(await readAll('module:common.cjs#items', cwd), [1, 2]);
    await assert.rejects(open('module:items.mjs'), {
      message: /exports; which one/,
      hint: /It exports array, /,
    });
  });

  it('closes an endless generator when the loop is left', async () => {
    const items = (await import('../../fixtures/dataset/items.mjs' as string)) as { closed: number };
    const before = items.closed;
    for await (const number of (await open('module:items.mjs#numbers')).records()) if (number === 3) break;
    assert.equal(items.closed, before + 1);
  });

  it('calls a function again for another pass, and refuses a second pass over an iterator', async () => {
    const pages = await open('module:items.mjs#pages');
    for (let pass = 0; pass < 2; pass++) {
      const seen: unknown[] = [];
      for await (const page of pages.records()) seen.push(page);
      assert.deepEqual(seen, ['page 1', 'page 2']);
    }
    const once = await open('module:items.mjs#once');
    once.records();
    assert.throws(() => once.records(), { name: 'DatasetError', message: /gives its items only once/ });
  });

  it('loads the module by the loader that it is given', async () => {
    const importModule = async (file: string) => ({ file: [file] });
    assert.deepEqual(await readAll('module:common.cjs#file', cwd, { importModule }), [`${cwd}common.cjs`]);
  });

  it('tells what is wrong, and keeps what the module threw', async () => {
    await assert.rejects(open('module:none.mjs#a'), /There is no file .*none\.mjs/);
    await assert.rejects(open('module:items.mjs#zip'), { message: /has no export zip/, hint: /array, / });
    await assert.rejects(open('module:items.mjs#text'), /gives a string \(abc\), not items/);
    await assert.rejects(open('module:items.mjs#settings'), /gives an object with the keys a, not items/);
    await assert.rejects(open('module:throws.mjs'), (error: Error) => {
      assert.match(error.message, /throws\.mjs cannot be imported: no database/);
      assert.equal((error.cause as Error).message, 'no database');
      return true;
    });
    await assert.rejects(open('module:items.mjs#broken'), /#broken threw: no connection/);
    await assert.rejects(readAll('module:items.mjs#breaks', cwd), {
      name: 'DatasetError',
      message: /#breaks threw: page 2 is gone/,
    });
  });
});
