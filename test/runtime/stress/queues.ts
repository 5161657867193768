/** One queue, those who put and those who take. */
import assert from 'node:assert/strict';
import { JoinableQueue, Queue, RawArray } from '../../../runtime/index.ts';
import { consume, type Item, type Line, produce } from '../../fixtures/runtime/stress/queues.ts';
import { Crowd, type Member, SEATS, seatsOf } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

const MOST_ITEMS = 8_000_000;

export const queues: Kind = {
  holds: 'a queue gives every item once and each producer in order, but for what the dead had in their hands',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const { dice } = run;
  const each = sizeOf(run, [2, 4, 8, 16, 16]) / 2;
  const maxSize = dice.pick([0, 1, 3, 100]);
  const queue = dice.chance(0.5) ? new Queue<Item>(maxSize) : new JoinableQueue<Item>(maxSize);
  const words = (length = SEATS) => RawArray('i32', length) as Int32Array;
  const [made, taken, busy, wrong] = [words(1), words(1), words(), words()];
  const seen = RawArray('u8', MOST_ITEMS) as Uint8Array;
  const line: Line = { queue, made, seen, taken, busy, wrong };
  const producers = new Set<number>();
  const livingProducers = () => crowd.members.filter(({ number }) => producers.has(number));
  await using crowd: Crowd = new Crowd(run, ({ number }) => {
    if (livingProducers().length >= each) return { target: consume, args: [line] };
    producers.add(number);
    return { target: produce, args: [line] };
  });
  const mortal = dice.pick(['all', 'all', 'producers', 'consumers', 'none'] as const);
  const mayDie = ({ number }: Member) => {
    const isProducer = producers.has(number);
    if (mortal !== 'all' && mortal !== (isProducer ? 'producers' : 'consumers')) return false;
    const left = isProducer ? livingProducers().length : crowd.members.length - livingProducers().length;
    return left > 1;
  };
  let held = 0;
  const dead: number[] = [];
  await crowd.siege(
    Math.min(ms, 8000),
    2 * each,
    async (victims) => {
      for (const { number } of victims) {
        held += busy[number] as number;
        if (!producers.has(number)) dead.push(number);
      }
      await crowd.goesOn(() => Atomics.load(taken, 0), 5);
    },
    mayDie,
  );
  await crowd.end(async () => {
    for (const { ended } of livingProducers()) await ended;
    // What a dead consumer took is never finished.
    if (queue instanceof JoinableQueue && dead.length === 0) await queue.join();
    queue.close();
  });

  assert.deepEqual([queue.qsize(), queue.empty()], [0, true]);
  const all = seen.subarray(0, made[0]);
  const twice = all.findIndex((times) => times > 1);
  assert.equal(twice, -1, `item ${twice} came twice`);
  const lost = all.reduce((sum, times) => sum + 1 - times, 0);
  assert.ok(lost <= held, `${lost} items lost, and ${held} of the dead had one in their hands`);
  assert.deepEqual(
    seatsOf(crowd).filter((seat) => wrong[seat] === 1),
    [],
    'items out of order',
  );
  return { [`items, ${each} by ${each}, limit ${maxSize}`]: all.length, lost, ...crowd.sums };
}
