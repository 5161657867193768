import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../../src/job/journal.ts';
import { guardsOf } from '../runtime/processes.ts';
import { descendants, readSummary, runJob, temporaryFolders } from './harness.ts';

describe('a run', () => {
  const folder = temporaryFolders();
  const run = (config: Partial<Parameters<typeof runJob>[0]>, onEvent?: Parameters<typeof runJob>[1]) =>
    runJob(
      { function: 'functions.ts#square', data: 'range:0:10', runDir: join(folder(), 'run'), ...config },
      onEvent,
    );

  // Tools that load the tests have processes of their own, and may start one for what a run imports at its end.
  before(() => import('../../src/report/html.ts'));
  let tools: number[];
  beforeEach(() => {
    tools = descendants(process.pid);
  });
  afterEach(() => {
    // The guard of the children lives as long as this process.
    const others = [...tools, ...guardsOf(process.pid)];
    const left = descendants(process.pid).filter((pid) => !others.includes(pid));
    assert.deepEqual(left, [], 'a process of the run is left');
  });

  describe('over data', () => {
    const cases: [data: string, values: unknown[]][] = [
      ['items.json', [{ n: 1 }, { n: 2 }, { n: 3 }]],
      ['nested.json#/deep/list', [10, 20, 30]],
      ['items.jsonl', [{ n: 1 }, { n: 2 }, { n: 3 }]],
      [
        'items.csv',
        [
          { name: 'anna', n: '1' },
          { name: 'b, c', n: '2' },
        ],
      ],
      ['items.tsv', [{ name: 'anna', n: '1' }]],
      ['items.txt', ['one', 'two', 'three']],
      ['range:5:2:-1', [5, 4, 3]],
      ['module:data.ts#list', [1, 2, 3, 4]],
      ['module:data.ts#stream', [1, 2, 3, 4]],
    ];
    for (const [data, items] of cases) {
      it(`gives every item of ${data} to the function, as a loop would`, async () => {
        const { rows, exitCode, header, summary } = await run({ function: 'functions.ts#describe', data });
        assert.equal(exitCode, 0);
        assert.deepEqual(
          rows.map(({ value }) => value),
          items.map((item) => JSON.stringify(item)),
        );
        assert.equal(header.dataset.items, items.length);
        assert.equal(summary?.succeeded, items.length);
      });
    }

    it('gives the paths of a glob', async () => {
      const { rows } = await run({ function: 'functions.ts#describe', data: 'glob:files/*.txt' });
      assert.deepEqual(
        rows.map(({ value }) => /[ab]\.txt/.exec(String(value))?.[0]),
        ['a.txt', 'b.txt'],
      );
    });

    it('turns fields into values when asked', async () => {
      const { rows } = await run({
        function: 'functions.ts#describe',
        data: 'items.csv',
        typed: true,
        limit: 1,
      });
      assert.deepEqual(
        rows.map(({ value }) => value),
        ['{"name":"anna","n":1}'],
      );
    });

    it('takes an empty input for done', async () => {
      const { exitCode, summary, rows } = await run({ data: 'range:0:0' });
      assert.deepEqual([exitCode, summary?.items, rows], [0, 0, []]);
    });

    it('selects by skip, limit and sample', async () => {
      assert.deepEqual(
        (await run({ skip: 2, limit: 3 })).rows.map(({ value }) => value),
        [4, 9, 16],
      );
      const sampled = await run({ data: 'range:0:1000', sample: 5, seed: 3 });
      assert.equal(sampled.rows.length, 5);
    });

    it('spreads items and appends arguments', async () => {
      writeFileSync(join(folder(), 'x'), '');
      const data = join(folder(), 'pairs.json');
      writeFileSync(data, '[[1,2],[3,4]]');
      const { rows } = await run({ function: 'functions.ts#add', data, spread: true, args: [100] });
      assert.deepEqual(
        rows.map(({ value }) => value),
        [103, 107],
      );
    });
  });

  describe('before its first item', () => {
    it('fails for a malformed line of the first window, with its place', async () => {
      const { failure, exitCode, events } = await run({ data: 'broken-line.jsonl' });
      assert.equal(exitCode, 2);
      assert.match(failure?.message ?? '', /broken-line\.jsonl:2/);
      assert.equal(failure?.at?.line, 2);
      assert.ok(!events.some(({ type }) => type === 'started'));
    });

    it('leaves a malformed line out when told to, and counts it', async () => {
      const { exitCode, summary } = await run({
        function: 'functions.ts#describe',
        data: 'broken-line.jsonl',
        onBadRecord: 'skip',
      });
      assert.deepEqual([exitCode, summary?.items, summary?.skippedRecords], [0, 2, 1]);
    });

    it('counts it once, however often the dataset is read', async () => {
      for (const config of [{ baseline: 'full' }, { baseline: 'full', sample: 3 }] as const) {
        const { summary } = await run({
          function: 'functions.ts#describe',
          data: 'broken-line.jsonl',
          onBadRecord: 'skip',
          runDir: join(folder(), `run-${'sample' in config}`),
          ...config,
        });
        assert.equal(summary?.skippedRecords, 1, JSON.stringify(config));
      }
    });

    for (const [name, config, message] of [
      ['a missing dataset', { data: 'nothing.csv' }, /nothing\.csv/],
      ['a missing module', { function: 'nothing.ts#f' }, /nothing\.ts/],
      ['a missing export, and names what there is', { function: 'functions.ts#sqare' }, /sqare.*square/s],
      [
        'an export that is no function',
        { function: 'functions.ts#notAFunction' },
        /notAFunction.*not a function/,
      ],
      ['several exports without a name', { function: 'functions.ts' }, /several functions/],
      ['a syntax error', { function: 'broken-syntax.ts#f' }, /broken-syntax/],
      ['a module that throws', { function: 'throws-at-import.ts#f' }, /not ready/],
      ['no workers', { workers: 0 }, /--workers/],
    ] as const) {
      it(`fails with exit code 2 for ${name}`, async () => {
        const { failure, exitCode, summary } = await run(config);
        assert.equal(exitCode, 2, failure?.stack ?? failure?.message);
        assert.match(`${failure?.message} ${failure?.hint}`, message);
        assert.equal(summary, null);
      });
    }

    it('says where a syntax error is', async () => {
      const { failure } = await run({ function: 'broken-syntax.ts#f' });
      assert.equal(failure?.at?.line, 2);
    });

    it('ends at once when it is stopped', async () => {
      const { exitCode, failure } = await run({}, (event, current) => {
        if (event.type === 'phase' && event.phase === 'preparing') current.stop();
      });
      assert.equal(exitCode, 130);
      assert.equal(failure?.code, 'ERR_MANYCORE_INTERRUPTED');
    });
  });

  describe('with items that fail', () => {
    it('runs the others, and says what failed', async () => {
      const { exitCode, summary, rows } = await run({ function: 'functions.ts#throwsOn7' });
      assert.deepEqual([exitCode, summary?.succeeded, summary?.failed], [1, 9, 1]);
      const error = rows[7]?.error;
      assert.deepEqual([error?.name, error?.message], ['RangeError', 'cannot take 7']);
      assert.equal(summary?.firstErrors[0]?.input, '7');
    });

    it('loses one item to a worker that exits, and completes the others', async () => {
      const { exitCode, summary, rows } = await run({ function: 'functions.ts#exitsOn7' });
      assert.deepEqual([exitCode, summary?.succeeded, summary?.failed], [1, 9, 1]);
      assert.equal(rows[7]?.error?.code, 'ERR_MANYCORE_WORKER_DIED');
      assert.match(rows[7]?.error?.message ?? '', /exit code 3|code 3/);
      assert.deepEqual(
        rows.filter(({ ok }) => ok).map(({ value }) => value),
        [0, 1, 2, 3, 4, 5, 6, 8, 9],
      );
    });

    it('ends an item that takes too long', async () => {
      const { exitCode, rows } = await run({
        function: 'functions.ts#hangsOn3',
        timeout: 300,
        data: 'range:0:6',
      });
      assert.equal(exitCode, 1);
      assert.equal(rows[3]?.error?.code, 'ERR_MANYCORE_TIMEOUT');
      assert.ok((rows[3]?.worker ?? -1) >= 0, 'the worker that ran it is known');
      assert.equal(rows.filter(({ ok }) => ok).length, 5);
    });

    it('stops at the first when told to', async () => {
      const { exitCode, summary } = await run({
        function: 'functions.ts#throwsOn7',
        data: 'range:0:100000',
        chunk: 1,
        onError: 'stop',
      });
      assert.equal(exitCode, 1);
      assert.equal(summary?.interrupted, true);
      assert.ok((summary?.items ?? 0) < 100_000);
    });

    it('stops at the share that is allowed', async () => {
      const { exitCode, summary } = await run({
        function: 'functions.ts#add',
        data: 'range:0:100000',
        spread: true,
        maxErrors: '10%',
      });
      assert.equal(exitCode, 1);
      assert.ok((summary?.items ?? 0) < 100_000);
    });
  });

  it('writes values that JSON does not have', async () => {
    const { rows } = await run({ function: 'functions.ts#odd', data: 'range:0:4' });
    assert.deepEqual(
      rows.map(({ value }) => value),
      [
        { $undefined: true },
        { $bigint: '2' },
        { $map: [[2, { $date: '1970-01-01T00:00:00.000Z' }]] },
        { $number: 'NaN' },
      ],
    );
  });

  it('starts no more workers than there are items, and says why', async () => {
    const { header, summary } = await run({ data: 'range:0:3', workers: 8 });
    assert.equal(header.workers.count, 3);
    assert.match(header.workers.reason, /only 3 items/);
    assert.equal(summary?.perWorker.length, 3);
  });

  it('keeps what workers print: each line with its worker and item, in events and in logs', async () => {
    const { lines, runDir, summary } = await run({ function: 'functions.ts#prints', data: 'range:0:4' });
    for (let item = 0; item < 4; item++) {
      const out = lines.find((line) => line.item === item && line.stream === 'stdout');
      assert.equal(out?.text, `line of ${item}`);
      const log = readFileSync(join(runDir, 'output', `worker-${out?.worker}.log`), 'utf8');
      assert.match(log, new RegExp(`^\\S+Z  stdout  item ${item}  line of ${item}$`, 'm'));
      assert.match(log, new RegExp(`stderr  item ${item}  warning of ${item}$`, 'm'));
    }
    assert.equal(
      summary?.perWorker.reduce((sum, worker) => sum + worker.lines, 0),
      8,
    );
  });

  it('has a row in the journal for every row of the results', async () => {
    const { runDir, rows } = await run({ function: 'functions.ts#throwsOn7', data: 'range:0:500' });
    const journal = new Map<number, { key: string; ok: boolean }>();
    for await (const { index, key, ok } of readJournal(join(runDir, 'journal.jsonl')))
      journal.set(index, { key, ok });
    assert.equal(journal.size, 500);
    assert.equal(rows.length, 500);
    for (const { index, ok } of rows) assert.equal(journal.get(index)?.ok, ok);
    assert.equal(new Set([...journal.values()].map(({ key }) => key)).size, 500);
  });

  it('leaves a whole run folder, whose run.json is the summary', async () => {
    const base = folder();
    const { runDir, summary, events } = await run({
      out: join(base, 'out.csv'),
      report: join(base, 'report', 'r.html'),
      runDir: join(base, 'run'),
    });
    assert.deepEqual(readdirSync(runDir).sort(), [
      'inputs.json',
      'journal.jsonl',
      'output',
      'report.html',
      'results.jsonl',
      'run.json',
      'trace.json',
    ]);
    assert.deepEqual(readSummary(runDir), JSON.parse(JSON.stringify(summary)));
    assert.equal(
      readFileSync(join(base, 'report', 'r.html'), 'utf8'),
      readFileSync(join(runDir, 'report.html'), 'utf8'),
    );
    assert.equal(readFileSync(join(base, 'out.csv'), 'utf8').trim().split('\n').length, 11);
    assert.deepEqual(events.filter(({ type }) => type === 'finished').length, 1);
    assert.equal(events.at(-1)?.type, 'finished');
  });

  describe('measured', () => {
    it('prints no speedup without a baseline, and runs every item once', async () => {
      const calls = join(folder(), 'calls');
      writeFileSync(calls, '');
      process.env['MANYCORE_TEST_CALLS'] = calls;
      const { summary } = await run({ function: 'functions.ts#noted', data: 'range:0:20', baseline: 'off' });
      delete process.env['MANYCORE_TEST_CALLS'];
      assert.deepEqual([summary?.speedup, summary?.baseline.kind, summary?.baseline.ms], [null, 'off', null]);
      assert.equal(readFileSync(calls, 'utf8').trim().split('\n').length, 20);
    });

    it('gives the speedup beside a baseline that is as long as the work, with its interval', async () => {
      const { summary } = await run({
        function: 'functions.ts#busy',
        data: 'range:0:60',
        baseline: 'sample',
      });
      assert.equal(summary?.baseline.kind, 'sample');
      assert.ok((summary?.baseline.ms ?? 0) > 1000, 'busy for 60 x 20 ms');
      assert.ok((summary?.speedup ?? 0) > 0);
      const [low, high] = summary?.speedupInterval ?? [0, 0];
      assert.ok(low <= (summary?.speedup ?? 0) && (summary?.speedup ?? 0) <= high);
    });

    it('times every item for a full baseline', async () => {
      const { summary } = await run({ data: 'range:0:50', baseline: 'full' });
      assert.deepEqual([summary?.baseline.kind, summary?.baseline.items], ['full', 50]);
    });

    it('goes on without a baseline when a sampled item ends the process', async () => {
      const { summary, exitCode } = await run({
        function: 'functions.ts#exitsOn7',
        data: 'range:7:8',
        baseline: 'sample',
      });
      assert.equal(exitCode, 1);
      assert.equal(summary?.speedup, null);
      assert.match(summary?.baseline.note ?? '', /could not be timed/);
    });
  });

  describe('that is stopped', () => {
    it('keeps what was done, says so and ends with 130', async () => {
      const { exitCode, summary, rows, runDir, events } = await run(
        { function: 'functions.ts#slow', data: 'range:0:1000', chunk: 1 },
        (event, current) => {
          if (event.type === 'progress' && event.progress.done >= 4) current.stop();
        },
      );
      assert.equal(exitCode, 130);
      assert.equal(summary?.interrupted, true);
      assert.ok(rows.length >= 4 && rows.length < 1000);
      assert.equal(summary?.items, rows.length);
      assert.equal(summary?.failed, 0, 'an item that was stopped is no failed item');
      assert.equal(readSummary(runDir).interrupted, true);
      assert.ok(events.some((event) => event.type === 'phase' && event.phase === 'stopping'));
    });

    it('begins no further item, though its worker has them already', async () => {
      const file = join(folder(), 'begun');
      let stoppedAt = 0;
      const { exitCode, rows } = await run(
        { function: 'functions.ts#notesBegin', data: 'range:0:200', args: [file], chunk: 100 },
        (event, current) => {
          if (event.type !== 'progress' || event.progress.done < 2 || stoppedAt > 0) return;
          current.stop();
          stoppedAt = Date.now();
        },
      );
      assert.equal(exitCode, 130);
      const begun = readFileSync(file, 'utf8').trim().split('\n').map(Number);
      // Each of the two workers may have asked just before.
      assert.ok(begun.filter((time) => time > stoppedAt).length <= 2);
      assert.equal(rows.length, begun.length, 'an item that began is kept');
    });

    it('kills what does not end', async () => {
      const { exitCode, rows } = await run(
        { function: 'functions.ts#hangsOn3', data: 'range:3:4', workers: 1 },
        (event, current) => {
          if (event.type !== 'progress') return;
          if (event.progress.workers.some(({ state }) => state === 'working')) current.stop();
        },
      );
      assert.equal(exitCode, 130);
      assert.deepEqual(rows, []);
    });
  });
});
