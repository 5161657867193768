import assert from 'node:assert/strict';
import { typedField } from '../../../src/job/dataset/csv.ts';
import { readContent, readSkipping } from './reading.ts';

describe('CSV', () => {
  it('gives an object for each record, every field a string', async () => {
    assert.deepEqual(await readContent('a.csv', 'name,n\nx,1\n,02\n'), [
      { name: 'x', n: '1' },
      { name: '', n: '02' },
    ]);
  });

  it('reads quoted fields with commas, quotes and line breaks', async () => {
    assert.deepEqual(await readContent('a.csv', 'a,b\n"1,5","say ""hi"""\n"x\ny",2\n'), [
      { a: '1,5', b: 'say "hi"' },
      { a: 'x\ny', b: '2' },
    ]);
  });

  it('takes CRLF, a byte order mark, blank lines and a last line without its end', async () => {
    assert.deepEqual(await readContent('a.csv', '\uFEFFa,b\r\n\r\n1,2\r\n3,4'), [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  it('separates TSV at tabs', async () => {
    assert.deepEqual(await readContent('a.tsv', 'a\tb\n1,5\tx\n'), [{ a: '1,5', b: 'x' }]);
  });

  it('has no items in an empty file and in one of a header only', async () => {
    assert.deepEqual(await readContent('a.csv', ''), []);
    assert.deepEqual(await readContent('a.csv', 'a,b\n'), []);
  });

  it('turns fields into values when asked for typed ones', async () => {
    assert.deepEqual(await readContent('a.csv', 'a,b,c,d\n-1.5,true,,007\n', { typed: true }), [
      { a: -1.5, b: true, c: null, d: '007' },
    ]);
  });

  it('tells the line of a record with too few or too many fields, blank and broken lines counted', async () => {
    await assert.rejects(readContent('a.csv', 'a,b\n"x\ny",2\n\n"p\nq",3,4\n'), {
      name: 'BadRecordError',
      line: 5,
      message: /a\.csv:5: it has 3 fields, the header 2 columns/,
    });
  });

  it('leaves bad records out when they are to be skipped', async () => {
    const { records, skipped } = await readSkipping('a.csv', 'a,b\n1,2\n3\n4,5\n6,7,8\n9,"open\n10,11\n');
    assert.deepEqual(records, [
      { a: '1', b: '2' },
      { a: '4', b: '5' },
    ]);
    assert.deepEqual(skipped, [
      '3: it has 1 field, the header 2 columns',
      '5: it has 3 fields, the header 2 columns',
      '6: a quoted field is never closed; nothing after it could be read',
    ]);
  });

  it('cannot be read on after a stray quote, and says so', async () => {
    for (const [content, message] of [
      ['a,b\n1,2\n"x"y,3\n', /a\.csv:3 cannot be read on: a quoted field goes on after its closing quote/],
      ['a\n"x"y', /a\.csv:2 cannot be read on/],
      ['a,b\n1,2\nx"y,3\n', /a\.csv:3 cannot be read on: a quote in the middle of a field/],
      ['a,b\n1,"open\n2,x\n3,"y"\n', /a\.csv:2 cannot be read on: .* \(noticed on line 4\)/],
    ] as const) {
      await assert.rejects(readContent('a.csv', content), {
        name: 'DatasetError',
        message,
        hint: /for text/,
      });
    }
    await assert.rejects(readContent('a.csv', 'a\n"x\n'), /a\.csv:2: a quoted field is never closed/);
  });

  it('takes a stray quote for text when bad records are to be skipped', async () => {
    assert.deepEqual(await readSkipping('a.csv', 'a,b\n"x"y,"z"w\nq"r,5\' 6"\n7,8\n'), {
      records: [
        { a: '"x"y', b: '"z"w' },
        { a: 'q"r', b: '5\' 6"' },
        { a: '7', b: '8' },
      ],
      skipped: [],
    });
  });

  it('loses the lines up to the next quote where one is not closed, then goes on', async () => {
    assert.deepEqual(await readSkipping('a.csv', 'a,b\n"open,1\n2,x\n3,"y"\n4,"z"\n'), {
      records: [{ a: '4', b: 'z' }],
      skipped: ['2: it has 1 field, the header 2 columns'],
    });
  });

  it('gives the records before a bad one', async () => {
    const seen: unknown[] = [];
    await assert.rejects(async () => {
      for (const record of await readContent('a.csv', 'a\n1\n')) seen.push(record);
      await readContent('b.csv', 'a\n1\n2,3\n');
    });
    assert.deepEqual(seen, [{ a: '1' }]);
  });

  it('takes bytes that are not UTF-8 for a bad record, also where a chunk ends', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a,b\n1,é\n2,'),
      Buffer.from([0xe9]),
      Buffer.from('\n3,ü\n4,'),
      Buffer.from([0xc3]),
    ]);
    assert.deepEqual(await readSkipping('a.csv', bytes), {
      records: [
        { a: '1', b: 'é' },
        { a: '3', b: 'ü' },
      ],
      skipped: ['3: not valid UTF-8', '5: not valid UTF-8'],
    });
  });

  it('keeps characters whole that a chunk cuts in two', async () => {
    const row = 'é€😀';
    const rows = Array.from({ length: 60_000 }, (_, index) => `${index},${row}`);
    const records = await readContent('a.csv', `n,text\n${rows.join('\n')}\n`);
    assert.equal(records.length, rows.length);
    assert.ok(records.every((record) => (record as { text: string }).text === row));
  });

  it('refuses a header with two columns of one name, or that is not UTF-8', async () => {
    await assert.rejects(readContent('a.csv', 'a,b,a\n1,2,3\n'), /two columns named "a"/);
    await assert.rejects(
      readContent('a.csv', Buffer.from([0xff, 0x2c, 0x61, 0x0a])),
      /header .* is not valid UTF-8/,
    );
  });

  it('takes __proto__ for a column like any other', async () => {
    const [record] = (await readContent('a.csv', '__proto__\nx\n')) as [object];
    assert.deepEqual(Object.entries(record), [['__proto__', 'x']]);
    assert.equal(Object.getPrototypeOf(record), Object.prototype);
  });
});

describe('typed fields', () => {
  it('are numbers as JSON writes them, if a double holds them', () => {
    for (const [field, value] of [
      ['0', 0],
      ['-12', -12],
      ['1.50', 1.5],
      ['1e3', 1000],
      ['9007199254740991', 2 ** 53 - 1],
    ] as const) {
      assert.equal(typedField(field), value);
    }
  });

  it('stay text where a number would lose something', () => {
    for (const field of ['007', '+1', '1,5', ' 1', '0x10', 'NaN', '9007199254740993', '1e999', '.5', '5.']) {
      assert.equal(typedField(field), field);
    }
  });

  it('are booleans in any case, and null where empty', () => {
    assert.deepEqual(['true', 'FALSE', 'True', '', 'yes'].map(typedField), [true, false, true, null, 'yes']);
  });
});
