import assert from 'node:assert/strict';
import { parseArgs, parseChunk, parseNumber, parseSize } from '../../src/cli/run-options.ts';
import { checkConfig, parseMaxErrors } from '../../src/job/check-config.ts';

describe('options of manycore run', () => {
  it('takes sizes with units', () => {
    assert.deepEqual(['1024', '512M', '1.5GB', '2GiB', '64 kb'].map(parseSize), [
      1024,
      512 * 1024 ** 2,
      1.5 * 1024 ** 3,
      2 * 1024 ** 3,
      64 * 1024,
    ]);
    assert.throws(() => parseSize('much'), /512M/);
  });

  it('takes whole numbers only', () => {
    assert.equal(parseNumber('12'), 12);
    for (const text of ['1.5', 'x', '', '1e3']) assert.throws(() => parseNumber(text));
    assert.equal(parseChunk('auto'), 'auto');
  });

  it('takes an array of arguments', () => {
    assert.deepEqual(parseArgs('[1,{"a":2}]'), [1, { a: 2 }]);
    assert.throws(() => parseArgs('{"a":2}'), /JSON array/);
    assert.throws(() => parseArgs('[1,'), /not JSON/);
  });

  it('takes a number or a share of errors', () => {
    assert.deepEqual(parseMaxErrors('20'), { count: 20 });
    assert.deepEqual(parseMaxErrors('2.5%'), { share: 0.025 });
    for (const text of ['0', '101%', 'x', '1.5']) assert.throws(() => parseMaxErrors(text), { exitCode: 2 });
  });

  const base = { function: 'a.ts', data: 'range:0:1', cwd: '/' };
  for (const [name, wrong] of Object.entries({
    'no workers': { workers: 0 },
    'half a worker': { workers: 1.5 },
    'a chunk of nothing': { chunk: 0 },
    'no time': { timeout: 0 },
    'a format that is not there': { out: 'out.xlsx' },
    'a relative working directory': { cwd: 'here' },
    'a profile of hosts elsewhere': { engine: 'redis://h', cpuProf: true },
  })) {
    it(`refuses ${name}, and says what was given`, () => {
      assert.throws(
        () => checkConfig({ ...base, ...wrong }),
        (error: Error & { exitCode?: number }) =>
          error.exitCode === 2 &&
          error.message.includes(String(Object.values(wrong)[0]).replace('redis://h', '--engine')),
      );
    });
  }
});
