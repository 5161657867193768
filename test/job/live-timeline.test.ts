import assert from 'node:assert/strict';
import { LiveTimeline, MAX_STRETCHES_A_TICK } from '../../src/job/live-timeline.ts';
import type { PackedStretches, TimelineSpan } from '../../src/protocol/run.ts';
import {
  addStretches,
  eachStretch,
  NO_ITEM,
  NO_STRETCHES,
  type Stretch,
} from '../../src/report/stretches.ts';

function listOf(packed: PackedStretches | null): Stretch[] {
  const list: Stretch[] = [];
  if (packed !== null) eachStretch(addStretches(NO_STRETCHES, packed), 0, (each) => list.push({ ...each }));
  return list;
}

/** As the collector tells of one item. */
function add(
  timeline: LiveTimeline,
  worker: number,
  begin: number,
  ms: number,
  item: number,
  failed = 0,
): void {
  const span = { worker, item, count: 1 };
  timeline.add({ ...span, kind: 'computing', begin, end: begin + ms, failed });
  timeline.add({ ...span, kind: 'encoding', begin: begin + ms, end: begin + ms * 1.25, failed: 0 });
}

describe('LiveTimeline', () => {
  it('tells of each item at once, what encoding its result took included', () => {
    const timeline = new LiveTimeline();
    const startup: TimelineSpan = {
      worker: 2,
      kind: 'startup',
      begin: 0,
      end: 40,
      item: -1,
      count: 0,
      failed: 0,
    };
    timeline.add(startup);
    add(timeline, 2, 40, 8, 0);
    add(timeline, 2, 50, 4, 1, 1);
    assert.deepEqual(listOf(timeline.take()), [
      { worker: 2, begin: 0, startup: 40, computing: 0, encoding: 0, item: NO_ITEM, count: 0, failed: 0 },
      { worker: 2, begin: 40, startup: 0, computing: 8, encoding: 2, item: 0, count: 1, failed: 0 },
      { worker: 2, begin: 50, startup: 0, computing: 4, encoding: 1, item: 1, count: 1, failed: 1 },
    ]);
    assert.equal(timeline.take(), null);
    assert.equal(timeline.finish(), null);
  });

  it('tells no more in one go than it may, and still of every item and failure', () => {
    const timeline = new LiveTimeline();
    const items = 5 * MAX_STRETCHES_A_TICK;
    for (let item = 0; item < items; item++) add(timeline, item % 3, item, 2, item, item % 10 === 0 ? 1 : 0);
    const told = listOf(timeline.take());
    assert.ok(told.length <= MAX_STRETCHES_A_TICK);
    assert.equal(
      told.reduce((sum, { count }) => sum + count, 0),
      items,
    );
    assert.equal(
      told.reduce((sum, { failed }) => sum + failed, 0),
      items / 10,
    );
  });

  it('holds with more workers than it may tell of in one go', () => {
    const timeline = new LiveTimeline();
    for (let worker = 0; worker < 2 * MAX_STRETCHES_A_TICK + 10; worker++)
      add(timeline, worker, worker, 1, worker);
    assert.equal(listOf(timeline.take()).length, 2 * MAX_STRETCHES_A_TICK + 10);
  });

  it('tells a run of any length in a bounded number of stretches, and loses nothing of it', () => {
    const budget = 20_000;
    const timeline = new LiveTimeline(budget);
    const items = 20 * budget;
    let told = 0;
    let count = 0;
    let computing = 0;
    const take = (packed: PackedStretches | null): void => {
      for (const each of listOf(packed)) {
        told++;
        count += each.count;
        computing += each.computing;
      }
    };
    for (let item = 0; item < items; item++) {
      add(timeline, item % 4, Math.floor(item / 4) * 3, 2, item);
      if (item % 1_000 === 0) take(timeline.take());
    }
    take(timeline.finish());
    assert.ok(told < 5 * budget, `told ${told}`);
    assert.equal(count, items);
    assert.ok(Math.abs(computing - 2 * items) < 1);
  });
});
