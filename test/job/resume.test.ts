import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunConfig } from '../../src/protocol/run.ts';
import { FIXTURES, readSummary, runJob, temporaryFolders } from './harness.ts';

const ITEMS = 60;
const DATA = `range:0:${ITEMS}`;

describe('a run that goes on', () => {
  const folder = temporaryFolders();
  let runDir: string;
  beforeEach(() => {
    runDir = join(folder(), 'run');
  });

  const run = (config: Partial<RunConfig> = {}) =>
    runJob({ function: 'functions.ts#square', data: DATA, runDir, ...config });
  const resume = (config: Partial<RunConfig> = {}) =>
    runJob({ function: '', data: '', runDir: undefined, resume: runDir, ...config });
  const file = (name: 'results' | 'journal'): string => join(runDir, `${name}.jsonl`);

  /** Leaves the files as a kill would: so many bytes of each. */
  function cut(bytes: { results?: number; journal?: number }): void {
    for (const [name, length] of Object.entries(bytes)) truncateSync(file(name as 'results'), length);
  }

  async function assertWhole(ended: Awaited<ReturnType<typeof run>>): Promise<void> {
    assert.equal(ended.exitCode, 0, ended.failure?.message);
    assert.deepEqual(
      ended.rows.map(({ index, value }) => [index, value]),
      Array.from({ length: ITEMS }, (_, i) => [i, i * i]),
    );
    const { items, succeeded } = readSummary(runDir);
    assert.deepEqual([items, succeeded], [ITEMS, ITEMS]);
  }

  it('has every item once, wherever its journal and its results were torn', async function () {
    this.timeout(300_000);
    await run();
    const [results, journal] = [readFileSync(file('results')), readFileSync(file('journal'))];
    const rows = journal.indexOf('\n') + 1;
    const places = [
      rows,
      rows + 1,
      Math.floor((rows + journal.length) / 2),
      journal.length - 1,
      journal.length,
    ];
    const tears = places.flatMap((at, i) => [
      { journal: at, results: results.length },
      { journal: at, results: Math.floor((results.length * i) / places.length) + 1 },
    ]);
    for (const tear of tears) {
      writeFileSync(file('results'), results);
      writeFileSync(file('journal'), journal);
      cut(tear);
      await assertWhole(await resume());
      assert.equal(readFileSync(file('journal'), 'utf8').trim().split('\n').length, ITEMS + 1);
    }
  });

  it('runs only what is not done, and says how much was', async () => {
    const calls = join(folder(), 'calls');
    process.env['MANYCORE_TEST_CALLS'] = calls;
    try {
      await run({ function: 'functions.ts#noted' });
      const journal = readFileSync(file('journal'), 'utf8').split('\n');
      writeFileSync(file('journal'), `${journal.slice(0, 41).join('\n')}\n`);
      writeFileSync(calls, '');
      const { header, summary, exitCode, events } = await resume();
      assert.equal(exitCode, 0);
      assert.equal(readFileSync(calls, 'utf8').trim().split('\n').length, ITEMS - 40);
      assert.deepEqual(header.earlier, {
        ...{ kind: 'resume', run: runDir, items: 40, failed: 0, functionChanged: false },
      });
      assert.equal(summary?.items, ITEMS);
      assert.equal(
        summary?.perWorker.reduce((sum, { items }) => sum + items, 0),
        ITEMS - 40,
      );
      const last = events.findLast((event) => event.type === 'progress');
      assert.deepEqual([last?.progress.done, last?.progress.total], [ITEMS, ITEMS]);
    } finally {
      delete process.env['MANYCORE_TEST_CALLS'];
    }
  });

  it('keeps items that failed, and names them by their indices', async () => {
    await run({ function: 'functions.ts#exitsOn7', limit: 12 });
    const { exitCode, summary } = await resume();
    assert.deepEqual([exitCode, summary?.items, summary?.failed], [1, 12, 1]);
    assert.equal(summary?.firstErrors[0]?.index, 7);
    assert.match(summary?.verdict.text ?? '', /Nothing was left to run/);
  });

  it('knows the index of an item that loses its worker or prints, though the pool counts only what is left', async () => {
    await run({ function: 'functions.ts#exitsOn7', limit: 5 });
    const ended = await resume({ function: 'functions.ts#exitsOn7', data: DATA, limit: 12 });
    assert.equal(ended.exitCode, 1);
    assert.equal(ended.rows.find(({ ok }) => !ok)?.index, 7);
    assert.equal(ended.rows.length, 12);
    runDir = join(folder(), 'printing');
    await run({ function: 'functions.ts#prints', limit: 3 });
    const { lines } = await resume({ function: 'functions.ts#prints', data: DATA, limit: 6 });
    const printed = lines.filter(({ stream }) => stream === 'stdout');
    assert.deepEqual(printed.map(({ item, text }) => `${item}: ${text}`).sort(), [
      '3: line of 3',
      '4: line of 4',
      '5: line of 5',
    ]);
  });

  it('refuses a dataset that is another one now, names what changed, and runs that again when forced', async () => {
    const data = join(folder(), 'items.jsonl');
    writeFileSync(data, '1\n2\n3\n4\n');
    await run({ data });
    writeFileSync(data, '1\n20\n3\n');
    const before = [readFileSync(file('results')), readFileSync(file('journal'))];
    const refused = await resume();
    assert.equal(refused.exitCode, 2);
    assert.equal(refused.failure?.code, 'ERR_MANYCORE_DATASET_CHANGED');
    assert.match(refused.failure?.message ?? '', /2 of the 4 items .* \(1, 3\)\. It has only 3 items now/);
    assert.match(refused.failure?.hint ?? '', /--force/);
    assert.deepEqual([readFileSync(file('results')), readFileSync(file('journal'))], before);
    const { rows, exitCode } = await resume({ force: true });
    assert.equal(exitCode, 0);
    assert.deepEqual(
      rows.map(({ value }) => value),
      [1, 400, 9],
    );
  });

  it('takes items that were added, and does not mind when the file was only touched', async () => {
    const data = join(folder(), 'items.jsonl');
    writeFileSync(data, '1\n2\n');
    await run({ data });
    appendFileSync(data, '3\n');
    const { rows, summary } = await resume();
    assert.deepEqual(
      rows.map(({ value }) => value),
      [1, 4, 9],
    );
    assert.equal(summary?.items, 3);
  });

  it('warns of a function that is another one now, and can be resumed after that too', async () => {
    const module = join(folder(), 'work.mjs');
    writeFileSync(module, 'export const work = (n) => n;');
    await run({ function: `${module}#work`, limit: 2 });
    writeFileSync(module, 'export const work = (n) => -n;');
    const changed = await resume({ function: `${module}#work`, data: DATA, limit: 4 });
    assert.equal(changed.header.earlier?.functionChanged, true);
    assert.deepEqual(
      changed.rows.map(({ value }) => value),
      [0, 1, -2, -3],
    );
    const again = await resume({ function: `${module}#work`, data: DATA, limit: 5 });
    assert.equal(again.header.earlier?.functionChanged, false);
    assert.deepEqual(
      again.rows.map(({ value }) => value),
      [0, 1, -2, -3, -4],
    );
  });

  it('runs only the failed items in a new run', async () => {
    const module = join(folder(), 'work.mjs');
    writeFileSync(
      module,
      'export const work = (n) => { if (n % 3 === 1) throw new Error("no"); return n; };',
    );
    await run({ function: `${module}#work`, limit: 9 });
    const before = readFileSync(file('results'));
    writeFileSync(module, 'export const work = (n) => { if (n === 4) throw new Error("still"); return n; };');
    const again = join(folder(), 'again');
    const ended = await runJob({ function: '', data: '', onlyFailed: runDir, runDir: again });
    assert.equal(ended.exitCode, 1);
    assert.deepEqual(
      ended.rows.map(({ index, ok }) => [index, ok]),
      [
        [1, true],
        [4, false],
        [7, true],
      ],
    );
    assert.deepEqual(
      [ended.summary?.items, ended.summary?.failed, ended.header.earlier?.kind],
      [3, 1, 'only-failed'],
    );
    assert.deepEqual(readFileSync(file('results')), before, 'the run itself stays as it is');
    const none = await runJob({ function: '', data: '', onlyFailed: again, runDir: join(folder(), 'third') });
    assert.deepEqual(
      none.rows.map(({ index }) => index),
      [4],
    );
  });

  it('lets nobody else into a folder that is worked in, and takes one over from a process that is gone', async () => {
    await run({ limit: 3 });
    writeFileSync(join(runDir, 'lock'), `1 ${(await import('node:os')).hostname()}\n`);
    const refused = await resume();
    assert.deepEqual([refused.exitCode, refused.failure?.code], [2, 'ERR_MANYCORE_RUN_DIR']);
    assert.match(refused.failure?.message ?? '', /process 1$/);
    writeFileSync(join(runDir, 'lock'), `${2 ** 22 + 1} ${(await import('node:os')).hostname()}\n`);
    assert.equal((await resume()).exitCode, 0);
    assert.ok(!existsSync(join(runDir, 'lock')));
    assert.deepEqual(readdirSync(runDir).sort(), [
      'inputs.json',
      'journal.jsonl',
      'output',
      'report.html',
      'results.jsonl',
      'run.json',
      'trace.json',
    ]);
  });

  for (const [name, config, message] of [
    ['both ways at once', { onlyFailed: 'x' }, /exclude each other/],
    ['another folder', { runDir: 'x' }, /leave out --run-dir/],
    ['a function without a dataset', { function: 'functions.ts#square' }, /name both/],
    ['what is no run', { resume: FIXTURES }, /no run that can be resumed: it has no journal/],
    ['what is not there', { resume: 'nothing' }, /there is no such folder/],
  ] as const) {
    it(`refuses ${name}`, async () => {
      await run({ limit: 1 });
      const { exitCode, failure } = await resume(config);
      assert.equal(exitCode, 2);
      assert.match(failure?.message ?? '', message);
    });
  }
});
