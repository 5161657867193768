import assert from 'node:assert/strict';
import { describeSpan } from '../../src/panel/timeline/describe.ts';
import { AXIS_HEIGHT, layOut, rowsOf, spanAt, xOf } from '../../src/panel/timeline/layout.ts';
import type { TimelineSpan, WorkerSnapshot } from '../../src/protocol/run.ts';

const span = (
  worker: number,
  begin: number,
  end: number,
  changes: Partial<TimelineSpan> = {},
): TimelineSpan => ({
  worker,
  kind: 'computing',
  begin,
  end,
  item: 0,
  count: 1,
  failed: 0,
  ...changes,
});
const worker = (id: number): WorkerSnapshot => ({
  id,
  pid: id,
  state: 'waiting',
  done: 0,
  failed: 0,
  busy: 0,
  rss: null,
});
const space = { width: 1067, height: 220 + AXIS_HEIGHT };

describe('timeline layout', () => {
  it('has a row for each worker, those without a span too, in the order of their numbers', () => {
    const rows = rowsOf([span(10, 5, 6), span(2, 3, 4), span(10, 1, 2)], [worker(1), worker(2), worker(10)]);
    assert.deepEqual(
      rows.map((row) => row.worker),
      [1, 2, 10],
    );
    assert.deepEqual(
      rows[2]?.spans.map((each) => each.begin),
      [1, 5],
    );
  });

  it('spreads the whole time over the whole width', () => {
    const layout = layOut(rowsOf([span(1, 1000, 1500), span(2, 1200, 2000)], []), null, space);
    assert.equal(xOf(layout, 1000), layout.left);
    assert.equal(xOf(layout, 2000), space.width - 1);
  });

  it('goes on to the present while the run goes on', () => {
    assert.equal(layOut(rowsOf([span(1, 1000, 1500)], []), 3000, space).length, 2000);
  });

  it('makes rows thinner for many workers, and higher than its space before they vanish', () => {
    const many = (count: number) =>
      layOut(
        rowsOf(
          [],
          Array.from({ length: count }, (_, id) => worker(id)),
        ),
        0,
        space,
      );
    assert.ok(many(4).pitch > many(64).pitch);
    assert.ok(many(64).height <= space.height);
    assert.ok(many(1000).pitch >= 2 && many(1000).height > space.height);
  });

  it('finds the span under the pointer, a thin one with some slack, and none in a gap', () => {
    const layout = layOut(
      rowsOf([span(1, 0, 400), span(1, 600, 600.1), span(1, 900, 1000)], []),
      null,
      space,
    );
    const y = layout.pitch / 2;
    assert.deepEqual(spanAt(layout, xOf(layout, 200), y), { row: 0, span: 0 });
    assert.deepEqual(spanAt(layout, xOf(layout, 600) + 1.5, y), { row: 0, span: 1 });
    assert.deepEqual(spanAt(layout, xOf(layout, 600) - 1.5, y), { row: 0, span: 1 });
    assert.equal(spanAt(layout, xOf(layout, 750), y), null);
    assert.equal(spanAt(layout, 5, y), null);
    assert.equal(spanAt(layout, xOf(layout, 200), layout.pitch * 5), null);
  });

  it('says of a span what it was, of which items, how long, and how many failed', () => {
    assert.equal(
      describeSpan(span(3, 0, 12, { item: 41, failed: 1 })),
      'Worker 3: Computing item 41, 12.0 ms, failed',
    );
    assert.equal(
      describeSpan(span(3, 0, 1500, { item: 1200, count: 34, failed: 2 })),
      'Worker 3: Computing 34 items from 1,200 on, 1.50 s, 2 failed',
    );
    assert.equal(
      describeSpan(span(3, 0, 40, { kind: 'startup', item: -1, count: 0 })),
      'Worker 3: Starting up, 40.0 ms',
    );
  });
});
