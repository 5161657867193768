import assert from 'node:assert/strict';
import { checkResults } from '../../bench/measures/items.ts';
import { readOptions } from '../../bench/options.ts';
import { judge } from '../../bench/report/goals.ts';
import type { WorkloadRecord } from '../../bench/report/record.ts';
import { workloadSection } from '../../bench/report/table.ts';
import { workloads } from '../../bench/workloads.ts';

describe('the goals', () => {
  it('compare with the best of the peers that they name', () => {
    const [goal] = judge(
      record('noop-100k', { manycore: [10], 'python-pool': [20], 'piscina-chunked': [40] }),
    );
    assert.equal(goal?.shown, '0.500 x python-pool');
    assert.equal(goal?.reached, true);
  });

  it('are judged by the median of the repeats', () => {
    const [goal] = judge(record('shutdown', { manycore: [1, 6, 100] }));
    assert.deepEqual([goal?.shown, goal?.reached], ['6.00 ms', false]);
  });

  it('say nothing where nothing was measured to compare with', () => {
    assert.deepEqual(judge(record('noop-100k', { manycore: [10] })), []);
  });
});

describe('the table', () => {
  it('puts the fastest first and tells what failed and what was scaled', () => {
    const workload = workloads.find(({ name }) => name === 'noop-100k');
    assert.ok(workload);
    const lines = workloadSection(
      record('noop-100k', { tinypool: [300], manycore: [100], poolifier: [] }),
      workload,
    ).split('\n');
    const rows = lines.filter((line) => line.startsWith('| ')).slice(2);
    assert.deepEqual(
      rows.map((row) => row.split(' ')[1]),
      ['manycore', 'tinypool', 'poolifier'],
    );
    assert.match(rows[1] ?? '', /3\.00.*50 of 100 items run, scaled up/);
    assert.match(rows[2] ?? '', /failed 1 x: no answer/);
  });
});

describe('results', () => {
  it('that are not those of the items are refused', () => {
    assert.throws(() => checkResults('noop', [1, 2], [1]), /1 results for 2 items/);
    assert.throws(() => checkResults('noop', [1, 2], [1, 1]), /wrong result for item 1/);
    assert.throws(() => checkResults('makeArray', [1], [[1]]), /wrong result/);
  });
});

describe('the options', () => {
  it('take several names and refuse others by what there is', () => {
    const { workloads: chosen } = readOptions(['--only', 'pareto,noop-100k']);
    assert.deepEqual(chosen.map(({ name }) => name).sort(), ['noop-100k', 'pareto']);
    assert.throws(() => readOptions(['--systems', 'pisc']), /--systems pisc: not one of manycore,/);
    assert.throws(() => readOptions(['--repeats', '0']), /at least 1/);
  });
});

/** A record of 100 items, of which tinypool ran 50. */
function record(workload: string, values: Record<string, readonly number[]>): WorkloadRecord {
  return {
    ...{ workload, date: '2024-01-01T00:00', workers: 2, repeats: 3, quick: false, count: 100, load: [0, 0] },
    machine: {
      ...{ cpu: 'a CPU', cores: 2, memoryGB: 4, system: 'an OS', node: 'v20', python: null },
      ...{ packages: {}, commit: 'abc' },
    },
    results: Object.entries(values).map(([system, all]) => ({
      system,
      readings: all.map((value) => ({ value, ran: system === 'tinypool' ? 50 : 100, extra: {} })),
      ...{ efficiency: [], sideBySide: [], errors: all.length === 0 ? ['no answer'] : [] },
    })),
  };
}
