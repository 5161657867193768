/** A barrier whose parties die. */
import assert from 'node:assert/strict';
import { Barrier, RawArray } from '../../../runtime/index.ts';
import { type Meeting, meet } from '../../fixtures/runtime/stress/barriers.ts';
import { Crowd, SEATS } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

export const barriers: Kind = {
  holds: 'a barrier lets all its parties through together, and none of them when one died',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const { dice } = run;
  const count = sizeOf(run, [3, 5, 8, 16]);
  const words = () => RawArray('i32', SEATS) as Int32Array;
  const [barrier, laps, parked] = [new Barrier(count), words(), words()];
  const shared: Meeting = { barrier, laps, parked };
  await using crowd = new Crowd(run, () => ({ target: meet, args: [shared] }));
  const isParked = () => crowd.members.every(({ number }) => parked[number] === 1);
  const lapsNow = () => crowd.members.map(({ number }) => laps[number] as number);
  let broken = 0;

  await crowd.fill(count);
  for (const end = performance.now() + Math.min(ms, 8000); performance.now() < end && crowd.hasSeats; ) {
    await crowd.goesOn(() => Math.min(...lapsNow()), dice.from(1, 5));
    for (let victims = dice.pick([0, 1, 1, 1, 2]); victims > 0; victims--) await crowd.kill();
    // One that died before it came has broken nothing: the others would wait for it.
    if (dice.chance(0.2) || !(await crowd.holdsWithin(run.patience / 4, isParked))) barrier.abort();
    else broken++;
    await crowd.within(run.patience, isParked, 'not all are told that it is broken');
    assert.equal(new Set(lapsNow()).size, 1, `some were let through, and some not: ${lapsNow()}`);
    const [lap = 0] = lapsNow();
    await crowd.fill(count);
    await crowd.within(run.patience, isParked, 'those who come find it whole');
    for (const member of crowd.members) Atomics.store(laps, member.number, lap);
    barrier.reset();
    for (const member of crowd.members) Atomics.store(parked, member.number, 0);
  }
  const sums = { [`meetings of ${count}`]: Math.max(...lapsNow()), 'broken by a death': broken };
  await crowd.end(() => barrier.abort());
  return { ...sums, ...crowd.sums };
}
