import assert from 'node:assert/strict';
import { filterLines } from '../../src/panel/output-filter.ts';
import { orderRows } from '../../src/panel/results-order.ts';
import { rowsInSight } from '../../src/panel/window.ts';
import type { OutputLine, ResultRow } from '../../src/protocol/run.ts';

const line = (worker: number, text: string): OutputLine => ({
  worker,
  item: null,
  stream: 'stdout',
  text,
  time: 0,
});
const row = (index: number, ms: number, ok = true): ResultRow => ({
  index,
  ok,
  input: '',
  value: '',
  error: null,
  ms,
  worker: 1,
});

describe('long lists', () => {
  it('have as many rows as are in sight, and a few more on either side', () => {
    const view = { scrollTop: 1000, height: 100, rowHeight: 20, count: 1_000_000, overscan: 3 };
    assert.deepEqual(rowsInSight(view), { first: 47, last: 58 });
    assert.deepEqual(rowsInSight({ ...view, scrollTop: 0 }), { first: 0, last: 8 });
    assert.deepEqual(rowsInSight({ ...view, count: 2 }), { first: 2, last: 2 });
    assert.deepEqual(rowsInSight({ ...view, scrollTop: 0, count: 0 }), { first: 0, last: 0 });
  });

  it('show the output of one worker, or the lines with a text, whatever its case', () => {
    const lines = [line(1, 'Loaded flights'), line(2, 'loaded MOVIES'), line(1, 'done')];
    assert.equal(filterLines(lines, { worker: null, text: '  ' }), lines);
    assert.deepEqual(filterLines(lines, { worker: 1, text: '' }), [lines[0], lines[2]]);
    assert.deepEqual(filterLines(lines, { worker: null, text: 'movies' }), [lines[1]]);
    assert.deepEqual(filterLines(lines, { worker: 1, text: 'movies' }), []);
  });

  it('order results by index, or the slowest first, and can leave only the failed ones', () => {
    const rows = [row(3, 5), row(1, 9, false), row(2, 7), row(0, 9)];
    const order = (filter: 'all' | 'failed' | 'slowest'): number[] =>
      orderRows(rows, filter).map((each) => each.index);
    assert.deepEqual(order('all'), [0, 1, 2, 3]);
    assert.deepEqual(order('failed'), [1]);
    assert.deepEqual(order('slowest'), [0, 1, 2, 3]);
    assert.deepEqual(
      rows.map((each) => each.index),
      [3, 1, 2, 0],
      'the model stays as it is',
    );
  });
});
