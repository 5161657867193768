import type { RunFacts, WorkerFacts } from '../../src/report/summary.ts';

/** One worker of a run of 1,000 ms: 900 ms of work in nine items, 50 to start, 50 at the end. */
export function workerFacts(changes: Partial<WorkerFacts> = {}): WorkerFacts {
  return {
    worker: 1,
    pid: 101,
    items: 9,
    failed: 0,
    startupMs: 50,
    busyMs: 900,
    encodingMs: 0,
    transferMs: 0,
    waitingMs: 0,
    tailMs: 50,
    aliveMs: 1000,
    lines: 0,
    ...changes,
  };
}

/** Two such workers: 18 items of 100 ms in 1,000 ms, all of them timed alone as well. */
export function runFacts(changes: Partial<RunFacts> = {}): RunFacts {
  return {
    function: 'src/score.ts#score',
    dataset: 'flights.json',
    runDir: '/tmp/run',
    node: 'v20.20.0',
    loader: 'native',
    startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    interrupted: false,
    skippedRecords: 0,
    wallMs: 1000,
    items: 18,
    succeeded: 18,
    failed: 0,
    baseline: { kind: 'full', times: Array.from({ length: 18 }, () => 100), of: 18 },
    matched: null,
    workers: [workerFacts(), workerFacts({ worker: 2, pid: 102 })],
    firstErrors: [],
    ...changes,
  };
}

/** Random numbers in [0, 1) that are the same at every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
