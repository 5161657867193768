import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleFolder } from '../examples/running.ts';
import { Cluster, type Started, until } from './harness.ts';

/** As the README of each says, on fewer items. */
const EXAMPLES = [
  ['monte-carlo', 'percolation.ts#percolationTrial', 'range:0:300'],
  ['flights', 'expected-delay.ts#expectedDelay', '../../node_modules/vega-datasets/data/flights-2k.json'],
  [
    'images',
    'describe-image.ts#describeImage',
    'glob:../../node_modules/@lobehub/fluent-emoji-3d/assets/*.webp',
  ],
] as const;

describe('the examples on the hosts of an engine', function () {
  this.timeout(120_000);

  for (const [name, target, data] of EXAMPLES) {
    it(`${name} gives with one, two and four hosts what it gives on this machine`, async () => {
      await using cluster = new Cluster();
      await cluster.open();
      const folder = exampleFolder(name);
      const outcomes = async (run: string, ...more: string[]): Promise<unknown[]> => {
        const dir = join(cluster.folder, run);
        const given = ['--data', data, '--limit', '60', '--baseline', 'off', '--run-dir', dir, ...more];
        const { code, output } = await cluster.run(['run', target, ...given], { cwd: folder }).ended;
        assert.equal(code, 0, output);
        return readFileSync(join(dir, 'results.jsonl'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
          .map(({ index, ok, value }) => ({ index, ok, value }))
          .sort((a, b) => a.index - b.index);
      };
      const local = await outcomes('local');
      assert.equal(local.length, 60);
      const hosts: Started[] = [];
      for (const count of [1, 2, 4]) {
        while (hosts.length < count) {
          const host = cluster.run(['worker', '--engine', cluster.url, '--workers', '1'], { cwd: folder });
          await until(() => host.output().includes('waiting for runs'));
          hosts.push(host);
        }
        assert.deepEqual(await outcomes(`hosts-${count}`, '--engine', cluster.url), local);
      }
    });
  }
});
