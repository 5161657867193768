import assert from 'node:assert/strict';
import { type Case, judge } from '../../src/report/verdict.ts';

const losses = {
  computing: 0.97,
  contention: 0,
  encoding: 0,
  transfer: 0,
  startup: 0.03,
  waiting: 0,
  imbalance: 0,
};
const run = (changes: Partial<Case> = {}): Case => ({
  items: 100,
  succeeded: 100,
  failed: 0,
  interrupted: false,
  workers: 2,
  wallMs: 1000,
  busyMs: 1940,
  speedup: 1.94,
  speedupInterval: [1.9, 1.98],
  efficiency: 0.97,
  losses,
  baselineNote: null,
  ...changes,
});

describe('verdict', () => {
  it('says yes to a run that used its workers well', () => {
    const { kind, text } = judge(run());
    assert.equal(kind, 'worth-it');
    assert.match(text, /^Worth it: 1\.94x with 2 workers; 97 % of the workers' time went into your function/);
  });

  it('names the first thing to change even where it was worth it', () => {
    const { text } = judge(
      run({ speedup: 1.6, efficiency: 0.8, losses: { ...losses, computing: 0.8, startup: 0.2 } }),
    );
    assert.match(text, /^Worth it: .* next, starting the workers took 20 %/);
  });

  it('is not firm where the interval reaches down to no gain', () => {
    assert.equal(judge(run({ speedup: 1.6, speedupInterval: [1.0, 2.2] })).kind, 'marginal');
  });

  it('is not firm where many workers gained little', () => {
    assert.equal(
      judge(run({ workers: 8, speedup: 2, efficiency: 0.25, speedupInterval: null })).kind,
      'marginal',
    );
  });

  for (const [cause, advice] of [
    ['startup', /more items/],
    ['contention', /fewer workers/],
    ['encoding', /pass and return less/],
    ['transfer', /larger chunks/],
    ['waiting', /larger chunks/],
    ['imbalance', /longest items first/],
  ] as const) {
    it(`tells what to change when ${cause} took the time`, () => {
      const { kind, text } = judge(
        run({
          speedup: 0.6,
          efficiency: 0.3,
          busyMs: 1,
          losses: { ...losses, startup: 0, computing: 0.3, [cause]: 0.7 },
        }),
      );
      assert.equal(kind, 'not-worth-it');
      assert.match(text, /^Not worth it: 0\.60x with 2 workers; .*70 %/);
      assert.match(text, advice);
    });
  }

  it('says nothing of a speedup when every item failed, when none was run, or when nothing was compared', () => {
    assert.match(judge(run({ succeeded: 0, failed: 100 })).text, /Every item failed/);
    assert.match(judge(run({ items: 0, succeeded: 0 })).text, /no items/);
    assert.match(
      judge(run({ items: 0, succeeded: 0, interrupted: true })).text,
      /stopped before the first item/,
    );
    const off = judge(run({ speedup: null, efficiency: null, baselineNote: 'the baseline is off' }));
    assert.equal(off.kind, 'not-measured');
    assert.match(off.text, /the baseline is off/);
  });

  it('says what a stopped run was measured on', () => {
    assert.match(judge(run({ interrupted: true })).text, /over the 100 items done before it was stopped/);
  });

  it('asks for more workers when there was one', () => {
    assert.match(judge(run({ workers: 1, speedup: 0.9, efficiency: 0.9 })).text, /use more/);
  });
});
