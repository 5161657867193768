import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'mocha';
import { leavesNothing } from '../leftovers.ts';
import { stress } from './stress.ts';

describe('a pool under random faults', () => {
  leavesNothing();

  const seed = randomInt(2 ** 31);
  it(`gives every item one outcome and runs it once (npm run stress -- --seed ${seed})`, async () => {
    const { rounds, items } = await stress(5, seed);
    assert.ok(rounds > 0 && items > 0);
  });
});
