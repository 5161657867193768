/** What can be tried elsewhere of the code for Windows: numbers and layouts. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Foreign, foreign } from '../../../runtime/native/foreign.ts';
import { halves, mappingMemory, regionSize } from '../../../runtime/native/windows.ts';

describe('the code for Windows', () => {
  it('hands over a size as two words', () => {
    assert.deepEqual(halves(1), [0, 1]);
    assert.deepEqual(halves(2 ** 32 - 1), [0, 0xffff_ffff]);
    assert.deepEqual(halves(3 * 2 ** 32 + 4096), [3, 4096]);
  });

  it('reads the size of a region from what VirtualQuery tells', () => {
    const information = new Uint8Array(48).fill(0xff);
    information.set([0, 0x10, 0, 0, 2, 0, 0, 0], 24);
    assert.equal(regionSize(information), 2 * 2 ** 32 + 4096);
  });

  it('names the function that a system does not have', function () {
    if (process.platform === 'win32') this.skip();
    assert.throws(() => mappingMemory(foreign() as Foreign), /CreateFileMappingW/);
  });
});
