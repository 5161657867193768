/**
 * Keeps the event loop going round for a moment when a message is waited for: a process that sleeps is woken in about 50 us, in
 * which a short answer comes and goes twice. It does so where that was of use, and ever more rarely where it was not: on a busy
 * machine it takes the time of those who are to answer.
 */

/** How long a message is looked out for, in ms. */
const LIMIT = 0.05;
/** Waits in a row that are not looked out for, at most, when it was in vain. */
const MOST_SKIPS = 63;

let until = 0;
let isOut = false;
let vain = 0;
let skips = 0;

/** Somebody begins to wait for a message. */
export function lookOut(): void {
  if (skips > 0) {
    skips--;
    return;
  }
  until = performance.now() + LIMIT;
  if (isOut) return;
  isOut = true;
  setImmediate(look);
}

/** A message that was waited for has come. */
export function came(): void {
  if (!isOut) return;
  until = 0;
  vain = 0;
}

function look(): void {
  if (performance.now() < until) {
    setImmediate(look);
    return;
  }
  isOut = false;
  if (until === 0) return;
  vain = Math.min(MOST_SKIPS, vain * 2 + 1);
  skips = vain;
}
