import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { locate } from '../../../runtime/values/reference.ts';

describe('the place of a function', () => {
  it('is waited for once while its module is being evaluated, and certain afterwards', async () => {
    const { square, first, second } = await import('../../fixtures/runtime/locates-at-top-level.ts');
    assert.deepEqual([first.name, first.source], ['square', String(square)]);
    assert.equal(second, first);
    await new Promise(setImmediate);
    const { name, source } = await locate(square, []);
    assert.deepEqual([name, source], ['square', undefined]);
  });
});
