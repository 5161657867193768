/** An event, those who set it and those who wait. */
import { Event, RawArray } from '../../../runtime/index.ts';
import { flash, pass, type Signal } from '../../fixtures/runtime/stress/events.ts';
import { Crowd, type Member, SEATS, sumOf } from './crowd.ts';
import { type Kind, type Run, rounds, type Sums, sizeOf } from './kind.ts';

export const events: Kind = {
  holds: 'an event that is set lets everybody go, whoever died setting it or waiting for it',
  stress: (run) => rounds(run, (ms) => round(run, ms)),
};

async function round(run: Run, ms: number): Promise<Sums> {
  const count = sizeOf(run, [4, 8, 16]);
  const [event, passed] = [new Event(), RawArray('i32', SEATS) as Int32Array];
  const signal: Signal = { event, passed };
  const setters = new Set<number>();
  await using crowd: Crowd = new Crowd(run, ({ number }) => {
    if (crowd.members.some((member) => setters.has(member.number))) return { target: pass, args: [signal] };
    setters.add(number);
    return { target: flash, args: [signal] };
  });
  const waiting = () => crowd.members.filter(({ number }) => !setters.has(number));
  const mayDie = (member: Member) => setters.has(member.number) || waiting().length > 1;
  await crowd.siege(
    Math.min(ms, 8000),
    count,
    async () => {
      // One that the dead has set and nobody cleared, or that is set now.
      if (!crowd.members.some(({ number }) => setters.has(number)) && !event.isSet()) event.set();
      const before = waiting().map(({ number }) => passed[number] as number);
      const least = () =>
        Math.min(...waiting().map(({ number }, i) => (passed[number] as number) - (before[i] as number)));
      await crowd.goesOn(least);
    },
    mayDie,
  );
  await crowd.end(async () => {
    for (const { number, ended } of crowd.members) if (setters.has(number)) await ended;
    event.set();
  });
  return { [`times let go, ${count} processes`]: sumOf(passed), ...crowd.sums };
}
