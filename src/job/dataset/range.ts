import { DatasetError } from './errors.ts';

/** Decimal digits after the point that a division by a power of ten still rounds correctly (10^22 is the last exact one). */
const MAX_DECIMALS = 22;

export interface Range {
  readonly count: number;
  records(): Iterable<number>;
}

/**
 * `START:STOP[:STEP]`: the numbers START, START + STEP, ... below STOP (above it when STEP is negative); STEP is 1 unless given.
 *
 * The arithmetic is decimal, so nothing accumulates: item `i` is the double nearest to START + i * STEP,
 * and `0:1:0.1` has the ten items 0, 0.1, 0.2, 0.3 ... 0.9. Numbers may be written `-5`, `0.25`, `1e6`, `1_000_000`.
 * START = STOP has no items; a STEP that leads away from STOP is refused.
 * @throws DatasetError for anything else, and for numbers whose digits a double cannot hold.
 */
export function parseRange(text: string): Range {
  const parts = text.split(':');
  const [start, stop, step = { digits: 1n, decimals: 0 }] = parts.map((part) => parseDecimal(part, text));
  if (start === undefined || stop === undefined || parts.length > 3) {
    throw refuse(text, `it has ${parts.length} part${parts.length === 1 ? '' : 's'}`);
  }
  const decimals = Math.max(start.decimals, stop.decimals, step.decimals);
  const [first, end, by] = [start, stop, step].map(
    (value) => value.digits * 10n ** BigInt(decimals - value.decimals),
  ) as [bigint, bigint, bigint];
  if (by === 0n) throw refuse(text, 'its STEP is 0');
  const span = end - first;
  if (span !== 0n && span > 0n !== by > 0n) {
    throw new DatasetError(`range:${text} has no items: its STEP leads away from STOP.`, {
      hint: `Write range:${parts[0]}:${parts[1]}:${parts[2] === undefined ? '-1' : parts[2].startsWith('-') ? parts[2].slice(1) : `-${parts[2]}`} to count the other way.`,
    });
  }
  const count = (span + by - (by > 0n ? 1n : -1n)) / by;
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (decimals > MAX_DECIMALS || [first, end, by, count].some((value) => value > limit || value < -limit)) {
    throw refuse(text, 'it needs more digits than a number has (about 15)');
  }
  return evenly(Number(first), Number(by), Number(count), 10 ** decimals);
}

/** Integers below 2^53 times a power of ten that is exact: one division rounds once. */
function evenly(first: number, by: number, count: number, scale: number): Range {
  return {
    count,
    *records() {
      for (let index = 0; index < count; index++) yield (first + index * by) / scale;
    },
  };
}

interface Decimal {
  readonly digits: bigint;
  readonly decimals: number;
}

function parseDecimal(part: string, text: string): Decimal {
  const match = /^([+-]?)(\d[\d_]*)?(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(part.trim());
  if (match === null || (match[2] === undefined && match[3] === undefined)) {
    throw refuse(text, `${JSON.stringify(part)} is not a number`);
  }
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole.replaceAll('_', '') + fraction) * (sign === '-' ? -1n : 1n);
  const decimals = fraction.length - Number(exponent);
  return decimals < 0 ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 } : { digits, decimals };
}

function refuse(text: string, why: string): DatasetError {
  return new DatasetError(`range:${text} is not a range: ${why}.`, {
    hint: 'Write range:START:STOP or range:START:STOP:STEP; STOP itself is not included.',
  });
}
