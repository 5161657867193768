import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionHash, itemKey } from '../../src/job/item-key.ts';
import { journalHeaderLine, journalLine, readJournal } from '../../src/job/journal.ts';

describe('journal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const header = { version: 1, function: 'a.ts#f', functionHash: 'h', dataset: 'd' } as const;
  async function read(text: string) {
    const file = join(folder, 'journal.jsonl');
    writeFileSync(file, text);
    const rows = [];
    for await (const row of readJournal(file)) rows.push(row);
    return rows;
  }

  it('gives its rows back without the header', async () => {
    const rows = await read(
      journalHeaderLine(header) + journalLine(4, 'k-_', true) + journalLine(2, 'm', false),
    );
    assert.deepEqual(rows, [
      { index: 4, key: 'k-_', ok: true },
      { index: 2, key: 'm', ok: false },
    ]);
  });

  it('leaves out a last line that was torn off, even where it is whole JSON', async () => {
    const whole = journalHeaderLine(header) + journalLine(0, 'a', true);
    const row = journalLine(1, 'b', true);
    for (let length = 0; length < row.length; length++) {
      assert.equal((await read(whole + row.slice(0, length))).length, 1);
    }
    assert.equal((await read(whole + row)).length, 2);
  });

  it('names the line of a row that is damaged', async () => {
    await assert.rejects(read(`${journalHeaderLine(header)}{"ind\n`), /journal\.jsonl:2/);
  });

  it('has another key for another item, function, export or fixed argument', () => {
    const hash = functionHash('code', 'f', '[false,[]]');
    const keys = new Set([
      itemKey(hash, '1'),
      itemKey(hash, '"1"'),
      itemKey(functionHash('code2', 'f', '[false,[]]'), '1'),
      itemKey(functionHash('code', 'g', '[false,[]]'), '1'),
      itemKey(functionHash('code', 'f', '[true,[]]'), '1'),
    ]);
    assert.equal(keys.size, 5);
    assert.equal(itemKey(hash, '1'), itemKey(functionHash('code', 'f', '[false,[]]'), '1'));
  });
});
