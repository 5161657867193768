import assert from 'node:assert/strict';
import { type RunFacts, summarise } from '../../src/report/summary.ts';
import { runFacts, seeded, workerFacts } from './facts.ts';

const near = (actual: number | null | undefined, expected: number, within = 1e-9): void => {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= within,
    `${actual} is not ${expected}`,
  );
};

describe('summary', () => {
  it('divides the baseline by the wall time, and the speedup by the workers', () => {
    const summary = summarise(runFacts());
    assert.equal(summary.baseline.ms, 1800);
    assert.deepEqual(summary.baseline.interval, [1800, 1800]);
    assert.equal(summary.speedup, 1.8);
    assert.deepEqual(summary.speedupInterval, [1.8, 1.8]);
    assert.equal(summary.efficiency, 0.9);
    assert.equal(summary.startedAt, '2026-01-02T03:04:05.000Z');
  });

  it('sums up what the workers of each host did, and has no hosts on one machine', () => {
    const { hosts, perWorker } = summarise(
      runFacts({
        workers: [
          workerFacts({ host: 'b/1' }),
          workerFacts({ worker: 2, host: 'a/1', failed: 1 }),
          workerFacts({ worker: 3, host: 'b/1', items: 1 }),
        ],
      }),
    );
    assert.deepEqual(hosts, [
      { host: 'b/1', workers: 2, items: 10, failed: 0, busyMs: 1800 },
      { host: 'a/1', workers: 1, items: 9, failed: 1, busyMs: 900 },
    ]);
    assert.deepEqual(
      perWorker.map(({ host }) => host),
      ['b/1', 'a/1', 'b/1'],
    );
    assert.ok(!('hosts' in summarise(runFacts())));
  });

  it('scales a sample up to all items with its interval', () => {
    // Mean 3, of 10: see the test of statistics; the low end stays above the 15 ms measured already.
    const { baseline, speedup, speedupInterval } = summarise(
      runFacts({
        items: 10,
        succeeded: 10,
        wallMs: 20,
        baseline: { kind: 'sample', times: [1, 2, 3, 4, 5], of: 10 },
      }),
    );
    near(baseline.ms, 30);
    assert.equal(baseline.items, 5);
    near(baseline.interval?.[0], 16.12);
    near(baseline.interval?.[1], 43.88);
    near(speedup, 1.5);
    near(speedupInterval?.[0], 0.806);
    near(speedupInterval?.[1], 2.194);
  });

  it('is not certain of a stream of which a few items had been seen when the sample was taken', () => {
    const few = (times: number[]) =>
      summarise(runFacts({ baseline: { kind: 'sample', times, of: times.length } }));
    assert.equal(few([100]).speedupInterval, null);
    const [low, high] = few([90, 110]).speedupInterval ?? [0, 0];
    assert.ok(low < 1.7 && high > 1.9);
  });

  it('never puts the low end below what was measured', () => {
    const { baseline } = summarise(
      runFacts({ items: 100, baseline: { kind: 'sample', times: [1, 1, 1, 100], of: 100 } }),
    );
    assert.equal(baseline.interval?.[0], 103);
  });

  it('compares equal work when a run was stopped half way', () => {
    const { baseline, speedup } = summarise(
      runFacts({
        interrupted: true,
        items: 9,
        succeeded: 9,
        wallMs: 500,
        baseline: { kind: 'sample', times: [100, 100, 100], of: 18 },
      }),
    );
    near(baseline.ms, 900);
    near(speedup, 1.8);
  });

  it('prints no speedup without a baseline', () => {
    const summary = summarise(runFacts({ baseline: { kind: 'off', note: 'the baseline is off' } }));
    assert.equal(summary.speedup, null);
    assert.equal(summary.speedupInterval, null);
    assert.equal(summary.efficiency, null);
    assert.equal(summary.forecast, null);
    assert.deepEqual(summary.baseline, {
      kind: 'off',
      ms: null,
      interval: null,
      items: 0,
      note: 'the baseline is off',
    });
  });

  it('says no interval when one item of many was timed', () => {
    const { speedup, speedupInterval } = summarise(
      runFacts({ baseline: { kind: 'sample', times: [100], of: 18 } }),
    );
    near(speedup, 1.8);
    assert.equal(speedupInterval, null);
  });

  it('splits the workers’ time by what was measured, contention from matched items', () => {
    // 2 x 1000 ms: 1800 busy of which 1/10 slower than alone, 100 start-up, 100 at the end.
    const { losses } = summarise(runFacts({ matched: { alone: 900, parallel: 1000 } }));
    near(losses.computing, 0.81);
    near(losses.contention, 0.09);
    near(losses.startup, 0.05);
    near(losses.imbalance, 0.05);
    near(losses.waiting, 0);
  });

  it('counts time that no worker accounts for as waiting', () => {
    const { losses } = summarise(
      runFacts({ workers: [workerFacts({ tailMs: 0, busyMs: 450, aliveMs: 500 }), workerFacts()] }),
    );
    near(losses.waiting, 0.25);
  });

  it('calls no run slower for items that were faster beside each other', () => {
    assert.equal(summarise(runFacts({ matched: { alone: 1000, parallel: 900 } })).losses.contention, 0);
  });

  it('counts a worker that was replaced once in the efficiency', () => {
    const facts = runFacts({
      workers: [workerFacts(), workerFacts(), workerFacts({ items: 0 })],
      workerCount: 2,
    });
    assert.equal(summarise(facts).workers, 2);
    assert.equal(summarise(facts).efficiency, 0.9);
  });

  it('has losses that are never negative and sum to one, whatever was measured', () => {
    const random = seeded(7);
    for (let trial = 0; trial < 500; trial++) {
      const { losses, forecast } = summarise(randomFacts(random));
      const shares = Object.values(losses);
      near(
        shares.reduce((a, b) => a + b, 0),
        1,
      );
      assert.ok(
        shares.every((share) => share >= 0),
        JSON.stringify(losses),
      );
      for (const point of forecast ?? []) {
        assert.ok(point.interval[0] <= point.speedup + 1e-9 && point.speedup <= point.interval[1] + 1e-9);
        assert.ok(Number.isFinite(point.interval[1]) && point.interval[0] > 0);
      }
    }
  });

  it('summarises a run without items', () => {
    const summary = summarise(
      runFacts({
        items: 0,
        succeeded: 0,
        wallMs: 0,
        baseline: { kind: 'sample', times: [], of: 0 },
        workers: [],
      }),
    );
    assert.equal(summary.speedup, null);
    assert.equal(summary.verdict.kind, 'not-measured');
    assert.equal(
      Object.values(summary.losses).reduce((a, b) => a + b, 0),
      1,
    );
  });
});

function randomFacts(random: () => number): RunFacts {
  const upTo = (most: number): number => (random() < 0.2 ? 0 : random() * most);
  const items = Math.floor(upTo(50));
  const workers = Array.from({ length: Math.floor(random() * 9) }, (_, worker) =>
    workerFacts({
      worker,
      startupMs: upTo(300),
      busyMs: upTo(2000),
      encodingMs: upTo(100),
      transferMs: upTo(100),
      waitingMs: upTo(500),
      tailMs: upTo(300),
    }),
  );
  return runFacts({
    items,
    succeeded: items,
    wallMs: upTo(1500),
    workers,
    matched: random() < 0.5 ? null : { alone: upTo(100), parallel: upTo(120) },
    baseline: {
      kind: 'sample',
      times: Array.from({ length: Math.min(items, Math.floor(upTo(20))) }, () => upTo(50)),
      of: items,
    },
  });
}
