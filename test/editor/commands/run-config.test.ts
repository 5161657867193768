import assert from 'node:assert/strict';
import {
  FunctionMemory,
  MAX_DATASETS,
  MAX_FUNCTIONS,
  type Memory,
} from '../../../src/editor/commands/memory.ts';
import { resolveRunConfig } from '../../../src/editor/commands/resolve-run-config.ts';
import { checkRunRequest } from '../../../src/editor/commands/run-request.ts';

const target = { file: '/w/src/a.ts', exportName: 'f', cwd: '/w' };
const settings = {
  'manycore.workers': 0,
  'manycore.run.baseline': 'full',
  'manycore.run.sweep': true,
  'manycore.run.loader': 'auto',
} as const;
const node = { path: '/bin/node', version: '22.0.0', reason: 'first "node" on PATH', electron: false };

describe('the configuration of a run', () => {
  it('comes from the settings where nothing else was asked for', () => {
    assert.deepEqual(resolveRunConfig(target, 'a.csv', {}, settings, node), {
      ...{ function: 'src/a.ts#f', data: 'a.csv', cwd: '/w', workers: undefined },
      ...{ baseline: 'full', sweep: true, loader: 'auto', nodeReason: 'first "node" on PATH' },
    });
  });

  it('follows what was asked for before the settings', () => {
    const request = {
      workers: 3,
      baseline: 'off',
      typed: true,
      uri: 'file:///w/src/a.ts',
      ifRunning: 'stop',
    } as const;
    const config = resolveRunConfig(target, 'a.csv', request, settings, node);
    assert.deepEqual([config.workers, config.baseline, config.typed], [3, 'off', true]);
    assert.equal(config.sweep, false, 'a sweep needs a baseline');
    assert.ok(!('uri' in config) && !('ifRunning' in config));
  });
});

describe('an argument of the run command', () => {
  it('is taken when every field fits', () => {
    assert.doesNotThrow(() =>
      checkRunRequest({ file: 'a.ts', data: 'range:0:3', workers: 2, chunk: 'auto', args: [1] }),
    );
  });
  it('is refused with the field, what was received and what is wanted', () => {
    assert.throws(
      () => checkRunRequest({ workers: '2' }),
      /"workers" must be a whole number from 0, got "2" \(string\)/,
    );
    assert.throws(() => checkRunRequest({ baseline: 'half' }), /one of sample, full, off/);
    assert.throws(() => checkRunRequest({ toString: 1 }), /"toString" must be left out; known are uri, file/);
  });
});

describe('what is remembered of a function', () => {
  const store = (): Memory => {
    const map = new Map<string, unknown>();
    return {
      get: <T>(key: string) => map.get(key) as T | undefined,
      update: async (key, value) => void map.set(key, value),
    };
  };

  it('is the newest dataset first, each once, up to a limit', async () => {
    const memory = new FunctionMemory(store());
    for (let i = 0; i < MAX_DATASETS + 2; i++) await memory.rememberDataset('a#f', `range:0:${i}`);
    await memory.rememberDataset('a#f', 'range:0:4');
    assert.deepEqual(memory.datasets('a#f').slice(0, 2), ['range:0:4', 'range:0:6']);
    assert.equal(memory.datasets('a#f').length, MAX_DATASETS);
    assert.deepEqual(memory.datasets('a#g'), []);
  });

  it('forgets the function that was used longest ago', async () => {
    const memory = new FunctionMemory(store());
    for (let i = 0; i < MAX_FUNCTIONS; i++) await memory.rememberDataset(`a#f${i}`, 'x.csv');
    await memory.rememberDataset('a#f0', 'y.csv');
    await memory.rememberDataset('a#new', 'x.csv');
    assert.deepEqual(memory.datasets('a#f1'), []);
    assert.deepEqual(memory.datasets('a#f0'), ['y.csv', 'x.csv']);
  });
});
