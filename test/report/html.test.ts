import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { OutputLine, ResultRow, RunHeader, TimelineSpan } from '../../src/protocol/run.ts';
import { type ReportInput, renderReport } from '../../src/report/html.ts';
import { STYLE, STYLE_HASH } from '../../src/report/page/style.ts';
import { summarise } from '../../src/report/summary.ts';
import { runFacts, workerFacts } from './facts.ts';

const ATTACK = `</script><script>alert("1")</script><img src=x onerror='alert(2)'>&amp;`;

const header: RunHeader = {
  function: 'src/score.ts#score',
  file: '/project/src/score.ts',
  exportName: 'score',
  line: 12,
  dataset: { source: 'flights.json', kind: 'json', items: 18 },
  workers: { count: 2, reason: 'one for each CPU' },
  node: { version: 'v20.20.0', path: '/usr/bin/node', reason: 'first on PATH' },
  loader: { kind: 'native', reason: 'types can be stripped' },
  runDir: '/tmp/run',
  startedAt: 0,
};

const failed: ResultRow = {
  index: 7,
  ok: false,
  input: ATTACK,
  value: '',
  error: {
    name: 'TypeError',
    message: ATTACK,
    stack: ATTACK,
    at: { file: '/project/src/score.ts', line: 30, column: 5 },
  },
  ms: 3,
  worker: 2,
};

const span: TimelineSpan = { worker: 1, kind: 'computing', begin: 0, end: 10, item: 0, count: 1, failed: 0 };

function report(changes: Partial<ReportInput> = {}): string {
  return renderReport({
    summary: summarise(runFacts()),
    header,
    spans: [span],
    output: [],
    rows: [],
    ...changes,
  });
}

describe('HTML report', () => {
  it('shows the speedup, the verdict and every choice with its reason', () => {
    const text = report();
    for (const part of [
      '1.80x',
      'Worth it',
      'one for each CPU',
      'first on PATH',
      'types can be stripped',
      'flights.json',
      'v20.20.0',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it('names the hosts of an engine, and has the rows of one beside each other', () => {
    const workers = [1, 2, 3].map((worker) => workerFacts({ worker, host: worker === 2 ? 'a/7' : 'b/1' }));
    const spans = [1, 2, 3].map((worker) => ({ ...span, worker }));
    const text = report({ summary: summarise(runFacts({ workers })), spans });
    assert.ok(text.includes('<h2>Hosts</h2>'));
    const rows = [...text.matchAll(/>(Worker \d)<\/text>/g)].map(([, name]) => name);
    assert.deepEqual(rows, ['Worker 1', 'Worker 3', 'Worker 2']);
    assert.ok(!report().includes('<h2>Hosts</h2>') && !report().includes('<th>Host</th>'));
  });

  it('escapes whatever comes from the run, wherever it stands', () => {
    const text = report({
      header: {
        ...header,
        exportName: ATTACK,
        dataset: { ...header.dataset, source: ATTACK },
        runDir: ATTACK,
      },
      summary: {
        ...summarise(runFacts({ failed: 1, succeeded: 17, firstErrors: [failed] })),
        runDir: ATTACK,
      },
      rows: [failed, { ...failed, ok: true, index: 8, value: ATTACK, error: null }],
      output: [{ worker: 1, item: 1, stream: 'stderr', text: ATTACK, time: 0 }],
    });
    assert.ok(!/<script|<img|onerror='/i.test(text));
    assert.ok(text.includes('&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)'));
  });

  it('forbids scripts and the network, and allows its own style by hash alone', () => {
    assert.equal(
      STYLE_HASH,
      createHash('sha256').update(STYLE).digest('base64'),
      'the hash belongs to another style',
    );
    const text = report();
    assert.ok(
      text.includes(`default-src 'none'; style-src 'sha256-${STYLE_HASH}'`) ||
        text.includes(`style-src &#39;sha256-${STYLE_HASH}&#39;`),
    );
    assert.ok(!/<script|<link|https?:\/\/|url\(| style=/.test(text));
  });

  it('names failed items with their message and place, those with the same error together', () => {
    const at = { file: '/project/src/score.ts', line: 30, column: 5 };
    const first = { ...failed, error: { name: 'TypeError', message: 'no rating 17', at } };
    const twin = { ...failed, index: 9, error: { name: 'TypeError', message: 'no rating 18', at } };
    const text = report({
      summary: summarise(runFacts({ failed: 2, succeeded: 16, firstErrors: [first] })),
      rows: [first, twin],
    });
    assert.ok(text.includes('2 items failed'));
    assert.ok(text.includes('/project/src/score.ts:30:5'));
    assert.ok(text.includes('All with the same error'));
    assert.ok(text.includes('no rating 17') && text.includes('no rating 18'));
    assert.ok(text.includes('>7</td>') && text.includes('>9</td>'));
  });

  it('says what a run without items, without success, without baseline or without end has to say', () => {
    const nothing = {
      items: 0,
      succeeded: 0,
      wallMs: 0,
      workers: [],
      baseline: { kind: 'sample', times: [], of: 0 },
    } as const;
    assert.ok(
      report({ summary: summarise(runFacts(nothing)), spans: [] }).includes('the dataset has no items'),
    );
    const broken = report({
      summary: summarise(runFacts({ succeeded: 0, failed: 18, firstErrors: [failed] })),
    });
    assert.ok(broken.includes('Every item failed') && !broken.includes('1.80x'));
    assert.ok(
      report({ summary: summarise(runFacts({ baseline: { kind: 'off' } })) }).includes('Not measured'),
    );
    assert.ok(
      report({ summary: summarise(runFacts({ interrupted: true })) }).includes('stopped before its end'),
    );
  });

  it('folds the output of many workers up', () => {
    const lines = (workers: number) =>
      Array.from({ length: workers }, (_, worker) => ({
        ...{ worker: worker + 1, item: null, stream: 'stdout', text: 'said', time: 0 },
      })) as OutputLine[];
    assert.ok(
      report({ output: lines(17) }).includes('<details><summary>Output of 17 workers</summary><details>'),
    );
    assert.ok(!report({ output: lines(16) }).includes('Output of 16 workers'));
  });

  it('stays small with 128 workers and as many spans as are ever kept', () => {
    const spans = Array.from({ length: 20_000 }, (_, index) => ({
      ...span,
      worker: index % 128,
      begin: index,
      end: index + 0.5,
    }));
    assert.ok(report({ spans }).length < 2_000_000);
  });
});
