import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readRun } from '../../../src/cli/read-run.ts';
import { groupByDay } from '../../../src/editor/past-runs/day-groups.ts';
import { readPastRun } from '../../../src/editor/past-runs/past-run.ts';
import { RunCache } from '../../../src/editor/past-runs/run-cache.ts';
import { listRuns } from '../../../src/editor/past-runs/run-list.ts';
import { abilities, runText } from '../../../src/editor/past-runs/run-text.ts';
import { parseLogLine, parseRow, readStoredRun } from '../../../src/editor/past-runs/stored-run.ts';
import { useBundle } from '../../../src/report/l10n.ts';
import { applyEvent, emptyModel } from '../../../src/report/model.ts';
import { eachStretch } from '../../../src/report/stretches.ts';
import { type EndedRun, runJob, temporaryFolders } from '../../job/harness.ts';
import { pseudo, untranslated } from '../../pseudo-language.ts';

const LISTED = { path: '/runs/x', name: '2026-01-31-120000-work', startedAt: 0 };

/** Values that are not names or times of the user's. */
function toldIn(facts: readonly (readonly [name: string, value: string])[]): string {
  const told = facts.filter(([name]) => /Items|Time|Speedup|State/.test(name));
  return told.map(([, value]) => value).join(' | ');
}

describe('a run on disk', () => {
  const folder = temporaryFolders();

  /** Items 3 and 13 of twenty fail; each writes a line. */
  async function run(items = 20): Promise<EndedRun> {
    const home = folder();
    const file = join(home, 'work.mjs');
    writeFileSync(
      file,
      "export function work(n) { console.log('at', n); if (n % 10 === 3) throw new RangeError('no ' + n); return { n }; }",
    );
    return runJob({
      ...{ function: `${file}#work`, data: `range:0:${items}`, runDir: join(home, 'run'), cwd: home },
    });
  }

  it('is shown as it was when it ran', async () => {
    const ended = await run();
    const live = ended.events.reduce(applyEvent, emptyModel());
    const { model, config } = await readStoredRun(ended.runDir);
    assert.equal(config?.data, 'range:0:20');
    assert.deepEqual([model.state, model.exitCode], [live.state, 1]);
    assert.deepEqual(model.header, JSON.parse(JSON.stringify(live.header)));
    assert.deepEqual(model.summary, JSON.parse(JSON.stringify(live.summary)));
    const byIndex = (rows: typeof live.results.rows) => [...rows].sort((a, b) => a.index - b.index);
    assert.deepEqual(byIndex(model.results.rows), byIndex(live.results.rows));
    assert.equal(model.results.rows.find(({ index }) => index === 7)?.input, '7');
    const texts = (lines: typeof live.output.lines) =>
      lines.map(({ text, item, worker }) => `${worker} ${item} ${text}`).sort();
    assert.deepEqual(texts(model.output.lines), texts(live.output.lines));
    const stretches = ({ timeline }: typeof live): string[] => {
      const all: string[] = [];
      eachStretch(timeline, 0, ({ worker, item, count, failed, computing, startup }) => {
        all.push([worker, item, count, failed, Math.round(computing + startup)].join());
      });
      return all.sort();
    };
    assert.deepEqual(stretches(model), stretches(live));
  });

  it('that broke off shows what it had finished, and can be resumed', async () => {
    const { runDir } = await run();
    rmSync(join(runDir, 'run.json'));
    rmSync(join(runDir, 'trace.json'));
    appendFileSync(join(runDir, 'results.jsonl'), '{"index":19,"ok":tr');
    const past = await readPastRun(runDir);
    assert.equal(past.kind, 'broken-off');
    assert.ok(abilities(past).includes('resumable'));
    const { model } = await readStoredRun(runDir);
    assert.deepEqual([model.state, model.failure?.code], ['failed', 'ERR_MANYCORE_BROKEN_OFF']);
    assert.deepEqual([model.progress?.done, model.progress?.failed, model.progress?.total], [20, 2, 20]);
    assert.equal(model.results.rows.length, 20);
  });

  it('is running while a living process holds its lock, and is then not shown', async () => {
    const { runDir } = await run(2);
    const lock = join(runDir, 'lock');
    writeFileSync(lock, `${process.ppid} ${hostname()}\n`);
    const past = await readPastRun(runDir);
    assert.deepEqual([past.kind, abilities(past)], ['running', ['running']]);
    await assert.rejects(readStoredRun(runDir), { code: 'ERR_MANYCORE_RUN_IS_RUNNING' });
    writeFileSync(lock, `${2 ** 22 + 1} ${hostname()}\n`);
    assert.equal((await readPastRun(runDir)).kind, 'done', 'what holds the lock is dead');
  });

  it('that is damaged or something else says what is wrong', async () => {
    const home = folder();
    const reads = async (files: Record<string, string>): Promise<string> => {
      const path = join(home, String(Object.keys(files)), String(Math.random()));
      mkdirSync(path, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
      const past = await readPastRun(path);
      assert.equal(past.kind, 'no-run');
      assert.equal(runText(LISTED, past).remark, past.note);
      return past.note ?? '';
    };
    assert.match(await reads({ 'notes.txt': '' }), /neither run\.json nor journal\.jsonl/);
    assert.match(await reads({ 'run.json': '{"version":2}' }), /version 2, made by a newer/);
    for (const text of ['{"version":1}', '{"ver', 'null', '[]', ''])
      assert.match(await reads({ 'run.json': text }), /damaged/);
    const { runDir } = await run(3);
    const summary = JSON.parse(readFileSync(join(runDir, 'run.json'), 'utf8'));
    for (const said of [
      1,
      {},
      { reason: 'x' },
      { reason: ['x'] },
      { reason: [{ text: 'x', values: [{}] }] },
    ]) {
      const text = JSON.stringify({ ...summary, verdict: { ...summary.verdict, said } });
      assert.match(await reads({ 'run.json': text }), /damaged/, text);
      writeFileSync(join(runDir, 'run.json'), text);
      assert.throws(() => readRun(runDir), /is no run: it is no summary of version 1/);
    }
    assert.match(await reads({ 'journal.jsonl': '{"version":1,"func' }), /before its first item/);
  });

  it('is read once as long as it stays as it is', async () => {
    const { runDir } = await run(3);
    const cache = new RunCache();
    const first = await cache.read(runDir);
    assert.equal(await cache.read(runDir), first);
    const file = join(runDir, 'run.json');
    const summary = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...summary, failed: 1 }));
    const second = await cache.read(runDir);
    assert.deepEqual([first.kind, second.kind], ['done', 'failed-items']);
  });

  it('tells in its row how it went and what can be done', async () => {
    const { runDir } = await run();
    const past = await readPastRun(runDir);
    const text = runText(LISTED, past);
    assert.equal(text.label, 'work');
    assert.match(text.description, /^[\d.]+ m?s on 2 · 2 failed$/);
    assert.deepEqual(text.context.split(' '), [
      'run',
      'deletable',
      'again',
      'ended',
      'verifiable',
      'failures',
    ]);
    assert.ok(text.facts.some(([name, value]) => name === 'Items' && value === '20 items, 2 failed'));
    const { summary } = past;
    assert.ok(summary !== null);
    const stopped = { ...past, kind: 'stopped', summary: { ...summary, interrupted: true } } as const;
    assert.ok(abilities(stopped).includes('resumable'));
    assert.match(runText(LISTED, stopped).description, /^stopped after 20 items · /);
    const fast = { ...past, summary: { ...summary, speedup: 1.94, wallMs: 3100, failed: 0 } };
    assert.equal(runText(LISTED, fast).description, '1.94x on 2 · 3.10 s');
    const again = { kind: 'only-failed', run: '/x', items: 2, failed: 2, functionChanged: false } as const;
    const ofFailed = { ...stopped, summary: { ...stopped.summary, earlier: again } };
    assert.ok(!abilities(ofFailed).includes('resumable'), 'what is left of its items is not known');
  });

  it('says nothing of its own in English in its row where there is a translation', async () => {
    const { runDir } = await run();
    const past = await readPastRun(runDir);
    const { summary } = past;
    assert.ok(summary !== null);
    const fast = { ...summary, speedup: 1.94, speedupInterval: [1.9, 1.97] } as const;
    const first = { index: 1, path: 'value', parallel: '1', alone: '2', repeatable: true };
    const verification = { checked: 20, of: 20, differences: 1, first: [first] };
    useBundle(pseudo);
    try {
      const nothing = await readPastRun(join(runDir, 'output'));
      const rows = [
        runText(LISTED, { ...past, kind: 'stopped', summary: { ...fast, interrupted: true } }),
        runText(LISTED, { ...past, kind: 'differs', summary: { ...fast, verification } }),
        runText(LISTED, { ...past, kind: 'running', summary: null, note: '1' }),
        runText(LISTED, { ...past, kind: 'broken-off', summary: null }),
        runText(LISTED, nothing),
      ];
      for (const { description, facts, remark, spoken, label } of rows) {
        const data = ['run', 'json', 'journal', 'jsonl', ...(label.match(/\p{L}+/gu) ?? [])];
        const said = [description, spoken, remark, ...facts.map(([name]) => name), toldIn(facts)];
        const english = said.flatMap(untranslated).filter((word) => !data.includes(word));
        assert.deepEqual(english, [], JSON.stringify(said));
      }
      const days = groupByDay([LISTED, { ...LISTED, startedAt: Date.now() }], Date.now());
      assert.deepEqual(
        days.flatMap(({ label }) => untranslated(label)),
        [],
      );
    } finally {
      useBundle(undefined);
    }
  });

  it('is found by the name of its folder, the newest first', async () => {
    const home = folder();
    const names = [
      '2026-01-31-120000-a',
      '2026-01-31-120000-a-10',
      '2026-01-31-120000-a-2',
      '2026-02-01-000000-b',
      '.hidden',
    ];
    for (const name of [...names, 'own']) mkdirSync(join(home, name));
    writeFileSync(join(home, 'file'), '');
    utimesSync(join(home, 'own'), 1, 1);
    assert.deepEqual(
      (await listRuns(home)).map(({ name }) => name),
      [
        '2026-02-01-000000-b',
        '2026-01-31-120000-a-10',
        '2026-01-31-120000-a-2',
        '2026-01-31-120000-a',
        'own',
      ],
    );
    assert.deepEqual(await listRuns(join(home, 'none')), []);
    await assert.rejects(listRuns(join(home, 'file')));
  });

  it('has rows and lines that are read as they were written', () => {
    const row = parseRow('{"index":7,"ok":true,"value":{"ms":1,"worker":2},"ms":0.5,"worker":3}');
    assert.deepEqual([row?.index, row?.value, row?.ms, row?.worker], [7, '{"ms":1,"worker":2}', 0.5, 3]);
    const failed = parseRow('{"index":8,"ok":false,"error":{"name":"E","message":"m"},"ms":1,"worker":-1}');
    assert.deepEqual([failed?.ok, failed?.error?.message], [false, 'm']);
    for (const torn of ['', '{"index":7,"ok":tr', 'null', '{"index":"x","ok":false}'])
      assert.equal(parseRow(torn), null);
    const time = '2026-01-31T12:00:00.000Z';
    assert.deepEqual(parseLogLine(`${time}  stderr  item 7  two  spaces`, 1), [
      { worker: 1, item: 7, stream: 'stderr', text: 'two  spaces', time: Date.parse(time) },
    ]);
    assert.deepEqual(parseLogLine(`${time}  stdout  -  `, 1)[0]?.item, null);
    assert.deepEqual(parseLogLine('something else', 1), []);
  });
});
