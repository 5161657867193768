import assert from 'node:assert/strict';
import { percolationTrial } from '../../examples/monte-carlo/percolation.ts';
import { exampleItems, runExample } from './running.ts';

describe('the example of a simulation', () => {
  it('has one trial for each number of its range', async () => {
    assert.equal((await exampleItems('monte-carlo', 'range:0:2000')).length, 2000);
  });

  it('gives the same for a trial each time, and another for another', () => {
    assert.equal(percolationTrial(0), 0.5875);
    assert.equal(percolationTrial(17), 0.60535);
  });

  it('tends to the known threshold', () => {
    const trials = 200;
    let sum = 0;
    for (let trial = 0; trial < trials; trial++) sum += percolationTrial(trial);
    // The standard deviation of a trial is 0.0092: four standard errors.
    assert.ok(Math.abs(sum / trials - 0.59274605) < (4 * 0.0092) / Math.sqrt(trials), `${sum / trials}`);
  });

  it('runs as a program with the library', async () => {
    assert.match(await runExample('monte-carlo', 200), /Threshold 0\.59\d+ ± 0\.00\d+ after 200 trials/);
  });
});
