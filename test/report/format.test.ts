import assert from 'node:assert/strict';
import {
  formatBytes,
  formatMs,
  formatRate,
  formatShare,
  formatSpeedup,
  formatSpeedupInterval,
  formatTick,
  plural,
} from '../../src/report/format.ts';
import { plainText } from '../../src/report/plain-text.ts';
import { axisTicks } from '../../src/report/ticks.ts';

describe('numbers for people', () => {
  for (const [ms, text] of [
    [0, '0 ms'],
    [0.0042, '4.20 µs'],
    [0.9996, '1.00 ms'],
    [12.34, '12.3 ms'],
    [999.6, '1.00 s'],
    [3140, '3.14 s'],
    [59_960, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [11_520_000, '3 h 12 min'],
  ] as const) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatMs(ms), text));
  }

  it('leaves needless zeros out on an axis only', () => {
    assert.deepEqual([500, 1000, 1500, 2250].map(formatTick), ['500 ms', '1 s', '1.5 s', '2.25 s']);
  });

  it('writes ratios, shares, rates, sizes and counts', () => {
    assert.deepEqual([1.944, 9.996, 64.04, 120].map(formatSpeedup), ['1.94x', '10.0x', '64.0x', '120x']);
    assert.deepEqual([0, 0.0049, 0.005].map(formatSpeedup), ['< 0.01x', '< 0.01x', '0.01x']);
    assert.equal(formatSpeedupInterval([1.9, 1.984]), '1.90x to 1.98x');
    assert.equal(formatSpeedupInterval([0.001, 0.004]), '< 0.01x');
    assert.deepEqual([0, 0.0001, 0.0123, 0.42, 1].map(formatShare), [
      '0 %',
      '< 0.1 %',
      '1.2 %',
      '42 %',
      '100 %',
    ]);
    assert.deepEqual([0, 3.25, 1234.5].map(formatRate), ['0/s', '3.25/s', '1,235/s']);
    assert.deepEqual([0, 999, 91_000_000].map(formatBytes), ['0.00 B', '999 B', '91.0 MB']);
    assert.deepEqual(
      [plural(1, 'item'), plural(1200, 'item'), plural(2, 'copy', 'copies')],
      ['1 item', '1,200 items', '2 copies'],
    );
  });

  it('puts round numbers on an axis', () => {
    assert.deepEqual(axisTicks(2.1, 4), [0, 1, 2]);
    assert.deepEqual(axisTicks(1000, 4), [0, 500, 1000]);
    assert.deepEqual(axisTicks(0), [0]);
  });

  it('takes colours and control characters out of text', () => {
    assert.equal(plainText('\u001b[31mred\u001b[0m \u001b]0;title\u0007end\u0000\ttab'), 'red end\ttab');
    assert.equal(plainText('\ud800 alone'), '\ufffd alone');
  });
});
