import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { rankDataFiles } from '../../../src/editor/commands/dataset-candidates.ts';
import { parseSource, previewSource } from '../../../src/editor/commands/dataset-source.ts';

const table = tableFromArrays({ city: ['Oslo'], year: [2020] });
const parquet = (rows: number): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'city', data: Array(rows).fill('Oslo') }] }));

describe('a dataset as it is typed', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-editor-'));
    writeFileSync(join(folder, 'a.json'), '{"rows": [1, 2]}');
    writeFileSync(join(folder, 'a.csv'), 'city,year\nOslo,2020\n');
    writeFileSync(join(folder, 'a.jsonl'), '{"city":"Oslo"}\n{"city":"Bergen"}\n');
    writeFileSync(join(folder, 'a.csv.gz'), gzipSync('city,year\nOslo,2020\n'.repeat(10_000)));
    writeFileSync(join(folder, 'a.parquet'), parquet(3));
    writeFileSync(join(folder, 'broken.parquet'), parquet(3).subarray(0, 30));
    writeFileSync(join(folder, 'a.arrow'), tableToIPC(table, { format: 'file' }) ?? '');
    writeFileSync(join(folder, 'a.arrows'), tableToIPC(table, { format: 'stream' }) ?? '');
    writeFileSync(join(folder, 'a.txt.zst'), Buffer.from('KLUv/QRYIQAAMQoyCpFHpzk=', 'base64'));
    writeFileSync(join(folder, 'data.ts'), 'export const items = [1];');
  });
  after(() => rmSync(folder, { recursive: true }));

  const problem = (text: string): string => {
    const parsed = parseSource(text, folder);
    return 'problem' in parsed ? parsed.problem : '';
  };
  const preview = (text: string): string => {
    const parsed = parseSource(text, folder);
    assert.ok('source' in parsed, 'problem' in parsed ? parsed.problem : '');
    return previewSource(parsed.source, 'work');
  };

  const problems: Record<string, RegExp> = {
    '': /nothing/,
    '-': /command line only/,
    'range:1': /range:START:STOP/,
    'range:1:2:3:4': /range:START:STOP/,
    'range:a:b': /must be numbers/,
    'range::5': /must be numbers/,
    'range:0:5:0': /must not be 0/,
    'range:5:0': /no item/,
    'glob:': /glob:PATTERN/,
    'module:./data.ts': /FILE#EXPORT/,
    'module:./none.ts#items': /none\.ts does not exist/,
    'none.json': /none\.json does not exist/,
    'a.png': /must end in one of/,
    'a.parquet.gz': /decompress/,
    'a.csv#/rows': /only a \.json file/,
  };
  for (const [text, expected] of Object.entries(problems))
    it(`refuses "${text}" and says why`, () => assert.match(problem(text), expected));

  it('shows how many calls a range becomes, and the first', () => {
    assert.equal(preview('range:0:1000'), '1,000 items: work(0), work(1), work(2), …');
    assert.equal(preview('range:0:1:0.5'), '2 items: work(0), work(0.5)');
    assert.equal(preview('range:3:2:-1'), '1 item: work(3)');
  });

  it('shows the first record of a file', () => {
    assert.match(preview('a.jsonl'), /work\(\{"city":"Oslo"\}\)$/);
    assert.match(preview('a.csv'), /with city, year$/);
    assert.match(preview('a.csv.gz'), /compressed: .*with city, year$/);
    assert.match(preview('a.json#/rows'), /each item at \/rows/);
    assert.match(preview('module:./data.ts#items'), /export items of data\.ts/);
  });

  it('shows the columns of a file of columns, and its rows where its description has them', () => {
    assert.match(preview('a.parquet'), /a record for each of 3 rows, with city$/);
    for (const file of ['a.arrow', 'a.arrows']) assert.match(preview(file), /each row, with city, year$/);
  });

  it('shows what it can of a file that it cannot read into', () => {
    assert.match(preview('broken.parquet'), /: a record for each row$/);
    assert.match(preview('a.txt.zst'), /compressed: each line$/);
  });
});

describe('data files of a workspace', () => {
  it('are offered nearest first', () => {
    const files = ['b.csv', 'src/deep/c.csv', 'src/a.csv', 'other/d.csv'];
    assert.deepEqual(rankDataFiles(files, 'src'), ['src/a.csv', 'b.csv', 'src/deep/c.csv', 'other/d.csv']);
  });

  it('are not those of tools', () => {
    const files = [
      'package.json',
      'tsconfig.base.json',
      'a/.eslintrc.json',
      '.vscode/x.json',
      'dist/y.json',
      'jest.config.json',
    ];
    assert.deepEqual(rankDataFiles([...files, 'data.json'], ''), ['data.json']);
  });
});
