import { randomFrom } from './random.ts';
import { type Flight, reference } from './reference.ts';

/** How late a flight was, against how late flights like it are. Minutes. */
export interface ExpectedDelay {
  readonly flight: string;
  readonly delay: number;
  /** Median delay of the flights most like it. */
  readonly expected: number;
  /** 90 % bootstrap interval of that median. */
  readonly interval: readonly [low: number, high: number];
  /** Share of the flights like it that were at least as late. */
  readonly rarity: number;
}

const NEIGHBOURS = 151;
const RESAMPLES = 500;
const NOTABLE_DELAY = 120;

/**
 * Compares one flight with the flights most like it: same airports, distance, time of day and day of the week count.
 * The random numbers come from the flight itself, so the result is the same on any worker, in any order.
 */
export function expectedDelay(flight: Flight): ExpectedDelay {
  const delays = delaysOfNeighbours(flight);
  const medians = bootstrapMedians(delays, randomFrom(JSON.stringify(flight)));
  const result: ExpectedDelay = {
    flight: `${flight.origin} → ${flight.destination}, ${flight.date}`,
    delay: flight.delay,
    expected: median(delays),
    interval: [quantile(medians, 0.05), quantile(medians, 0.95)],
    rarity: delays.filter((delay) => delay >= flight.delay).length / delays.length,
  };
  if (flight.delay >= NOTABLE_DELAY) {
    const [low, high] = result.interval;
    console.log(
      `${result.flight}: ${flight.delay} min late; flights like it: ${result.expected} (${low} to ${high})`,
    );
  }
  return result;
}

/** Delays of the nearest neighbours, sorted; the flight itself, which may be among the others, is left out. */
function delaysOfNeighbours(flight: Flight): Float64Array {
  const [hour, weekday] = clock(flight.date);
  const distances = Float64Array.from(reference, (other, index) => {
    const sameRoute = flight.origin === other.origin && flight.destination === other.destination;
    if (sameRoute && flight.date === other.date) return Number.POSITIVE_INFINITY;
    const hours = Math.abs(hour - (hours24[index] as number));
    return (
      Math.abs(Math.log(flight.distance / other.distance)) +
      Math.min(hours, 24 - hours) / 6 +
      (weekday === weekdays[index] ? 0 : 0.3) +
      (flight.origin === other.origin ? 0 : 1) +
      (flight.destination === other.destination ? 0 : 1)
    );
  });
  const reach = distances.toSorted()[NEIGHBOURS - 1] as number;
  const near = reference.filter((_, index) => (distances[index] as number) <= reach);
  return Float64Array.from(near, ({ delay }) => delay).sort();
}

/** Efron's bootstrap: the median of many samples that are drawn, with replacement, from the one there is. Sorted. */
function bootstrapMedians(values: Float64Array, random: () => number): Float64Array {
  const medians = new Float64Array(RESAMPLES);
  const resample = new Float64Array(values.length);
  for (let round = 0; round < RESAMPLES; round++) {
    for (let index = 0; index < resample.length; index++) {
      resample[index] = values[Math.floor(random() * values.length)] as number;
    }
    medians[round] = median(resample.sort());
  }
  return medians.sort();
}

function median(sorted: Float64Array): number {
  return quantile(sorted, 0.5);
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] as number;
}

/** Hour of the day with its fraction, and day of the week. */
function clock(date: string): readonly [hour: number, weekday: number] {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = date.split(/\D/).map(Number);
  return [hour + minute / 60, new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
}

const hours24 = Float64Array.from(reference, ({ date }) => clock(date)[0]);
const weekdays = Uint8Array.from(reference, ({ date }) => clock(date)[1]);
