import assert from 'node:assert/strict';
import type { RunHeader } from '../../src/protocol/run.ts';
import { renderTrace } from '../../src/report/trace.ts';

const header: RunHeader = {
  ...{ function: 'a.ts#f', file: '/a.ts', exportName: 'f', line: 1, runDir: '/run', startedAt: 1000 },
  dataset: { source: 'range:0:3', kind: 'range', items: 3 },
  workers: { count: 2, reason: '' },
  node: { version: 'v20.0.0', path: '/node', reason: '' },
  loader: { kind: 'native', reason: '' },
};

describe('the trace of a run', () => {
  it('has a track for each worker, and an event for each span in microseconds from the start', () => {
    const trace = JSON.parse(
      renderTrace(header, [
        { worker: 0, kind: 'startup', begin: 1000, end: 1050, item: -1, count: 0, failed: 0 },
        { worker: 1, kind: 'computing', begin: 1050.5, end: 1060, item: 0, count: 2, failed: 1 },
      ]),
    );
    assert.deepEqual(
      trace.traceEvents.filter(({ name }: { name: string }) => name === 'thread_name'),
      [0, 1].map((tid) => ({ ph: 'M', name: 'thread_name', pid: 1, tid, args: { name: `worker ${tid}` } })),
    );
    const spans = trace.traceEvents.filter(({ ph }: { ph: string }) => ph === 'X');
    assert.deepEqual(spans, [
      { ph: 'X', name: 'startup', cat: 'startup', pid: 1, tid: 0, ts: 0, dur: 50_000, args: {} },
      {
        ...{
          ph: 'X',
          name: '2 items from 0',
          cat: 'computing,failed',
          pid: 1,
          tid: 1,
          ts: 50_500,
          dur: 9500,
        },
        args: { first: 0, items: 2, failed: 1 },
      },
    ]);
  });
});
