import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { Event, Lock, Process, RawArray } from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/sync.ts';
import { eventually, livingWorkers } from '../processes.ts';
import { random } from '../random.ts';

/** Seconds for which processes are killed; `npm run stress` sets more. */
const SECONDS = Number(process.env['MANYCORE_STRESS_SECONDS'] ?? 4);
const PROCESSES = 5;

describe('a lock whose holders and waiters are killed at random', () => {
  it('is never lost, and what it guards stays whole but for what the dead held', async function () {
    this.timeout(SECONDS * 1000 + 60_000);
    const { from } = random(Date.now());
    const [lock, stop] = [new Lock(), new Event()];
    // words[0]: the sum; then one for each process that ever ran; the last: locks found abandoned.
    const words = RawArray('i32', 4096);
    const running: Process[] = [];
    let processes = 0;
    const add = async () => {
      const one = new Process({ target: tasks.contend, args: [lock, words, ++processes, stop] });
      running.push(one);
      await one.start();
    };
    for (let i = 0; i < PROCESSES; i++) await add();
    let kills = 0;
    for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
      const before = words[0] as number;
      assert.ok(await eventually(() => (words[0] as number) > before), `stands still after ${kills} kills`);
      await sleep(from(1, 60));
      const [victim] = running.splice(from(0, running.length - 1), 1);
      victim?.kill();
      kills++;
      await add();
      await victim?.join();
    }
    stop.set();
    for (const one of running) {
      assert.equal(await one.join(20_000).then(() => one.exitCode), 0);
    }
    const counted = words.subarray(1, processes + 1).reduce((sum, count) => sum + count, 0);
    const abandoned = words.at(-1) as number;
    const lost = (words[0] as number) - counted;
    assert.ok(lost >= 0 && lost <= kills, `${lost} lost with ${kills} kills`);
    assert.ok(abandoned <= kills, `${abandoned} told with ${kills} kills`);
    await lock.with(() => {}, { recover: true });
    assert.deepEqual(livingWorkers(), []);
  });
});
