import assert from 'node:assert/strict';
import type { TimelineSpan } from '../../src/protocol/run.ts';
import { compactSpans, SpanCoalescer } from '../../src/report/timeline.ts';
import { seeded } from './facts.ts';

const computing = (worker: number, begin: number, end: number, item: number, failed = 0): TimelineSpan => ({
  worker,
  kind: 'computing',
  begin,
  end,
  item,
  count: 1,
  failed,
});

function timeByKind(spans: readonly TimelineSpan[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const span of spans) {
    const key = `${span.worker} ${span.kind}`;
    sums.set(key, (sums.get(key) ?? 0) + span.end - span.begin);
  }
  return sums;
}

const count = (spans: readonly TimelineSpan[], key: 'count' | 'failed', kind = 'computing'): number =>
  spans.reduce((total, span) => total + (span.kind === kind ? span[key] : 0), 0);

describe('timeline', () => {
  it('keeps every span as it is while there is room', () => {
    const coalescer = new SpanCoalescer(100);
    const spans = [computing(1, 0, 10, 0), computing(2, 0, 9, 1), computing(1, 10, 20, 2, 1)];
    for (const span of spans) coalescer.add(span);
    assert.deepEqual(coalescer.all(), spans);
  });

  it('keeps 1,000,000 tasks of 128 workers within its budget, with every item, failure and millisecond', () => {
    const coalescer = new SpanCoalescer(20_000);
    const random = seeded(3);
    const clock = new Float64Array(128);
    const busy = new Float64Array(128);
    const all: TimelineSpan[] = [];
    let failures = 0;
    for (let item = 0; item < 1_000_000; item++) {
      const worker = item % 128;
      const begin = (clock[worker] ?? 0) + random() * 0.2;
      const end = begin + random() * 2;
      const failed = item % 1000 === 0 ? 1 : 0;
      failures += failed;
      const span = computing(worker, begin, end, item, failed);
      coalescer.add(span);
      all.push(span);
      clock[worker] = end;
      busy[worker] = (busy[worker] ?? 0) + end - begin;
    }
    for (const spans of [coalescer.all(), compactSpans(all, 20_000)]) {
      assert.ok(spans.length <= 20_000, `${spans.length} spans`);
      assert.ok(spans.length >= 2_000, `only ${spans.length} spans: coarser than it must be`);
      assert.equal(count(spans, 'count'), 1_000_000);
      assert.equal(count(spans, 'failed'), failures);
      const sums = timeByKind(spans);
      for (let worker = 0; worker < 128; worker++) {
        assert.ok(Math.abs((sums.get(`${worker} computing`) ?? 0) - (busy[worker] ?? 0)) < 1e-3);
      }
    }
  });

  it('never lets spans of a worker overlap, and keeps kinds apart', () => {
    const spans: TimelineSpan[] = [];
    for (let item = 0; item < 5_000; item++) {
      const begin = item * 3;
      spans.push(computing(1, begin, begin + 1.5, item));
      spans.push({ ...computing(1, begin + 1.5, begin + 2, item), kind: 'encoding' });
    }
    const coarse = compactSpans(spans, 200);
    assert.ok(coarse.length <= 200);
    let end = Number.NEGATIVE_INFINITY;
    for (const span of coarse) {
      assert.ok(span.begin >= end - 1e-6, `${span.begin} is before ${end}`);
      end = span.end;
    }
    const sums = timeByKind(coarse);
    assert.ok(Math.abs((sums.get('1 computing') ?? 0) - 7_500) < 1e-6);
    assert.ok(Math.abs((sums.get('1 encoding') ?? 0) - 2_500) < 1e-6);
  });

  it('leaves spans longer than the resolution alone', () => {
    const long = computing(1, 0, 10_000, 0);
    const short = Array.from({ length: 1_000 }, (_, item) =>
      computing(2, item * 10, item * 10 + 1, item + 1),
    );
    const coarse = compactSpans([long, ...short], 100);
    assert.ok(coarse.some((span) => span.worker === 1 && span.end === 10_000 && span.count === 1));
  });

  it('is bounded', () => {
    const coalescer = new SpanCoalescer(100);
    for (let item = 0; item < 50_000; item++) coalescer.add(computing(1, item, item + 0.5, item));
    assert.ok(coalescer.all().length <= 100);
  });
});
