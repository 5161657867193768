/** What objects of a manager have in common. */
import type { Call } from '../session.ts';
import type { Turns } from './turns.ts';

/** Answers a call, now or later. What it throws, or its promise rejects with, is the answer. */
export type Method = (call: Call) => void | Promise<void>;

/** An object in the manager. Values of users stay encoded: they are decoded only where a function of the user needs them. */
export interface Held {
  readonly methods: Readonly<Record<string, Method>>;
  /** Given where some methods take several turns of the event loop, and nothing may come between. */
  readonly turns?: Turns;
}

/** Where an index leads in something of `length`; negative ones count from the end. Undefined outside. */
export function placeOf(index: number, length: number): number | undefined {
  const whole = Math.trunc(index) || 0;
  const place = whole < 0 ? whole + length : whole;
  return place >= 0 && place < length ? place : undefined;
}
