// examples/flights/random.ts
function randomFrom(text) {
  let state = 2166136261;
  for (let index = 0; index < text.length; index++)
    state = Math.imul(state ^ text.charCodeAt(index), 16777619);
  return () => {
    state = (state + 1831565813) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// examples/flights/reference.ts
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

var dataFolder = join(createRequire(import.meta.url).resolve('vega-datasets'), '../../data');
function readFlights(name) {
  return JSON.parse(readFileSync(join(dataFolder, name), 'utf8'));
}
var reference = readFlights('flights-20k.json');

// examples/flights/expected-delay.ts
var NEIGHBOURS = 151;
var RESAMPLES = 500;
var NOTABLE_DELAY = 120;
function expectedDelay(flight) {
  const delays = delaysOfNeighbours(flight);
  const medians = bootstrapMedians(delays, randomFrom(JSON.stringify(flight)));
  const result = {
    flight: `${flight.origin} \u2192 ${flight.destination}, ${flight.date}`,
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
function delaysOfNeighbours(flight) {
  const [hour, weekday] = clock(flight.date);
  const distances = Float64Array.from(reference, (other, index) => {
    const sameRoute = flight.origin === other.origin && flight.destination === other.destination;
    if (sameRoute && flight.date === other.date) return Number.POSITIVE_INFINITY;
    const hours = Math.abs(hour - hours24[index]);
    return (
      Math.abs(Math.log(flight.distance / other.distance)) +
      Math.min(hours, 24 - hours) / 6 +
      (weekday === weekdays[index] ? 0 : 0.3) +
      (flight.origin === other.origin ? 0 : 1) +
      (flight.destination === other.destination ? 0 : 1)
    );
  });
  const reach = distances.toSorted()[NEIGHBOURS - 1];
  const near = reference.filter((_, index) => distances[index] <= reach);
  return Float64Array.from(near, ({ delay }) => delay).sort();
}
function bootstrapMedians(values, random) {
  const medians = new Float64Array(RESAMPLES);
  const resample = new Float64Array(values.length);
  for (let round = 0; round < RESAMPLES; round++) {
    for (let index = 0; index < resample.length; index++) {
      resample[index] = values[Math.floor(random() * values.length)];
    }
    medians[round] = median(resample.sort());
  }
  return medians.sort();
}
function median(sorted) {
  return quantile(sorted, 0.5);
}
function quantile(sorted, share) {
  return sorted[Math.round(share * (sorted.length - 1))];
}
function clock(date) {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = date.split(/\D/).map(Number);
  return [hour + minute / 60, new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
}
var hours24 = Float64Array.from(reference, ({ date }) => clock(date)[0]);
var weekdays = Uint8Array.from(reference, ({ date }) => clock(date)[1]);

export { expectedDelay };
