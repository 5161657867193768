/** A semaphore. Nobody knows what the dead held of it: the place of one that died inside is given back here. */
import assert from 'node:assert/strict';
import { RawArray, Semaphore } from '../../../runtime/index.ts';
import { enter, type Room } from '../../fixtures/runtime/stress/semaphores.ts';
import { Crowd, type Member, SEATS, seatsOf, sumOf } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

export const semaphores: Kind = {
  holds: 'a semaphore lets in as many as it says, and wakes the next; what the dead took is lost',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const { dice } = run;
  const [crowdSize, places] = [sizeOf(run, [4, 8, 16]), dice.from(1, 3)];
  const mortal = dice.chance(0.6);
  const words = (length = SEATS) => RawArray('i32', length) as Int32Array;
  const [inside, count, entered, busy, wrong] = [words(), words(1), words(1), words(), words()];
  const semaphore = new Semaphore(places);
  const room: Room = { semaphore, places, inside, count, entered, busy, wrong };
  await using crowd = new Crowd(run, () => ({ target: enter, args: [room] }));
  let [given, unclear] = [0, 0];
  const afterKill = async (victims: readonly Member[]) => {
    for (const { number } of victims) {
      if (inside[number] === 1) {
        inside[number] = 0;
        semaphore.release();
        given++;
      } else unclear += busy[number] as number;
    }
    // One that died between taking a place and saying so has lost it.
    const before = entered[0];
    const isStill = () =>
      Atomics.load(semaphore.words, 0) === 0 && sumOf(inside) === 0 && entered[0] === before;
    for (
      ;
      unclear > 0 && isStill() && !(await crowd.holdsWithin(run.patience / 4, () => !isStill()));
      unclear--
    )
      semaphore.release();
    await crowd.goesOn(() => Atomics.load(entered, 0), 5);
  };
  await crowd.siege(Math.min(ms, 8000), crowdSize, afterKill, () => mortal && crowd.members.length > 1);
  await crowd.end();
  const tooMany = seatsOf(crowd).filter((seat) => wrong[seat] === 1);
  if (!mortal) assert.deepEqual(tooMany, [], 'too many were inside');
  return {
    [`times inside, ${crowdSize} processes for ${places} places`]: entered[0] as number,
    'places given back': given,
    ...crowd.sums,
  };
}
