/** Numbers that are changed without a lock. */
import assert from 'node:assert/strict';
import { RawArray, SharedArray, Value } from '../../../runtime/index.ts';
import { type Counters, count, KINDS } from '../../fixtures/runtime/stress/atomics.ts';
import { range } from '../outcomes.ts';
import { Crowd, SEATS, seatsOf, sumOf } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

const ELEMENTS = 5;

export const atomics: Kind = {
  holds: 'atomic operations on values and arrays lose nothing',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const counters: Counters = {
    whole: new Value('i32'),
    wide: new Value('u64', 2n ** 63n),
    real: new Value('f64'),
    array: SharedArray('u16', ELEMENTS),
    own: RawArray('i32', SEATS * KINDS) as Int32Array,
  };
  const { whole, wide, real, array, own } = counters;
  await using crowd = new Crowd(run, () => ({ target: count, args: [counters] }));
  await crowd.siege(Math.min(ms, 8000), sizeOf(run, [3, 8, 16]), async () => {
    await crowd.goesOn(() => whole.value as number, 5);
  });
  await crowd.end();

  const done = (kind: number) =>
    seatsOf(crowd).reduce((sum, seat) => sum + (own[seat * KINDS + kind] as number), 0);
  // The elements go round.
  const inArray = sumOf(Int32Array.from(array));
  const behind = (inArray - done(3)) % 2 ** 16;
  const more = [
    (whole.value as number) - done(0),
    Number((wide.value as bigint) - 2n ** 63n) - done(1),
    (real.value as number) - done(2),
    behind < 0 ? behind + 2 ** 16 : behind,
  ];
  // Each that died may have changed a number, and not noted it.
  const { kills = 0 } = crowd.sums;
  assert.ok(
    more.every((n) => n >= 0) && more.reduce((sum, n) => sum + n) <= kills,
    `${more}, with ${kills} kills`,
  );
  return { operations: range(KINDS).reduce((sum, kind) => sum + done(kind), 0), ...crowd.sums };
}
