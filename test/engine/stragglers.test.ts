import assert from 'node:assert/strict';
import { Stragglers } from '../../src/engine/stragglers.ts';
import { Turns } from '../../src/engine/turns.ts';

describe('stragglers', () => {
  let old: { readonly sent: number };
  beforeEach(() => {
    old = { sent: Date.now() - 60_000 };
  });
  const seen = (ms: number): Stragglers => {
    const stragglers = new Stragglers();
    for (let count = 0; count < 4; count++) stragglers.ended(ms);
    return stragglers;
  };

  it('are those older than twice the median, once', () => {
    assert.deepEqual(seen(10_000).among([old, { sent: Date.now() }], 100), [old]);
    assert.deepEqual(seen(40_000).among([old], 100), []);
    assert.deepEqual(seen(10_000).among([{ ...old, twin: 'c1' }], 100), []);
  });

  it('are a tenth of all chunks at most', () => {
    const stragglers = seen(10_000);
    const many = Array.from({ length: 30 }, () => old);
    assert.equal(stragglers.among(many, 100).length, 10);
    assert.equal(stragglers.among(many, 100).length, 0);
  });

  it('are none as long as nobody knows how long a chunk takes', () => {
    assert.deepEqual(new Stragglers().among([old], 100), []);
  });
});

describe('turns', () => {
  it('let nothing run beside what is alone', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise(setImmediate);
      log.push(`${name} ends`);
    };
    const all = [
      turns.beside(work('a')),
      turns.beside(work('b')),
      turns.alone(work('c')),
      turns.beside(work('d')),
    ];
    await Promise.all(all);
    assert.deepEqual(
      log.join(),
      ['a begins', 'b begins', 'a ends', 'b ends', 'c begins', 'c ends', 'd begins', 'd ends'].join(),
    );
  });

  it('go on after what failed', async () => {
    const turns = new Turns();
    await assert.rejects(turns.alone(() => Promise.reject(new Error('broken'))));
    assert.equal(await turns.beside(() => Promise.resolve(1)), 1);
  });
});
