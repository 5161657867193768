/**
 * Simulated hosts against one Redis: `hosts.ts URL COUNT`. Each has the connections, the lease and the signs of life of a real one, but
 * sleeps instead of working.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BullEngine } from '../../src/engine/bull-engine.ts';
import { RATE, ServerLoad, SWEEP, WARM_UP, WIDTH } from './server-load.ts';

const [url = '', count = '1000'] = process.argv.slice(2);
const HOSTS = Number(count);
/** Times in ms between two looks of a coordinator at its hosts, and for what is lost. */
const LOOK = 2000;
const RECOVER = 5000;
/** Time in ms between two signs of life of a host. */
const SIGN_OF_LIFE = 5000;

/** Sends chunks and takes what comes of them, as that of a run does, until its end. */
class Coordinator {
  readonly #engine: BullEngine;
  readonly #run: string;
  /** When each was sent, by its id. */
  readonly #out = new Map<string, number>();
  readonly #ended: Promise<void>;
  #isEnding = false;
  done = 0;

  /** `bytes` of each chunk and of what comes of it. `ahead`: chunks that are out at a time; null for `RATE` a second, whatever comes of them. */
  constructor(engine: BullEngine, run: string, bytes: number, ahead: number | null) {
    this.#engine = engine;
    this.#run = run;
    this.#ended = this.#coordinate(bytes, ahead);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#ended;
  }

  async #coordinate(bytes: number, ahead: number | null): Promise<void> {
    const [engine, run, begin] = [this.#engine, this.#run, performance.now()];
    for (let sent = 0, looked = 0, recovered = begin; !this.#isEnding || this.#out.size > 0; ) {
      const due = ahead ?? Math.floor(((performance.now() - begin) / 1000) * RATE) - this.done;
      const count = this.#isEnding ? 0 : Math.max(0, due - this.#out.size);
      const chunks = Array.from({ length: count }, () => ({
        id: `c${begin.toFixed(0)}-${sent++}`,
        payload: Buffer.alloc(bytes),
      }));
      for (const { id } of chunks) this.#out.set(id, performance.now());
      await engine.enqueue(run, chunks);
      const { done } = await engine.collect(run);
      for (const { chunk } of done) if (this.#out.delete(chunk)) this.done++;
      await engine.told(run);
      await engine.acknowledge(
        run,
        done.map(({ chunk }) => chunk),
      );
      if (performance.now() - looked > LOOK) {
        looked = performance.now();
        await engine.hosts();
      }
      if (performance.now() - recovered > RECOVER) {
        recovered = performance.now();
        const old = [...this.#out].filter(([, time]) => recovered - time > RECOVER);
        const missing = await engine.missing(
          run,
          old.map(([id]) => id),
        );
        if (missing.length > 0) throw new Error(`${missing.length} chunks are missing`);
      }
      if (done.length === 0) await sleep(ahead === null ? SWEEP / 5 : SWEEP);
    }
  }
}

const server = await ServerLoad.of(url);
const run = 'rbench';
/** Time in ms that a chunk takes on its host, on the average. */
let work = 0;
for (let i = 0; i < HOSTS; i++) {
  const engine = await BullEngine.open(url);
  const host = `host-${i}`;
  engine.watch(host, () => {});
  const report = () => engine.report({ host, workers: 1, node: process.version, declines: {}, runs: [run] });
  await report();
  setInterval(report, SIGN_OF_LIFE);
  await engine.lease(run, host, WIDTH, async (_, payload) => {
    if (work > 0) await sleep(work * (0.5 + Math.random()));
    return payload;
  });
}
await sleep(WARM_UP);
await server.sayWhatIsHeld(`${HOSTS} simulated hosts`);
await server.measure('wait', () => 0);
const engine = await BullEngine.open(url);
await using _guard = engine.guard(run);
for (const [what, bytes, ms, ahead] of [
  // As many as they can hold, and as many more that wait.
  ['are never without a chunk', 0, (HOSTS * WIDTH * 1000) / RATE, HOSTS * WIDTH * 2],
  ['the same, of 200 bytes', 200, (HOSTS * WIDTH * 1000) / RATE, HOSTS * WIDTH * 2],
  ['wait for each chunk', 200, 0, null],
] as const) {
  work = ms;
  const coordinator = new Coordinator(engine, run, bytes, ahead);
  await sleep(WARM_UP);
  await server.measure(what, () => coordinator.done);
  await coordinator.end();
}
process.exit();
