/** The pool and the processes of a suite of tests; nothing of them outlives it. */
import assert from 'node:assert/strict';
import { after, afterEach } from 'mocha';
import { Pool, Process } from '../../runtime/index.ts';
import { livingWorkers } from './processes.ts';

/** To be called in a `describe`: a pool of four workers, and `start` for processes that are killed after each test. */
export function startedHere() {
  const pool = new Pool(4);
  const started: Process[] = [];
  after(async () => {
    await pool.terminate();
    assert.deepEqual(livingWorkers(), []);
  });
  afterEach(async () => {
    for (const one of started.splice(0)) {
      one.kill();
      await one.join();
    }
  });
  async function start<A extends unknown[]>(target: (...args: A) => unknown, args: A): Promise<Process> {
    const one = new Process({ target: target as (...args: never[]) => unknown, args: args as never });
    started.push(one);
    await one.start();
    return one;
  }
  return { pool, start };
}
