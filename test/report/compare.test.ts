import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { RunSummary } from '../../src/protocol/run.ts';
import { compareRuns, comparisonHeadline } from '../../src/report/compare.ts';
import { renderComparison } from '../../src/report/comparison-page.ts';
import { summarise } from '../../src/report/summary.ts';
import { runFacts, workerFacts } from './facts.ts';

describe('two runs beside each other', () => {
  const first = { ...summarise(runFacts()), functionHash: 'a' };
  const facts = (second: typeof first) =>
    new Map(compareRuns(first, second).map(({ name, ...fact }) => [name, fact] as const));

  it('differ in nothing when they are the same', () => {
    assert.deepEqual(
      [...facts(first).values()].filter(({ differs }) => differs),
      [],
    );
  });

  it('differ in what was run and in how long an item took', () => {
    const workers = [workerFacts({ busyMs: 1800 })];
    const second = { ...summarise(runFacts({ workers, dataset: 'other.csv' })), functionHash: 'b' };
    const compared = facts(second);
    const code = { group: 'setup', first: 'a', second: 'b', differs: true, ratio: null };
    assert.deepEqual(compared.get('code'), { ...code, change: 'other', numbers: null });
    assert.equal(compared.get('dataset')?.second, 'other.csv');
    const item = compared.get('computing an item');
    assert.deepEqual([item?.first, item?.second, item?.ratio], ['100 ms', '200 ms', 2]);
    assert.equal(compared.get('Node')?.differs, false);
  });

  it('are better or worse only where intervals or the noise of runs bear that', () => {
    const sampled = (ms: number, spread: number) =>
      summarise(
        runFacts({
          wallMs: ms * 10,
          baseline: { kind: 'sample', times: [ms - spread, ms, ms + spread, ms], of: 18 },
        }),
      );
    const change = (a: RunSummary, b: RunSummary, name: string) =>
      compareRuns(a, b).find((fact) => fact.name === name)?.change;
    assert.equal(change(sampled(100, 1), sampled(50, 1), 'an item alone'), 'better');
    assert.equal(change(sampled(50, 1), sampled(100, 1), 'an item alone'), 'worse');
    assert.equal(change(sampled(100, 30), sampled(90, 30), 'an item alone'), 'unclear');
    assert.equal(change(sampled(100, 1), sampled(97, 1), 'time in all'), 'unclear');
    assert.equal(change(sampled(100, 1), sampled(50, 1), 'time in all'), 'better');
    assert.equal(change(first, { ...first, workers: 4 }, 'workers'), 'other');
    assert.equal(change(first, { ...first, failed: 1 }, 'failed'), 'worse');
    assert.equal(change(first, { ...first, dataset: 'b', wallMs: 10 }, 'time in all'), 'other');
  });

  it('have a headline that names the faster one, and compares rates where the work differs', () => {
    const slower = { ...first, wallMs: 2 * first.wallMs };
    assert.deepEqual(comparisonHeadline(slower, first), {
      change: 'better',
      value: '2.00x as fast',
      text: '18 items took 1.00 s instead of 2.00 s.',
    });
    assert.equal(comparisonHeadline(first, slower).value, '2.00x as long');
    assert.equal(comparisonHeadline(first, { ...first, wallMs: first.wallMs * 1.02 }).change, 'unclear');
    const half = { ...first, perWorker: first.perWorker.slice(0, 1), wallMs: first.wallMs / 4 };
    const other = comparisonHeadline(first, half);
    assert.deepEqual([other.change, other.value], ['better', '2.00x as fast']);
    assert.match(other.text, /different work, 18 items in 1.00 s and 9 in 250 ms/);
    assert.equal(comparisonHeadline(first, { ...first, perWorker: [] }).change, 'other');
  });

  it('are shown as a page that escapes what they hold, and allows its own style by hash alone', () => {
    const evil = { ...first, function: 'a.ts#<img onerror=x>', dataset: '"><script>', workers: 3 };
    const page = renderComparison(first, evil, {
      first: 'command:a',
      second: 'command:b',
      swap: 'command:c',
    });
    assert.ok(!page.includes('<img') && !page.includes('<script'));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(
      ([, style = '']) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    );
    assert.equal(styles.length, 2);
    assert.equal(
      policy,
      `default-src 'none'; style-src ${styles.join(' ')}; base-uri 'none'; form-action 'none'`,
    );
    assert.ok(!/ style="/.test(page), 'inline styles are forbidden');
    assert.match(page, /Workers<\/th><td>2<\/td><td>3/);
    assert.ok(!renderComparison(first, first).includes('<a '), 'no links without any given');
  });
});
