/** A manager, its lock, and what it guards. */
import assert from 'node:assert/strict';
import { Manager, RawArray } from '../../../runtime/index.ts';
import { add, type Managed } from '../../fixtures/runtime/stress/managers.ts';
import { Crowd, type Member, SEATS, sumOf } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

export const managers: Kind = {
  holds: 'a manager loses no sum, and gives on the locks of those who died',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const count = sizeOf(run, [3, 8]);
  await using manager = await Manager.start();
  const words = () => RawArray('i32', SEATS) as Int32Array;
  const [lock, guarded, updated] = [manager.lock(), manager.value('f64'), manager.value('f64')];
  const managed: Managed = { lock, guarded, updated, own: words(), inside: words(), told: words() };
  const { own, inside, told } = managed;
  await using crowd = new Crowd(run, () => ({ target: add, args: [managed] }));
  const pidsTold = () => [...told.subarray(1, 1 + Atomics.load(told, 0))];
  // Each connects with the manager first.
  await crowd.fill(count);
  await crowd.begins(() => crowd.members.every(({ number }) => (own[number] as number) > 0));
  await crowd.siege(Math.min(ms, 8000), count, async (victims) => {
    await crowd.goesOn(() => sumOf(own));
    const [victim] = victims as [Member];
    const { pid } = victim.process;
    if (victims.length === 1 && inside[victim.number] === 1)
      await crowd.within(run.patience, () => pidsTold().includes(pid as number), `nobody is told of ${pid}`);
  });
  await crowd.end();

  const all = pidsTold();
  assert.equal(new Set(all).size, all.length, `one was told of twice: ${all}`);
  for (const pid of all) assert.ok(crowd.killed.has(pid), `${pid} was told of and not killed`);
  const { kills = 0 } = crowd.sums;
  const more = (await guarded.get()) + (await updated.get()) - sumOf(own);
  // Each that died may have added, and not noted it.
  assert.ok(more >= 0 && more <= kills, `${more} more than noted, with ${kills} kills`);
  return { [`sums of ${count}`]: sumOf(own), told: all.length, ...crowd.sums };
}
