import assert from 'node:assert/strict';
import { parseSource } from '../../../src/job/dataset/source.ts';

describe('the way a dataset is written', () => {
  it('tells the kind of a file from its extension, before .gz or .zst', () => {
    const kinds = {
      'a.json': 'json',
      'a.GeoJSON': 'json',
      'a.jsonl': 'jsonl',
      'a.ndjson.gz': 'jsonl',
      'a.csv': 'csv',
      'dir.d/a.CSV.zst': 'csv',
      'a.tsv': 'tsv',
      'a.txt': 'text',
      'a.log': 'text',
      'dir.csv/names': 'text',
    };
    for (const [path, kind] of Object.entries(kinds))
      assert.deepEqual(parseSource(path), { kind, path, pointer: [] });
  });

  it('takes a prefix before the extension', () => {
    assert.deepEqual(parseSource('jsonl:data.txt'), { kind: 'jsonl', path: 'data.txt', pointer: [] });
    assert.deepEqual(parseSource('text:a.json'), { kind: 'text', path: 'a.json', pointer: [] });
    assert.deepEqual(parseSource('csv:-'), { kind: 'csv', path: '-', pointer: [] });
    assert.deepEqual(parseSource('json:dump#/a'), { kind: 'json', path: 'dump', pointer: ['a'] });
  });

  it('reads standard input as JSON Lines', () => {
    assert.deepEqual(parseSource('-'), { kind: 'jsonl', path: '-', pointer: [] });
  });

  it('does not take a Windows drive for a prefix', () => {
    assert.deepEqual(parseSource('C:\\data\\a.csv'), { kind: 'csv', path: 'C:\\data\\a.csv', pointer: [] });
    assert.deepEqual(parseSource('json:C:\\a.txt#/x'), { kind: 'json', path: 'C:\\a.txt', pointer: ['x'] });
    assert.deepEqual(parseSource('module:C:\\a.ts#b'), { kind: 'module', path: 'C:\\a.ts', exportName: 'b' });
  });

  it('unescapes a JSON Pointer: ~1 is /, ~0 is ~, and ~01 is ~1', () => {
    const source = parseSource('a.json#/x~1y/~0z/~01//0');
    assert.deepEqual(source, { kind: 'json', path: 'a.json', pointer: ['x/y', '~z', '~1', '', '0'] });
  });

  it('leaves a # alone that is no pointer', () => {
    assert.deepEqual(parseSource('a#b.csv'), { kind: 'csv', path: 'a#b.csv', pointer: [] });
    assert.deepEqual(parseSource('c#/d.json#/e'), { kind: 'json', path: 'c#/d.json', pointer: ['e'] });
    assert.deepEqual(parseSource('a.json#'), { kind: 'json', path: 'a.json', pointer: [] });
  });

  it('splits a module from its export', () => {
    assert.deepEqual(parseSource('module:a.ts#items'), { kind: 'module', path: 'a.ts', exportName: 'items' });
    assert.deepEqual(parseSource('module:a.ts'), { kind: 'module', path: 'a.ts', exportName: null });
  });

  it('says what to write for what it cannot take', () => {
    assert.throws(() => parseSource('a.json#data'), { name: 'DatasetError', hint: 'Write a.json#/data' });
    assert.throws(() => parseSource('https://example.com/a.csv'), /unknown kind https:/);
    assert.throws(() => parseSource('glob:'), /names nothing/);
    assert.throws(() => parseSource(''), /names nothing/);
    assert.throws(() => parseSource('a.avro'), {
      message: /\.avro files cannot be read/,
      hint: /JSON Lines or CSV/,
    });
  });
});
