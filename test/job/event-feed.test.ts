import assert from 'node:assert/strict';
import { EventFeed } from '../../src/job/event-feed.ts';
import { MAX_LINE_PREVIEW, MAX_OUTPUT_LINES, type ResultRow, type RunEvent } from '../../src/protocol/run.ts';
import { message } from '../../src/report/l10n.ts';
import { until } from './harness.ts';

describe('EventFeed', () => {
  let events: RunEvent[];
  let feed: EventFeed;
  beforeEach(() => {
    events = [];
    feed = new EventFeed((event) => events.push(event), { progress: () => null, onTick: () => undefined });
  });
  afterEach(() => feed[Symbol.dispose]());

  const lines = (item: number, ...texts: string[]) => {
    const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
    return { worker: 0, item, stream: 'stdout' as const, time: 0, bytes, count: texts.length };
  };
  const row = (index: number, ok: boolean, ms: number): ResultRow => {
    return {
      index,
      ok,
      ms,
      input: '',
      value: '',
      worker: 0,
      error: ok ? null : { name: 'Error', message: '' },
    };
  };
  const offer = (index: number, ok: boolean, ms = 1): void => {
    if (feed.wantsRow(ok, ms)) feed.row(row(index, ok, ms));
  };
  const sentRows = (): readonly ResultRow[] =>
    events.flatMap((event) => (event.type === 'results' ? event.rows : []));

  it('puts lines together, and counts those that are too many for one event', () => {
    for (let i = 0; i < MAX_OUTPUT_LINES + 7; i++) feed.output(lines(i, 'x'));
    feed.flush();
    assert.equal(events.length, 1);
    const [event] = events;
    assert.ok(event?.type === 'output');
    assert.deepEqual([event.lines.length, event.dropped], [MAX_OUTPUT_LINES, 7]);
    assert.equal(event.lines.at(-1)?.item, MAX_OUTPUT_LINES + 6, 'the newest are sent');
  });

  it('cuts what comes together where there is no room for all of it', () => {
    const texts = Array.from({ length: MAX_OUTPUT_LINES }, (_, i) => `line ${i} €`);
    feed.output(lines(1, 'first', 'second'));
    feed.output(lines(2, ...texts.slice(1)));
    feed.flush();
    const [event] = events;
    assert.ok(event?.type === 'output');
    assert.deepEqual(
      event.lines.map(({ text }) => text),
      ['second', ...texts.slice(1)],
    );
    assert.equal(event.dropped, 1);
  });

  it('sends the beginning of a long line', () => {
    feed.output(lines(0, 'x'.repeat(60_000)));
    feed.flush();
    const [event] = events;
    assert.ok(event?.type === 'output');
    assert.equal(event.lines[0]?.text.length, MAX_LINE_PREVIEW);
  });

  it('waits while who watches is behind, and then sends the newest of what came meanwhile', async () => {
    feed[Symbol.dispose]();
    let behind = true;
    let ticks = 0;
    feed = new EventFeed((event) => events.push(event), {
      progress: () => null,
      onTick: () => void ticks++,
      isBehind: () => behind,
    });
    for (let i = 0; i < 100_000; i++) feed.output(lines(i, 'x'));
    await until('two ticks', () => ticks >= 2);
    assert.equal(events.length, 0);
    behind = false;
    await until('an event', () => events.length > 0);
    const [event] = events;
    assert.ok(event?.type === 'output');
    assert.equal(event.lines.at(-1)?.item, 99_999);
    assert.equal(event.dropped, 100_000 - MAX_OUTPUT_LINES);
  });

  it('sends nothing where nothing happened', () => {
    feed.flush();
    assert.deepEqual(events, []);
  });

  it('sends failed items before all, and a bounded number of others', () => {
    for (let i = 0; i < 1_000_000; i++) offer(i, i % 1000 !== 0);
    feed.flush();
    const rows = sentRows();
    assert.equal(rows.filter(({ ok }) => !ok).length, 1000);
    assert.ok(rows.length < 2000, `${rows.length} rows`);
  });

  it('still sends an item that is slower than all before', () => {
    for (let i = 0; i < 10_000; i++) offer(i, true);
    offer(10_000, true, 500);
    feed.flush();
    assert.ok(sentRows().some(({ index }) => index === 10_000));
  });

  it('keeps a picture of the run for the report', () => {
    feed.output(lines(1, 'x'));
    offer(1, false);
    feed.span({ worker: 0, kind: 'computing', begin: 0, end: 5, item: 1, count: 1, failed: 1 });
    feed.finish();
    const { spans, output, rows } = feed.picture();
    assert.deepEqual([spans.length, output.length, rows.length], [1, 1, 1]);
  });

  it('does not repeat a note more than ten times a second, but never keeps a phase back', () => {
    for (let i = 0; i < 100; i++) feed.phase('baseline', message('{0} items', i));
    feed.phase('running');
    assert.deepEqual(
      events.map((event) => event.type === 'phase' && event.phase),
      ['baseline', 'running'],
    );
  });
});
