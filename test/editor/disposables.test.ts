import assert from 'node:assert/strict';
import { DisposableStore } from '../../src/editor/disposables.ts';

describe('a store of disposables', () => {
  it('closes the newest first, each once', () => {
    const closed: number[] = [];
    const store = new DisposableStore();
    for (const each of [1, 2, 3]) store.add({ dispose: () => closed.push(each) });
    store.dispose();
    store.dispose();
    assert.deepEqual(closed, [3, 2, 1]);
  });

  it('closes what is added after its end at once', () => {
    let closed = false;
    const store = new DisposableStore();
    store.dispose();
    store.add({ dispose: () => (closed = true) });
    assert.ok(closed);
  });

  it('closes the others when one fails to close, and throws its error', () => {
    let closed = false;
    const store = new DisposableStore();
    store.add({ dispose: () => (closed = true) });
    store.add({
      dispose: () => {
        throw new Error('stuck');
      },
    });
    assert.throws(() => store.dispose(), /stuck/);
    assert.ok(closed);
  });
});
