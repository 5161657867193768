import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasPython } from '../../bench/calibrate.ts';
import type { RepeatAnswer, RepeatRequest } from '../../bench/protocol.ts';
import { isPython, systemNames, systemOf } from '../../bench/systems/registry.ts';
import { prepareBench } from '../../scripts/bench.mjs';

const LIMIT = 30_000;

describe('a repeat of the benchmark', () => {
  let folder = '';
  let runRepeat: (request: RepeatRequest, limit: number) => Promise<RepeatAnswer>;

  before(async () => {
    folder = await prepareBench();
    ({ runRepeat } = await import(pathToFileURL(join(folder, 'run-repeat.js')).href));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const system of systemNames) {
    if (systemOf(system).objects) continue;
    it(`gives right results with ${system}`, async function () {
      if (isPython(system) && !hasPython()) this.skip();
      const requests = [
        request(system, { task: 'noop', items: 'integers', count: 100 }),
        request(system, { task: 'echo', items: 'objects', count: 20 }),
        request(system, { task: 'takeArray', items: 'arrays', count: 3 }),
        request(system, { task: 'makeArray', items: 'arrays', count: 3 }),
      ];
      for (const answer of await Promise.all(requests.map((one) => runRepeat(one, LIMIT)))) {
        assert.ok('reading' in answer, JSON.stringify(answer));
        assert.ok(answer.reading.value > 0);
      }
    });
  }

  for (const system of ['manycore', 'python-objects'] as const)
    it(`measures queues, pipes, locks and arrays of ${system}`, async function () {
      if (isPython(system) && !hasPython()) this.skip();
      const requests = [
        request(system, { measure: 'queue', items: 'integers', count: 100 }),
        request(system, { measure: 'queue', items: 'arrays', count: 10 }),
        request(system, { measure: 'pipe', count: 100 }),
        request(system, { measure: 'lock', count: 100 }),
        request(system, { measure: 'contended', count: 100 }),
        request(system, { measure: 'array', count: 20 }),
      ];
      for (const answer of await Promise.all(requests.map((one) => runRepeat(one, LIMIT)))) {
        assert.ok('reading' in answer, JSON.stringify(answer));
        assert.ok(answer.reading.value > 0);
      }
    });

  it('loses no neighbour of an item that ends its worker', async () => {
    const answer = await runRepeat(
      request('manycore', {
        measure: 'kill',
        task: 'spinOrDie',
        items: 'iterations',
        count: 40,
        iterations: [100],
      }),
      LIMIT,
    );
    assert.ok('reading' in answer, JSON.stringify(answer));
    assert.equal(answer.reading.value, 1);
    assert.equal(answer.reading.note, 'fails that item alone');
  });

  it('runs fewer items of a system that is too slow for all, and says how many', async () => {
    const answer = await runRepeat(request('jest-worker', { count: 5000, budget: 1 }), LIMIT);
    assert.ok('reading' in answer, JSON.stringify(answer));
    const { ran, value, extra } = answer.reading;
    assert.ok(ran < 5000);
    assert.ok(Math.abs(value - ((extra['ms'] ?? 0) * 5000) / ran) < 1e-6);
  });

  it('ends what exceeds its limit, and tells so', async () => {
    const endless = request('manycore', { task: 'spin', items: 'iterations', count: 10, iterations: [1e12] });
    assert.deepEqual(await runRepeat(endless, 1000), { error: 'no answer within 1 s' });
  });

  it('tells why a system cannot do a workload', async () => {
    const answer = await runRepeat(request('piscina', { measure: 'stream', count: 10 }), LIMIT);
    assert.ok('error' in answer);
    assert.match(answer.error, /reads its input lazily/);
  });
});

it('every system that is opened in Node has an adapter, and the others are those of Python', () => {
  for (const name of systemNames) assert.equal(systemOf(name).open === undefined, isPython(name), name);
});

function request(system: string, changes: Partial<RepeatRequest>): RepeatRequest {
  return {
    ...{ measure: 'map', system, workers: 2, task: 'noop', items: 'integers', count: 10, iterations: [] },
    budget: 5000,
    ...changes,
  };
}
