import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference } from '../../src/job/verify.ts';
import type { RunConfig } from '../../src/protocol/run.ts';
import { runJob, temporaryFolders } from './harness.ts';

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
