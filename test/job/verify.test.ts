import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference } from '../../src/job/verify.ts';
import type { RunConfig } from '../../src/protocol/run.ts';
import { readSummary, runJob, temporaryFolders } from './harness.ts';

describe('verifying a run', () => {
  const folder = temporaryFolders();

  /** Code of a function `meet` that lets no worker do all items: the first one waits for another. Who comes later does not. */
  const meeting = () => {
    const dir = JSON.stringify(`${folder()}/`);
    return `import { readdirSync, writeFileSync } from 'node:fs';
      const clock = new Int32Array(new SharedArrayBuffer(4));
      let met = false;
      function meet() {
        if (!met) writeFileSync(${dir} + process.pid, '');
        for (met = true; readdirSync(${dir}).length < 2; ) Atomics.wait(clock, 0, 0, 5);
      }\n`;
  };

  function run(source: string, config: Partial<RunConfig> = {}) {
    const file = join(folder(), 'work.mjs');
    writeFileSync(file, source);
    return runJob({
      ...{
        function: `${file}#work`,
        data: 'range:0:200',
        runDir: join(folder(), 'run'),
        chunk: 5,
        verify: 'all',
      },
      ...config,
    });
  }

  it('finds nothing in a function that gives the same, whatever it gives and however its keys are ordered', async () => {
    const { summary, exitCode } = await run(`let calls = 0; export const work = (n) => {
      if (n === 7) throw new RangeError('no ' + n);
      return calls++ % 2 ? { n, at: new Date(n), big: 1n, nan: NaN } : { nan: NaN, big: 1n, at: new Date(n), n };
    };`);
    assert.deepEqual(summary?.verification, { checked: 200, of: 200, differences: 0, first: [] });
    assert.equal(exitCode, 1, 'item 7 failed');
  });

  it('names items that depend on the order or on state, with the place, and ends with 1', async () => {
    const { summary, exitCode, runDir } = await run(
      `${meeting()}let before = -1; export const work = (n) => { meet(); const r = { list: [{ before }] }; before = n; return r; };`,
      { chunk: 1 },
    );
    const { verification } = summary ?? {};
    assert.equal(exitCode, 1);
    assert.ok(verification && verification.differences > 0);
    const [first] = verification.first;
    assert.equal(first?.path, 'value.list[0].before');
    assert.equal(first?.alone, String((first?.index ?? 0) - 1));
    assert.match(readFileSync(join(runDir, 'report.html'), 'utf8'), /Results differ/);
  });

  it('tells chance from state', async () => {
    const { summary } = await run('export const work = () => Math.random();', { verify: 10 });
    const { checked, of, differences, first } = summary?.verification ?? { first: [] };
    assert.deepEqual([checked, of, differences], [10, 200, 10]);
    assert.deepEqual([first.length, first.every(({ repeatable }) => !repeatable)], [10, true]);
    const state = await run(
      `${meeting()}let seen; export const work = (n) => { meet(); return (seen ??= n); };`,
      { data: 'range:0:40', chunk: 1 },
    );
    assert.ok((state.summary?.verification?.differences ?? 0) > 0);
    assert.ok(state.summary?.verification?.first.every(({ repeatable }) => repeatable));
  });

  it('tells where an item fails in one place only', async () => {
    const { summary } = await run(
      `${meeting()}let n = 0;
       export const work = () => { meet(); if (n++ === 199) throw new Error('too many'); return 1; };`,
    );
    const [first] = summary?.verification?.first ?? [];
    assert.deepEqual([first?.path, first?.parallel, first?.index], ['ok', '1', 199]);
    assert.match(first?.alone ?? '', /too many/);
  });

  it('does not fail a run that it cannot repeat', async () => {
    const { summary, exitCode } = await run(
      `${meeting()}let n = 0;
       export const work = (item) => { meet(); if (n++ === 199) process.exit(1); return item; };`,
    );
    assert.equal(exitCode, 0);
    assert.match(summary?.verification?.note ?? '', /code 1/);
  });

  describe('that has ended', () => {
    const later = (runDir: string, config: Partial<RunConfig> = {}) =>
      runJob({
        ...{ function: '', data: '', runDir: undefined, workers: undefined, baseline: undefined },
        verifyRun: runDir,
        ...config,
      });

    it('adds to its summary and report, and leaves its other numbers as they are', async () => {
      const ended = await run(
        `${meeting()}let before = -1; export const work = (n) => { meet(); const r = before; before = n; return r; };`,
        { chunk: 1, verify: undefined },
      );
      const onDisk = readSummary(ended.runDir);
      assert.equal(onDisk.verification, undefined);
      const { summary, exitCode, events } = await later(ended.runDir);
      const { verification, ...others } = summary ?? assert.fail('it failed');
      assert.ok(verification && verification.differences > 0);
      assert.deepEqual([verification.checked, exitCode], [200, 1]);
      assert.deepEqual({ ...others, verification: undefined }, { ...onDisk, verification: undefined });
      assert.deepEqual(readSummary(ended.runDir), summary);
      assert.equal(readFileSync(join(ended.runDir, 'report.html'), 'utf8').split('Results differ').length, 2);
      assert.ok(events.every(({ type }) => type === 'phase' || type === 'finished'));
      const sample = await later(ended.runDir, { verify: 3 });
      assert.equal(sample.summary?.verification?.checked, 3);
      assert.equal(existsSync(join(ended.runDir, 'lock')), false);
    });

    it('is refused where its function or its data is another one, or it did not end', async () => {
      const { runDir } = await run('export const work = (n) => n;', { verify: undefined, data: 'range:0:9' });
      const file = join(folder(), 'work.mjs');
      writeFileSync(file, 'export const work = (n) => n + 1;');
      const target = { function: `${file}#work`, data: 'range:0:9' };
      const changed = await later(runDir, target);
      assert.equal(changed.failure?.code, 'ERR_MANYCORE_FUNCTION_CHANGED');
      assert.equal((await later(runDir, { ...target, force: true })).summary?.verification?.differences, 9);
      const other = await later(runDir, { function: '', data: '', limit: 5 });
      assert.equal(other.failure?.code, 'ERR_MANYCORE_DATASET_CHANGED');
      rmSync(join(runDir, 'run.json'));
      assert.match((await later(runDir)).failure?.message ?? '', /did not end: it has no run.json/);
    });
  });

  it('finds the first place where two values differ', () => {
    const cases: [unknown, unknown, string | null][] = [
      [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, null],
      [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, 'a[1].b'],
      [{ a: [1] }, { a: [1, 2] }, 'a[1]'],
      [{ a: 1 }, { a: 1, b: null }, 'b'],
      [{ a: [] }, { a: {} }, 'a'],
      [{ a: null }, { a: {} }, 'a'],
    ];
    for (const [a, b, path] of cases) assert.equal(firstDifference(a, b), path, JSON.stringify([a, b]));
  });
});
