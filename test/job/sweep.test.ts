import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countsUpTo, planSweep } from '../../src/job/sweep.ts';
import { english, say, type Translate } from '../../src/report/l10n.ts';
import { pseudo, untranslated } from '../pseudo-language.ts';
import { guardsOf } from '../runtime/processes.ts';
import { descendants, readSummary, runJob, temporaryFolders } from './harness.ts';

const inPseudo: Translate = (text, ...values) => english(pseudo[text] ?? text, ...values);

describe('a scaling sweep', () => {
  const folder = temporaryFolders();
  const sweep = (
    config: Partial<Parameters<typeof runJob>[0]>,
    onEvent?: Parameters<typeof runJob>[1],
  ): ReturnType<typeof runJob> =>
    runJob(
      {
        ...{ function: 'functions.ts#busy', data: 'range:0:40', runDir: join(folder(), 'run') },
        ...{ baseline: 'sample', sweep: true, ...config },
      },
      onEvent,
    );

  before(() => import('../../src/report/html.ts'));
  let tools: number[];
  beforeEach(() => {
    tools = descendants(process.pid);
  });
  afterEach(() => {
    const others = [...tools, ...guardsOf(process.pid)];
    const left = descendants(process.pid).filter((pid) => !others.includes(pid));
    assert.deepEqual(left, [], 'a process of the sweep is left');
  });

  it('times a sample with 1 and 2 workers before the run, whose rows and output are as ever', async () => {
    const { events, exitCode, rows, lines, runDir } = await sweep({ function: 'functions.ts#busyAndLoud' });
    assert.equal(exitCode, 0);
    assert.equal(rows.length, 40);
    assert.equal(lines.length, 40);
    assert.match(readFileSync(join(runDir, 'output', 'sweep.log'), 'utf8'), /line of 3$/m);
    const phases = events.flatMap((event) => (event.type === 'phase' ? [event.phase] : []));
    assert.ok(phases.indexOf('baseline') < phases.indexOf('sweep'));
    const notes = events.flatMap((event) => (event.type === 'phase' && event.note ? [event.note] : []));
    assert.deepEqual(new Set(notes.flatMap((note) => untranslated(say(note, inPseudo)))), new Set());
    const told = notes.map((note) => say(note, english));
    for (const note of ['a sample in one process', '2 workers, warming up', '2 workers, run 1 of 3'])
      assert.ok(told.includes(note), told.join(' | '));
    assert.ok(phases.lastIndexOf('sweep') < phases.indexOf('running'));
    const { scaling, forecast, speedup, whatIf, verdict } = readSummary(runDir);
    assert.deepEqual(
      scaling?.points.map(({ workers }) => workers),
      [1, 2],
    );
    assert.ok(scaling?.law && scaling.law.gamma > 0);
    for (const { speedup, spread, runs } of scaling.points)
      assert.ok(runs >= 1 && runs <= 3 && spread[0] <= speedup && speedup <= spread[1]);
    assert.deepEqual(
      forecast?.map(({ workers }) => workers),
      [1, 2, 4, 8],
    );
    assert.ok(speedup !== null && verdict.kind !== 'not-measured');
    assert.ok(whatIf?.some(({ change }) => change === 'workers'));
  });

  it('ends early where a worker dies, says so, and the run goes on without it', async () => {
    const { summary, exitCode } = await sweep({
      function: 'functions.ts#exitsOnThird7',
      data: 'range:0:40',
    });
    assert.equal(exitCode, 0);
    assert.match(summary?.scaling?.note ?? '', /^it ended early: /);
    assert.equal(summary?.scaling?.law, null);
    assert.ok(summary?.forecast, 'a forecast from the run itself');
  });

  it('ends with the run when that is stopped', async () => {
    const { exitCode, summary } = await sweep({}, (event, run) => {
      if (event.type === 'phase' && event.phase === 'sweep') run.stop();
    });
    assert.equal(exitCode, 130);
    assert.equal(summary, null);
  });

  it('has nothing to do for one item, and says so', async () => {
    const { summary } = await sweep({ data: 'range:0:1' });
    assert.deepEqual(
      [summary?.scaling?.points, summary?.scaling?.note],
      [[], 'a single item cannot be shared'],
    );
  });

  it('is refused without a baseline', async () => {
    const { exitCode, failure } = await sweep({ baseline: 'off' });
    assert.equal(exitCode, 2);
    assert.match(failure?.message ?? '', /--sweep needs a baseline/);
  });

  it('doubles the workers up to those of the run', () => {
    assert.deepEqual([1, 2, 3, 8, 12].map(countsUpTo), [
      [1],
      [1, 2],
      [1, 2, 3],
      [1, 2, 4, 8],
      [1, 2, 4, 8, 12],
    ]);
  });

  it('takes fewer runs and then fewer workers where items are long, within its time', () => {
    // Times in ms; a run with each number of workers and one to warm up take at most 20 s in all.
    assert.deepEqual(planSweep([1, 2], 2000, 10), { counts: [1, 2], items: 100, runs: 3 });
    assert.deepEqual(planSweep([1, 2, 4], 2000, 250), { counts: [1, 2, 4], items: 16, runs: 1 });
    assert.deepEqual(planSweep([1, 2, 4], 2000, 800), { counts: [1, 2], items: 8, runs: 1 });
    assert.equal(planSweep([1, 2], 2000, 5000), undefined);
    assert.equal(planSweep([1, 2], 2000, 0.0001)?.items, 50_000);
  });
});
