import assert from 'node:assert/strict';
import { expectedDelay } from '../../examples/flights/expected-delay.ts';
import type { Flight } from '../../examples/flights/reference.ts';
import { exampleItems, runExample } from './running.ts';

describe('the example of flights', () => {
  it('has 2,000 flights, each unlike the others', async () => {
    const flights = (await exampleItems(
      'flights',
      '../../node_modules/vega-datasets/data/flights-2k.json',
    )) as Flight[];
    assert.equal(flights.length, 2000);
    assert.equal(new Set(flights.map((flight) => JSON.stringify(flight))).size, 2000);
  });

  it('gives an interval around what is expected, the same in any order', async () => {
    const flights = (await exampleItems(
      'flights',
      '../../node_modules/vega-datasets/data/flights-2k.json',
    )) as Flight[];
    const some = flights.slice(0, 6);
    const results = some.map(expectedDelay);
    for (const [index, { expected, interval, rarity, delay }] of results.entries()) {
      assert.equal(delay, some[index]?.delay);
      assert.ok(interval[0] <= expected && expected <= interval[1], `${interval} around ${expected}`);
      assert.ok(rarity >= 0 && rarity <= 1);
    }
    assert.deepEqual(some.toReversed().map(expectedDelay).reverse(), results);
  });

  it('leaves the flight itself out of the flights like it', () => {
    const flight = { date: '2001/01/12 19:51', delay: 217, distance: 397, origin: 'LAS', destination: 'SMF' };
    assert.ok(expectedDelay(flight).rarity < 0.05);
  });

  it('runs as a program with the library', async () => {
    assert.match(await runExample('flights', 60), /\n60 flights in [\d.]+ s\.\n\d+ were unusually late/);
  });
});
