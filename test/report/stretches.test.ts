import assert from 'node:assert/strict';
import {
  addStretches,
  eachStretch,
  endOf,
  MAX_STRETCHES,
  NO_ITEM,
  NO_STRETCHES,
  packStretches,
  type Stretch,
  type StretchTable,
} from '../../src/report/stretches.ts';

const stretch = (worker: number, begin: number, changes: Partial<Stretch> = {}): Stretch => ({
  ...{ worker, begin, startup: 0, computing: 1, encoding: 0, item: 0, count: 1, failed: 0 },
  ...changes,
});

function listOf(table: StretchTable, from = 0): Stretch[] {
  const list: Stretch[] = [];
  eachStretch(table, from, (each) => list.push({ ...each }));
  return list;
}

describe('stretches', () => {
  const epoch = Date.UTC(2026, 4, 6);

  it('come out of a message as they went in, to the microsecond', () => {
    const told = [
      stretch(3, epoch + 0.125, { startup: 40.5, computing: 0, item: NO_ITEM, count: 0 }),
      stretch(1, epoch - 5, { computing: 0.001, encoding: 0.002, item: 7, failed: 1 }),
      stretch(1, epoch + 86_400_000, { computing: 3_600_000, item: 4_000_000_000, count: 12 }),
    ];
    const table = addStretches(NO_STRETCHES, JSON.parse(JSON.stringify(packStretches(told))));
    const rounded = listOf(table).map((each) => ({
      ...each,
      begin: Math.round((each.begin - epoch) * 1000) / 1000 + epoch,
      startup: Math.fround(each.startup),
      computing: Math.round(each.computing * 1000) / 1000,
      encoding: Math.round(each.encoding * 1000) / 1000,
    }));
    assert.deepEqual(rounded, told);
  });

  it('grow message after message without touching what was there, in few pieces', () => {
    let table = NO_STRETCHES;
    const first = addStretches(table, packStretches([stretch(1, epoch)]));
    const before = structuredClone(first);
    table = first;
    for (let index = 1; index < 2_000; index++)
      table = addStretches(table, packStretches([stretch(1, epoch + index, { item: index })]));
    assert.deepEqual(first, before);
    assert.equal(table.length, 2_000);
    assert.ok(table.columns.length <= 12, `${table.columns.length} pieces`);
    assert.deepEqual(
      listOf(table, 1_990).map(({ item }) => item),
      [1990, 1991, 1992, 1993, 1994, 1995, 1996, 1997, 1998, 1999],
    );
  });

  it('are bounded whatever the length of the run, with every item, failure and millisecond', () => {
    let table = NO_STRETCHES;
    const workers = 128;
    const total = 2.5 * MAX_STRETCHES;
    for (let item = 0; item < total; ) {
      const told: Stretch[] = [];
      for (let more = 0; more < 10_000; more++, item++) {
        const begin = epoch + Math.floor(item / workers) * 4;
        told.push(
          stretch(item % workers, begin, {
            computing: 2,
            encoding: 1,
            item,
            failed: item % 100 === 0 ? 1 : 0,
          }),
        );
      }
      table = addStretches(table, packStretches(told));
      assert.ok(table.length <= MAX_STRETCHES);
    }
    assert.ok(table.resolution > 0);
    assert.ok(table.length > MAX_STRETCHES / 8, `only ${table.length}: coarser than it must be`);
    const sums = { count: 0, failed: 0, computing: 0, encoding: 0 };
    const ends = new Map<number, number>();
    eachStretch(table, 0, (each) => {
      sums.count += each.count;
      sums.failed += each.failed;
      sums.computing += each.computing;
      sums.encoding += each.encoding;
      assert.ok(each.begin >= (ends.get(each.worker) ?? 0) - 0.01, 'two of a worker overlap');
      ends.set(each.worker, endOf(each));
    });
    assert.deepEqual(sums, { count: total, failed: total / 100, computing: 2 * total, encoding: total });
  });
});
