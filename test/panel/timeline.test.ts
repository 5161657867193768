import assert from 'node:assert/strict';
import { describeStretch } from '../../src/panel/timeline/describe.ts';
import {
  layOut,
  stretchAt,
  stretchesInSight,
  timeAt,
  wholeOf,
  xOf,
} from '../../src/panel/timeline/layout.ts';
import { TimelineRow, TimelineRows } from '../../src/panel/timeline/rows.ts';
import { shadeRow } from '../../src/panel/timeline/shade.ts';
import { pan, reveal, SHORTEST, zoom } from '../../src/panel/timeline/zoom.ts';
import type { WorkerSnapshot } from '../../src/protocol/run.ts';
import {
  addStretches,
  NO_ITEM,
  NO_STRETCHES,
  packStretches,
  type Stretch,
  type StretchTable,
} from '../../src/report/stretches.ts';

const stretch = (worker: number, begin: number, end: number, changes: Partial<Stretch> = {}): Stretch => ({
  ...{ worker, begin, startup: 0, computing: end - begin, encoding: 0, item: 0, count: 1, failed: 0 },
  ...changes,
});
const worker = (id: number): WorkerSnapshot => ({
  ...{ id, pid: id, state: 'waiting', done: 0, failed: 0, busy: 0, rss: null },
});
const tableOf = (stretches: readonly Stretch[], before = NO_STRETCHES): StretchTable =>
  addStretches(before, packStretches(stretches));
const rowsOf = (stretches: readonly Stretch[], workers: readonly WorkerSnapshot[] = []): TimelineRows => {
  const rows = new TimelineRows();
  rows.update(tableOf(stretches), workers);
  return rows;
};
const space = { width: 1067, height: 220 };
const layoutOf = (rows: TimelineRows, now: number | null = null) =>
  layOut(rows.all, wholeOf(rows, now), null, space);

describe('timeline rows', () => {
  it('are one for each worker, those without a stretch too, in the order of their numbers', () => {
    const { all } = rowsOf(
      [stretch(10, 5, 6), stretch(2, 3, 4), stretch(10, 1, 2)],
      [worker(1), worker(2), worker(10)],
    );
    assert.deepEqual(
      all.map((row) => row.worker),
      [1, 2, 10],
    );
    const [, , last] = all;
    assert.ok(last !== undefined);
    assert.deepEqual([last.beginAt(0), last.beginAt(1)], [1, 5], 'in the order of time');
    assert.deepEqual(last.total, { startup: 0, computing: 2, encoding: 0, failed: 0 });
  });

  it('take only what is new, and all anew where it was put together more coarsely', () => {
    const rows = new TimelineRows();
    const first = tableOf([stretch(1, 0, 1)]);
    const second = tableOf([stretch(1, 1, 2), stretch(1, 2, 3)], first);
    assert.ok(rows.update(first, []));
    assert.ok(rows.update(second, []));
    assert.ok(rows.update(second, []));
    assert.equal(rows.all[0]?.length, 3);
    assert.equal(rows.update({ ...tableOf([stretch(1, 0, 3)]), resolution: 4 }, []), false);
    assert.equal(rows.all[0]?.length, 1);
  });

  it('have the workers of one host beside each other, also when it is known later whose a worker is', () => {
    const of = (id: number, host: string): WorkerSnapshot => ({ ...worker(id), host });
    const rows = new TimelineRows();
    const table = tableOf([stretch(1, 0, 1), stretch(2, 0, 1), stretch(3, 0, 1), stretch(4, 0, 1)]);
    rows.update(table, []);
    rows.update(table, [of(1, 'b/1'), of(2, 'a/1'), of(3, 'b/1'), of(4, 'a/1')]);
    assert.deepEqual(
      rows.all.map((row) => [row.host, row.worker]),
      [
        ['b/1', 1],
        ['b/1', 3],
        ['a/1', 2],
        ['a/1', 4],
      ],
    );
  });

  it('shade each column by how busy the worker was, and mark in three pixels where anything failed', () => {
    const row = new TimelineRow(1);
    row.add(stretch(1, 0, 1));
    row.add(stretch(1, 2, 2.5, { encoding: 0.5 }));
    row.add(stretch(1, 5.25, 5.5, { failed: 1 }));
    const theme = {
      startup: [1, 1, 1],
      computing: [0, 0, 200],
      encoding: [100, 0, 0],
      failure: [255, 0, 0],
    } as const;
    const out = new Uint8ClampedArray(2 * 8 * 4);
    shadeRow(row, { begin: 0, length: 8 }, 8, theme, out, 0);
    const pixels = Array.from({ length: 16 }, (_, at) => [...out.subarray(4 * at, 4 * at + 4)]);
    const [none, red] = [
      [0, 0, 0, 0],
      [255, 0, 0, 255],
    ];
    assert.deepEqual(pixels.slice(0, 8), [
      [0, 0, 200, 255],
      none,
      [0, 0, 200, 128],
      none,
      ...[red, red, red],
      none,
    ]);
    assert.deepEqual(pixels.slice(8), [
      [0, 0, 200, 255],
      none,
      [50, 0, 100, 255],
      ...[none, none],
      [0, 0, 200, 64],
      ...[none, none],
    ]);
  });

  it('cost by the pixel: of 1,000,000 stretches few are looked at, and none out of sight', () => {
    class CountingRow extends TimelineRow {
      looks = new Map<number, number>();
      override beginAt(index: number): number {
        this.looks.set(index, (this.looks.get(index) ?? 0) + 1);
        return super.beginAt(index);
      }
    }
    const row = new CountingRow(1);
    for (let index = 0; index < 1_000_000; index++) row.add(stretch(1, index, index + 0.5));
    const theme = {
      startup: [0, 0, 0],
      computing: [0, 0, 0],
      encoding: [0, 0, 0],
      failure: [0, 0, 0],
    } as const;
    const out = new Uint8ClampedArray(2 * 4 * 1000);
    const shade = (begin: number, length: number): number => {
      row.looks.clear();
      shadeRow(row, { begin, length }, 1000, theme, out, 0);
      return [...row.looks.values()].reduce((sum, times) => sum + times, 0);
    };
    assert.ok(shade(0, 1_000_000) < 1000 * 30, 'all of it');
    assert.ok(shade(400_000, 100_000) < 1000 * 30, 'a tenth');
    // Where to begin is found by halving; the columns look at nothing outside of their own time.
    const near = [...row.looks.keys()].filter((index) => index >= 399_998 && index <= 500_200);
    assert.ok(row.looks.size - near.length < 50, `${row.looks.size - near.length} out of sight`);
    row.looks.clear();
    assert.deepEqual(stretchesInSight(row, 500_000.7, 500_010.2), [500_001, 500_010]);
    assert.ok(row.looks.size < 100);
  });
});

describe('timeline layout', () => {
  it('spreads the whole time over the whole width', () => {
    const layout = layoutOf(rowsOf([stretch(1, 1000, 1500), stretch(2, 1200, 2000)]));
    assert.equal(xOf(layout, 1000), layout.left);
    assert.equal(xOf(layout, 2000), space.width - 1);
    assert.equal(timeAt(layout, xOf(layout, 1250)), 1250);
  });

  it('goes on to the present while the run goes on', () => {
    assert.equal(layoutOf(rowsOf([stretch(1, 1000, 1500)]), 3000).length, 2000);
  });

  it('makes rows thinner for many workers, and higher than its space before they vanish', () => {
    const many = (count: number) =>
      layoutOf(
        rowsOf(
          [],
          Array.from({ length: count }, (_, id) => worker(id)),
        ),
        0,
      );
    assert.ok(many(4).pitch > many(64).pitch);
    assert.ok(many(64).height <= space.height);
    assert.ok(many(1000).pitch >= 2 && many(1000).height > space.height);
  });

  it('finds the stretch under the pointer, a thin one with some slack, and none in a gap', () => {
    const layout = layoutOf(rowsOf([stretch(1, 0, 400), stretch(1, 600, 600.1), stretch(1, 900, 1000)]));
    const y = layout.pitch / 2;
    assert.deepEqual(stretchAt(layout, xOf(layout, 200), y), { row: 0, index: 0 });
    assert.deepEqual(stretchAt(layout, xOf(layout, 600) + 1.5, y), { row: 0, index: 1 });
    assert.deepEqual(stretchAt(layout, xOf(layout, 600) - 1.5, y), { row: 0, index: 1 });
    assert.equal(stretchAt(layout, xOf(layout, 750), y), null);
    assert.equal(stretchAt(layout, 5, y), null);
    assert.equal(stretchAt(layout, xOf(layout, 200), layout.pitch * 5), null);
  });

  it('says of a stretch what it was, of which items, how long, and how many failed', () => {
    assert.equal(
      describeStretch(stretch(3, 0, 12, { item: 41, failed: 1 })),
      'Worker 3: Computing item 41, 12.0 ms, failed',
    );
    assert.equal(
      describeStretch(stretch(3, 0, 1500, { item: 1200, count: 34, failed: 2, encoding: 3 })),
      'Worker 3: Computing 34 items from 1,200 on, 1.50 s, Encoding, 3.00 ms, 2 failed',
    );
    assert.equal(
      describeStretch(stretch(3, 0, 0, { startup: 40, item: NO_ITEM, count: 0 })),
      'Worker 3: Starting up, 40.0 ms',
    );
  });
});

describe('timeline zoom', () => {
  const all = { begin: 1000, length: 100 };

  it('keeps what is under the pointer where it is, and ends at the whole and at a hair', () => {
    const near = zoom(all, all, 4, 1025);
    assert.deepEqual(near, { begin: 1018.75, length: 25 });
    assert.ok(near !== null);
    assert.equal(zoom(near, all, 1 / 4, 1025), null);
    assert.equal(zoom(near, all, 1e9, 1025)?.length, SHORTEST);
  });

  it('moves as far as the ends of the run', () => {
    const shown = { begin: 1010, length: 20 };
    assert.deepEqual(pan(shown, all, 0.5), { begin: 1020, length: 20 });
    assert.deepEqual(pan(shown, all, -3), { begin: 1000, length: 20 });
    assert.deepEqual(pan(shown, all, 30), { begin: 1080, length: 20 });
  });

  it('brings an item into sight with the least movement', () => {
    const shown = { begin: 1010, length: 20 };
    assert.equal(reveal(shown, all, 1012, 1020), shown);
    assert.deepEqual(reveal(shown, all, 1040, 1044), { begin: 1024, length: 20 });
    assert.deepEqual(reveal(shown, all, 1001, 1004), { begin: 1001, length: 20 });
    assert.deepEqual(reveal(shown, all, 1040, 1090), { begin: 1040, length: 20 });
  });
});
