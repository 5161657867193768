import assert from 'node:assert/strict';
import type { Losses } from '../../src/protocol/run.ts';
import type { Case } from '../../src/report/case.ts';
import { english, t, useBundle } from '../../src/report/l10n.ts';
import { BASELINE_OFF, judge, verdictReason, verdictText } from '../../src/report/verdict.ts';
import { pseudo, untranslated } from '../pseudo-language.ts';

/** Shares of the losses; what is left went into the function. */
function losses(changes: Partial<Omit<Losses, 'computing'>> = {}): Losses {
  const rest = { contention: 0, encoding: 0, transfer: 0, startup: 0, waiting: 0, imbalance: 0, ...changes };
  return { computing: 1 - Object.values(rest).reduce((sum, share) => sum + share, 0), ...rest };
}

/** A run of 100 items of 19.4 ms on 2 workers, near the ideal. */
const run = (changes: Partial<Case> = {}): Case => ({
  items: 100,
  succeeded: 100,
  failed: 0,
  interrupted: false,
  workers: 2,
  cpus: 8,
  wallMs: 1000,
  busyMs: 1940,
  speedup: 1.94,
  speedupInterval: [1.9, 1.98],
  efficiency: 0.97,
  losses: losses({ startup: 0.03 }),
  baselineNote: null,
  ...changes,
});

/** A run that took 1 s and was `speedup` times as fast as one process. */
const measured = (speedup: number, workers: number, changes: Partial<Case> = {}): Case =>
  run({
    ...{ speedup, workers, speedupInterval: [speedup * 0.98, speedup * 1.02] },
    ...{ efficiency: speedup / workers, busyMs: 1000 * workers * (changes.losses?.computing ?? 0.97) },
    ...changes,
  });

interface Row {
  readonly name: string;
  readonly run: Case;
  readonly text: string;
}

const rows: readonly Row[] = [
  {
    name: 'a run near the ideal',
    run: run(),
    text: 'Worth it: 1.94x with 2 workers; that is close to the most that 2 workers can give, so there is nothing to change.',
  },
  {
    name: 'a good run with one loss that stands out',
    run: measured(6.2, 8, { losses: losses({ startup: 0.2 }) }),
    text: 'Worth it: 6.20x with 8 workers; starting the workers took 20 % of their time, so give one run more items: this one took 1.00 s.',
  },
  {
    name: 'a good run with many small losses',
    run: measured(1.6, 2, {
      losses: losses({ startup: 0.06, encoding: 0.06, imbalance: 0.06 }),
    }),
    text: "Worth it: 1.60x with 2 workers; 82 % of the workers' time went into your function and no other part took 10 %, so there is little to change.",
  },
  {
    name: 'items slowed down beside each other on two workers',
    run: measured(1.48, 2, { losses: losses({ contention: 0.14, startup: 0.02 }) }),
    text: 'Marginal: 1.48x with 2 workers; items took longer beside each other than alone (14 % of the time), so run it again with other programs closed: if that changes nothing, memory or caches are the limit.',
  },
  {
    name: 'items slowed down beside each other on many workers',
    run: measured(2.4, 8, { losses: losses({ contention: 0.6 }) }),
    text: 'Marginal: 2.40x with 8 workers; items took longer beside each other than alone (60 % of the time), so run it again with other programs closed: if that changes nothing, try fewer workers.',
  },
  {
    name: 'a busy machine that no matched items tell of',
    run: measured(1.55, 2, { losses: losses({ startup: 0.03 }) }),
    text: 'Worth it: 1.55x with 2 workers; items took longer during the run than when they were timed alone, so run it again with other programs closed: if that changes nothing, memory or caches are the limit.',
  },
  {
    name: 'a run too short for its start-up',
    run: measured(1.3, 2, { wallMs: 310, losses: losses({ startup: 0.35 }) }),
    text: 'Marginal: 1.30x with 2 workers; starting the workers took 35 % of their time, so give one run more items: this one took 310 ms.',
  },
  {
    name: 'less work than the start-up of the workers',
    run: measured(0.1, 2, { wallMs: 100, losses: losses({ startup: 0.9 }) }),
    text: 'Not worth it: 0.10x with 2 workers; all items take 10.0 ms in one process and the start of a worker 90.0 ms, so give one run more items or keep to one process.',
  },
  {
    name: 'next to no work, where hardly anything is gained',
    run: measured(0.0001, 2, {
      items: 6,
      wallMs: 300,
      busyMs: 0.1,
      losses: losses({ startup: 0.4, waiting: 0.5 }),
    }),
    text: 'Not worth it: < 0.01x with 2 workers; all items take 30.0 µs in one process and the start of a worker 120 ms, so give one run more items or keep to one process.',
  },
  {
    name: 'a run slowed down by its start',
    run: measured(0.66, 2, {
      wallMs: 1540,
      losses: losses({ startup: 0.27, contention: 0.26, waiting: 0.2 }),
    }),
    text: 'Not worth it: 0.66x with 2 workers; starting the workers took 27 % of their time, so give one run more items: this one took 1.54 s.',
  },
  {
    name: 'values that are costly to encode',
    run: measured(0.6, 2, { losses: losses({ encoding: 0.5, transfer: 0.2 }) }),
    text: 'Not worth it: 0.60x with 2 workers; encoding took 50 % of the time, so pass and return less: a path, a key or a summary in place of the data.',
  },
  {
    name: 'much data on the way',
    run: measured(0.6, 2, { losses: losses({ transfer: 0.5, encoding: 0.2 }) }),
    text: 'Not worth it: 0.60x with 2 workers; moving data took 50 % of the time, so pass and return less: a path, a key or a summary in place of the data.',
  },
  {
    name: 'tiny items, whatever the way to the workers is spent on',
    run: measured(0.3, 2, {
      items: 25_000,
      busyMs: 300,
      losses: losses({ transfer: 0.2, encoding: 0.2, waiting: 0.22, startup: 0.1 }),
    }),
    text: 'Not worth it: 0.30x with 2 workers; an item takes 12.0 µs, and handing items over took 62 % of the time, so let each item do more, or send larger chunks.',
  },
  {
    name: 'input that comes slowly',
    run: measured(1.2, 2, { losses: losses({ waiting: 0.4 }) }),
    text: 'Marginal: 1.20x with 2 workers; workers waited 40 % of the time for the next item, so read the input faster: from a local or a simpler file.',
  },
  {
    name: 'a long last item',
    run: measured(4.5, 8, { losses: losses({ imbalance: 0.44 }) }),
    text: 'Worth it: 4.50x with 8 workers; workers waited 44 % of the time for the last ones to finish, so put the longest items first, or send smaller chunks.',
  },
  {
    name: 'no more items than workers',
    run: measured(1.2, 3, { items: 3, losses: losses({ imbalance: 0.6 }) }),
    text: 'Marginal: 1.20x with 3 workers; workers waited 60 % of the time for the longest of 3 items, so split the items into smaller ones.',
  },
  {
    name: 'one item',
    run: measured(0.9, 1, { items: 1, succeeded: 1 }),
    text: 'Not worth it: 0.90x with 1 worker; a single item cannot be shared, so give it more items or split this one.',
  },
  {
    name: 'one worker',
    run: measured(0.97, 1),
    text: 'Not worth it: 0.97x with 1 worker; one worker can at best be as fast as none, so use more.',
  },
  {
    name: 'one CPU',
    run: measured(0.97, 2, { cpus: 1 }),
    text: 'Not worth it: 0.97x with 2 workers; this process may use 1 CPU only, so run it where there are more.',
  },
  {
    name: 'more workers than CPUs, judged by the CPUs',
    run: measured(1.9, 8, { cpus: 2, losses: losses({ contention: 0.7, startup: 0.04 }) }),
    text: 'Worth it: 1.90x with 8 workers; 8 workers shared 2 CPUs, so use 2 workers.',
  },
  {
    name: 'more workers than CPUs, with data as the main trouble',
    run: measured(0.5, 8, { cpus: 2, losses: losses({ encoding: 0.7, startup: 0.1 }) }),
    text: 'Not worth it: 0.50x with 8 workers; encoding took 70 % of the time, so pass and return less: a path, a key or a summary in place of the data.',
  },
  {
    name: 'more workers than CPUs whose items wait for something else',
    run: measured(7.6, 8, { cpus: 2 }),
    text: 'Worth it: 7.60x with 8 workers; that is close to the most that 8 workers can give, so there is nothing to change.',
  },
  {
    name: 'an interval that reaches down to no gain',
    run: measured(1.6, 2, { speedupInterval: [1.0, 2.2] }),
    text: 'Marginal: 1.60x with 2 workers; the baseline is too uncertain to say more, so measure it in full.',
  },
  {
    name: 'little gain for a reason that is known, however wide the interval',
    run: measured(1.13, 2, {
      speedupInterval: [1.07, 1.2],
      losses: losses({ contention: 0.13, waiting: 0.12 }),
    }),
    text: 'Marginal: 1.13x with 2 workers; items took longer beside each other than alone (13 % of the time), so run it again with other programs closed: if that changes nothing, memory or caches are the limit.',
  },
  {
    name: 'more than is possible',
    run: measured(2.6, 2, { losses: losses({ startup: 0.03 }) }),
    text: 'Worth it: 2.60x with 2 workers; that is more than 2 workers can give, so the baseline was likely slowed down by other programs: measure it in full to be sure.',
  },
  {
    name: 'a little more than is possible, within what is uncertain',
    run: measured(2.1, 2, { speedupInterval: [1.95, 2.25] }),
    text: 'Worth it: 2.10x with 2 workers; that is close to the most that 2 workers can give, so there is nothing to change.',
  },
  {
    name: 'a run that was stopped, whose end says nothing',
    run: measured(1.7, 2, { interrupted: true, losses: losses({ imbalance: 0.13, startup: 0.02 }) }),
    text: "Worth it: 1.70x with 2 workers over the 100 items done before it was stopped; 85 % of the workers' time went into your function and no other part took 10 %, so there is little to change.",
  },
  {
    name: 'a baseline that was switched off',
    run: run({ speedup: null, efficiency: null, baselineNote: BASELINE_OFF }),
    text: 'The speedup was not measured (the baseline is off): set the baseline to "sample" or "full" to know it.',
  },
  {
    name: 'a baseline that failed',
    run: run({
      speedup: null,
      efficiency: null,
      baselineNote: 'a sampled item could not be timed: no memory',
    }),
    text: 'The speedup was not measured (a sampled item could not be timed: no memory): see to that first, and run again.',
  },
  {
    name: 'nothing but failures',
    run: run({ succeeded: 0, failed: 100 }),
    text: 'Every item failed, so the speedup says nothing: look at the first error and run again.',
  },
  {
    name: 'an only item that failed',
    run: run({ items: 1, succeeded: 0, failed: 1 }),
    text: 'The only item failed, so the speedup says nothing: look at the first error and run again.',
  },
  {
    name: 'an empty dataset',
    run: run({ items: 0, succeeded: 0 }),
    text: 'Nothing was run: the dataset has no items.',
  },
  {
    name: 'a run that was stopped before it began',
    run: run({ items: 0, succeeded: 0, interrupted: true }),
    text: 'Nothing was run: the run was stopped before the first item was done.',
  },
];

const KIND_OF = {
  'Worth it': 'worth-it',
  Marginal: 'marginal',
  'Not worth it': 'not-worth-it',
} as const;

describe('verdict', () => {
  for (const { name, run, text } of rows) {
    it(`judges ${name}`, () => {
      const verdict = judge(run);
      assert.equal(verdict.text, text);
      const lead = text.split(':', 1)[0] as keyof typeof KIND_OF;
      assert.equal(verdict.kind, KIND_OF[lead] ?? 'not-measured');
    });

    it(`has for ${name} a reason that stands alone`, () => {
      const { said: _, ...older } = judge(run);
      const reason = verdictReason(judge(run), english);
      assert.match(reason, /^[A-Z0-9].*\.$/);
      if (older.kind !== 'not-measured') assert.doesNotMatch(reason, /^(?:Worth|Marginal|Not worth)|x with/);
      assert.deepEqual([verdictText(older, t), verdictReason(older, t)], [text, text]);
    });

    it(`says nothing in English of ${name} where there is a translation`, () => {
      useBundle(pseudo);
      try {
        const verdict = judge(run);
        assert.equal(verdict.text, text, 'what is kept is English all the same');
        const note: readonly string[] = run.baselineNote?.match(/\p{L}+/gu) ?? [];
        const said = [verdictText(verdict, t), verdictReason(verdict, t)];
        const words = said.flatMap(untranslated);
        assert.deepEqual(
          words.filter((word) => !note.includes(word)),
          [],
          said.join(' | '),
        );
      } finally {
        useBundle(undefined);
      }
    });
  }

  it('is not firm where many workers gained little', () => {
    assert.equal(judge(measured(2, 8)).kind, 'marginal');
  });
});
