import assert from 'node:assert/strict';
import { filterLines } from '../../src/panel/output-filter.ts';
import { ALL_IN_ORDER, orderRows, type ResultOrder, SLOWEST_FIRST } from '../../src/panel/results-order.ts';
import { rowsAsText } from '../../src/panel/results-text.ts';
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

  it('show the output of one item, or of one stream', () => {
    const lines = [
      { ...line(1, 'a'), item: 7 },
      { ...line(2, 'b'), item: 7, stream: 'stderr' as const },
      { ...line(2, 'c'), item: 70 },
    ];
    const any = { worker: null, item: null, stream: null, text: '' };
    assert.deepEqual(filterLines(lines, { ...any, item: 7 }), [lines[0], lines[1]]);
    assert.deepEqual(filterLines(lines, { ...any, stream: 'stderr' }), [lines[1]]);
    assert.deepEqual(filterLines(lines, { ...any, item: 7, stream: 'stdout' }), [lines[0]]);
  });

  it('show the output of one worker, or the lines with a text, whatever its case', () => {
    const lines = [line(1, 'Loaded flights'), line(2, 'loaded MOVIES'), line(1, 'done')];
    const any = { worker: null, item: null, stream: null, text: '' };
    assert.equal(filterLines(lines, { ...any, text: '  ' }), lines);
    assert.deepEqual(filterLines(lines, { ...any, worker: 1 }), [lines[0], lines[2]]);
    assert.deepEqual(filterLines(lines, { ...any, text: 'movies' }), [lines[1]]);
    assert.deepEqual(filterLines(lines, { ...any, worker: 1, text: 'movies' }), []);
  });

  it('order results by any column, the slowest first too, and can leave only the failed ones', () => {
    const rows = [row(3, 5), row(1, 9, false), row(2, 7), { ...row(0, 9), input: '20' }];
    const order = (changes: Partial<ResultOrder>): number[] =>
      orderRows(rows, { ...ALL_IN_ORDER, ...changes }).map((each) => each.index);
    assert.deepEqual(order({}), [0, 1, 2, 3]);
    assert.deepEqual(order({ descending: true }), [3, 2, 1, 0]);
    assert.deepEqual(order({ failedOnly: true }), [1]);
    assert.deepEqual(order(SLOWEST_FIRST), [0, 1, 2, 3]);
    assert.deepEqual(order({ by: 'ms' }), [3, 2, 0, 1]);
    assert.deepEqual(order({ by: 'input' }), [1, 2, 3, 0]);
    assert.deepEqual(
      rows.map((each) => each.index),
      [3, 1, 2, 0],
      'the model stays as it is',
    );
  });

  it('are copied with tabs between the columns, whatever is in them', () => {
    const failed = { ...row(1, 2.5, false), error: { name: 'Error', message: 'no\tgood\nat all' } };
    assert.equal(
      rowsAsText([{ ...row(0, 1), input: '"a"', value: '7' }, failed]),
      'item\tstate\tinput\tresult\tms\tworker\n0\tok\t"a"\t7\t1\t1\n1\tfailed\t\tError: no good at all\t2.5\t1',
    );
  });
});
