import assert from 'node:assert/strict';
import { groupByDay } from '../../../src/editor/past-runs/day-groups.ts';

describe('runs by day', () => {
  const at = (day: number, hour: number, month = 2): number => new Date(2026, month, day, hour).getTime();
  const run = (startedAt: number) => ({ path: String(startedAt), name: '', startedAt });
  const labels = (now: number, ...times: number[]): string[] =>
    groupByDay(times.map(run), now).map(({ label, runs }) => `${label} ${runs.length}`);

  it('begin at midnight in local time', () => {
    const now = at(18, 9);
    assert.deepEqual(labels(now, at(18, 8), at(18, 0), at(17, 23), at(17, 0), at(16, 23)), [
      'Today 2',
      'Yesterday 2',
      'Last 7 Days 1',
    ]);
    assert.deepEqual(labels(now, at(11, 1), at(10, 23), at(1, 1, 0)), [
      'Last 7 Days 1',
      'Last 30 Days 1',
      'Older 1',
    ]);
  });

  it('come in one group each, none twice, also where clocks change', () => {
    // In most of Europe and America a night of March has an hour less.
    for (let day = 1; day <= 31; day++) {
      const now = at(day, 12);
      const times = Array.from({ length: 60 * 24 }, (_, hour) => now - hour * 3_600_000);
      const groups = groupByDay(times.map(run), now);
      assert.equal(groups.flatMap(({ runs }) => runs).length, times.length);
      assert.equal(groups.length, 5);
      const yesterday = new Set(groups[1]?.runs.map(({ startedAt }) => new Date(startedAt).getDate()));
      assert.deepEqual([...yesterday], [new Date(2026, 2, day - 1).getDate()]);
    }
  });

  it('of a clock that is behind are of today', () => {
    assert.deepEqual(labels(at(18, 9), at(18, 23)), ['Today 1']);
    assert.deepEqual(labels(at(18, 9)), []);
  });
});
