/** One lock, and what it guards. */
import assert from 'node:assert/strict';
import { Lock, RawArray, RLock } from '../../../runtime/index.ts';
import { contend, type UnderLock } from '../../fixtures/runtime/stress/locks.ts';
import { Crowd, type Member, SEATS, sumOf } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

export const locks: Kind = {
  holds: 'a lock makes steps one after the other, is never lost, and tells of each that died holding it once',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const { dice } = run;
  const count = sizeOf(run, [3, 5, 8, 16]);
  const words = (length: number) => RawArray('i32', length) as Int32Array;
  const lock = dice.chance(0.5) ? new Lock() : new RLock();
  const [sum, own, inside, told] = [words(1), words(SEATS), words(SEATS), words(8 * SEATS)];
  const shared: UnderLock = { lock, sum, own, inside, told };
  await using crowd = new Crowd(run, () => ({ target: contend, args: [shared] }));
  const pidsTold = () => [...told.subarray(1, 1 + Atomics.load(told, 0))];

  await crowd.siege(Math.min(ms, 8000), count, async (victims) => {
    await crowd.goesOn(() => Atomics.load(sum, 0), 5);
    const [victim] = victims as [Member];
    const { pid } = victim.process;
    // Of several that die at the same time, one may have taken the lock of another, or may have been told of it.
    if (victims.length === 1 && inside[victim.number] === 1)
      await crowd.within(run.patience, () => pidsTold().includes(pid as number), `nobody is told of ${pid}`);
  });
  await crowd.end();

  const all = pidsTold();
  const { kills = 0 } = crowd.sums;
  assert.equal(new Set(all).size, all.length, `one was told of twice: ${all}`);
  for (const pid of all) assert.ok(crowd.killed.has(pid), `${pid} was told of and not killed`);
  const lost = sumOf(own) - (sum[0] as number);
  assert.ok(Math.abs(lost) <= kills, `${lost} steps lost with ${kills} kills`);
  await lock.with(() => {}, { recover: true });
  return {
    [`steps of ${count} under a ${lock.constructor.name}`]: sumOf(own),
    told: all.length,
    ...crowd.sums,
  };
}
