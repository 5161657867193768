/** Two conditions of one lock: those who fill a store, and those who empty it. */
import assert from 'node:assert/strict';
import { Condition, Lock, RawArray, RLock } from '../../../runtime/index.ts';
import { make, type Store, use } from '../../fixtures/runtime/stress/conditions.ts';
import { Crowd, type Member, SEATS, sumOf } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

export const conditions: Kind = {
  holds: 'no notification of a condition is lost, also when those who notify and those who wait die',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const { dice } = run;
  const each = sizeOf(run, [2, 4, 8, 16]) / 2;
  const lock = dice.chance(0.5) ? new Lock() : new RLock();
  const words = (length: number) => RawArray('i32', length) as Int32Array;
  const [filled, emptied] = [new Condition(lock), new Condition(lock)];
  const [stock, own, told] = [words(1), words(SEATS), words(SEATS)];
  const store: Store = { filled, emptied, places: dice.from(1, 3), stock, own, told };
  const makers = new Set<number>();
  const livingMakers = () => crowd.members.filter(({ number }) => makers.has(number)).length;
  await using crowd: Crowd = new Crowd(run, ({ number }) => {
    if (livingMakers() >= each) return { target: use, args: [store] };
    makers.add(number);
    return { target: make, args: [store] };
  });
  const mayDie = ({ number }: Member) =>
    (makers.has(number) ? livingMakers() : crowd.members.length - livingMakers()) > 1;
  const progress = () => sumOf(own);
  await crowd.siege(Math.min(ms, 8000), 2 * each, () => crowd.goesOn(progress, 5), mayDie);
  await crowd.end(() =>
    lock.with(
      () => {
        filled.notifyAll();
        emptied.notifyAll();
      },
      { recover: true },
    ),
  );

  const { kills = 0 } = crowd.sums;
  const made = own.reduce((sum, times, seat) => sum + (makers.has(seat) ? times : -times), 0);
  assert.ok(
    Math.abs(made - (stock[0] as number)) <= kills,
    `${made} made, ${stock[0]} there, ${kills} kills`,
  );
  const pids = [...told.subarray(1, 1 + (told[0] as number))];
  assert.equal(new Set(pids).size, pids.length, `one was told of twice: ${pids}`);
  for (const pid of pids) assert.ok(crowd.killed.has(pid), `${pid} was told of and not killed`);
  return { [`steps, ${each} by ${each}`]: progress(), told: pids.length, ...crowd.sums };
}
