/**
 * Random faults against random calls: workers that kill themselves, throw and exit, are killed from outside, calls that are
 * aborted, iterators that are left, pools that are terminated. Whatever happens, an item has one outcome and runs once.
 * The seed decides what is planned; what of it meets what is up to the machine.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbortError,
  itemIndexOf,
  Pool,
  PoolClosedError,
  WorkerDiedError,
  type WorkerInfo,
} from '../../../runtime/index.ts';
import { outcomeOf, type StressItem, stressItem } from '../../fixtures/runtime/stress/pool.ts';
import { range, sleep } from '../outcomes.ts';
import type { Random } from '../random.ts';
import { transports } from '../transports.ts';
import { type Kind, type Run, rounds, type Sums } from './kind.ts';

export const pool: Kind = {
  holds: 'a pool gives every item one outcome and runs it once',
  stress: (run) => stress(run),
};

interface Call {
  readonly items: readonly StressItem[];
  readonly file: string;
  /** Values and errors by index. */
  readonly outcomes: Map<number, { readonly value: unknown } | { readonly error: unknown }>;
  /** It was neither aborted nor left nor terminated: every item has its outcome. */
  whole: boolean;
}

async function stress(run: Run): Promise<Sums> {
  const folder = mkdtempSync(join(tmpdir(), 'manycore-stress-'));
  const outer = process.env['MANYCORE_TRANSPORT'];
  let number = 0;
  try {
    return await rounds(run, () => {
      process.env['MANYCORE_TRANSPORT'] = run.dice.pick(transports);
      return round(run.dice, join(folder, String(number++)));
    });
  } finally {
    if (outer === undefined) delete process.env['MANYCORE_TRANSPORT'];
    else process.env['MANYCORE_TRANSPORT'] = outer;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function round(dice: Random, path: string): Promise<Sums> {
  const retries = dice.chance(0.3) ? 100 : 0;
  const maxTasksPerChild = dice.chance(0.2) ? dice.from(5, 30) : undefined;
  const pool = new Pool({ processes: dice.from(1, 3), retries, maxTasksPerChild });
  const calls: Call[] = [];
  const running = range(dice.from(1, 3)).map((nth) => {
    const call = plan(dice, `${path}-${nth}`, retries > 0);
    calls.push(call);
    return run(pool, call, dice);
  });
  const over = new AbortController();
  const killing = killWorkers(pool, dice, over.signal);
  if (dice.chance(0.15)) {
    await sleep(dice.from(0, 800));
    await pool.terminate();
  }
  await Promise.all(running);
  over.abort();
  const kills = await killing;
  if (dice.chance(0.5)) {
    pool.close();
    await pool.join();
  } else await pool.terminate();
  assert.deepEqual(pool.workers, []);
  let [items, lost] = [0, 0];
  for (const call of calls) {
    check(call, retries > 0);
    items += call.outcomes.size;
    for (const outcome of call.outcomes.values())
      if ('error' in outcome && outcome.error instanceof WorkerDiedError) lost++;
  }
  return { outcomes: items, 'of them lost with their worker': lost, kills };
}

function plan(dice: Random, file: string, retried: boolean): Call {
  writeFileSync(file, '');
  const faults = ['SIGKILL', 'SIGSEGV', 0, 3, 'throws', 'later'] as const;
  const often = dice.pick([0, 0.005, 0.02]);
  const large = dice.chance(0.1);
  const items = range(dice.from(1, 300)).map((n) => {
    const fault = dice.chance(often) ? dice.pick(faults) : undefined;
    return {
      ...{ n, file, ms: dice.chance(0.4) ? dice.from(1, 8) : 0 },
      // What ends its worker every time is of no use where it is tried again.
      fault: retried && fault !== 'throws' ? undefined : fault,
      load: 'x'.repeat(large ? dice.from(1, 300_000) : dice.from(0, 50)),
    };
  });
  return { items, file, outcomes: new Map(), whole: true };
}

/** Makes the call in one of the ways that there are, and notes what comes of it. */
async function run(pool: Pool, call: Call, dice: Random): Promise<void> {
  const { items, outcomes } = call;
  const controller = new AbortController();
  const { signal } = controller;
  const abort = dice.chance(0.2) ? setTimeout(() => controller.abort(), dice.from(0, 700)) : undefined;
  const chunkSize = dice.pick(['auto', 1, 7, 40] as const);
  const ordered = dice.chance(0.5);
  const leaveAt = dice.chance(0.15) ? dice.from(0, items.length) : Number.POSITIVE_INFINITY;
  const bufferSize = dice.pick([undefined, 1, 30]);
  const options = { signal, chunkSize, bufferSize };
  try {
    const stream = ordered
      ? pool.imap(stressItem, items, options)
      : pool.imapUnordered(stressItem, items, options);
    let last = -1;
    while (outcomes.size < leaveAt)
      try {
        const result = await stream.next();
        if (result.done === true) return;
        const n = indexOfValue(call, result.value, last, ordered);
        last = n;
        add(call, n, { value: result.value });
      } catch (error) {
        const index = itemIndexOf(error);
        if (index === undefined) throw error;
        add(call, index, { error });
        last = index;
      }
    call.whole = false;
    await stream.return?.();
  } catch (error) {
    assert.ok(error instanceof AbortError || error instanceof PoolClosedError, `unexpected ${String(error)}`);
    call.whole = false;
  } finally {
    clearTimeout(abort);
  }
}

/** Which item a value belongs to: each has a value of its own. */
function indexOfValue(call: Call, value: unknown, last: number, ordered: boolean): number {
  if (ordered) return last + 1;
  const found = call.items.find((item) => outcomeOf(item) === value && !call.outcomes.has(item.n));
  assert.ok(found !== undefined, `no item has the value ${String(value)}, or it came twice`);
  return found.n;
}

function add(call: Call, index: number, outcome: { value: unknown } | { error: unknown }): void {
  assert.ok(!call.outcomes.has(index), `item ${index} has two outcomes`);
  call.outcomes.set(index, outcome);
}

const isReady = ({ state }: WorkerInfo): boolean => state === 'working' || state === 'waiting';

async function killWorkers(pool: Pool, dice: Random, signal: AbortSignal): Promise<number> {
  if (dice.chance(0.5)) return 0;
  let kills = 0;
  for (let left = dice.from(1, 4); left > 0 && !signal.aborted; left--) {
    const pause = dice.from(5, 150);
    while (!signal.aborted && !pool.workers.some(isReady)) await sleep(10);
    await sleep(pause);
    const ready = pool.workers.filter(isReady);
    const victim = ready.length === 0 ? undefined : dice.pick(ready);
    if (victim === undefined || signal.aborted) continue;
    try {
      process.kill(victim.pid, dice.pick(['SIGKILL', 'SIGSEGV', 'SIGTERM'] as const));
      kills++;
    } catch {
      // It has ended by itself.
    }
  }
  return kills;
}

function check({ items, file, outcomes, whole }: Call, retried: boolean): void {
  const runs = new Map<number, number>();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean))
    runs.set(Number(line), (runs.get(Number(line)) ?? 0) + 1);
  for (const item of items) {
    const { n, fault } = item;
    const outcome = outcomes.get(n);
    const times = runs.get(n) ?? 0;
    if (!retried) assert.ok(times <= 1, `item ${n} ran ${times} times`);
    if (outcome === undefined) {
      assert.ok(!whole, `item ${n} of ${items.length} has no outcome`);
      continue;
    }
    if ('value' in outcome) {
      assert.equal(outcome.value, outcomeOf(item), `value of item ${n}`);
      assert.ok(times >= 1, `item ${n} has a value and never ran`);
      assert.ok(fault === undefined || fault === 'later', `item ${n} has a value although ${fault}`);
    } else if (fault === 'throws' && times === 1 && outcome.error instanceof RangeError)
      assert.equal(outcome.error.message, `planned ${n}`);
    else assert.ok(outcome.error instanceof WorkerDiedError, `item ${n}: ${String(outcome.error)}`);
  }
}
