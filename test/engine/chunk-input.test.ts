import assert from 'node:assert/strict';
import { ChunkInput, CUT, PAUSE } from '../../src/engine/chunk-input.ts';
import { ALL_ITEMS } from '../../src/job/choice.ts';
import { StopSwitch } from '../../src/job/stop.ts';
import { packItem } from '../../src/job/task-text.ts';

describe('the input of a run on an engine', () => {
  const inputOf = (items: Iterable<unknown> | AsyncIterable<unknown>) => {
    const taken: unknown[] = [];
    const input = new ChunkInput({
      ...{ items, choice: ALL_ITEMS, total: null, pack: packItem },
      stop: new StopSwitch(),
      onTaken: (index, item) => void taken.push([index, item]),
    });
    return { input, taken };
  };
  const sizeOf = async (taken: ReturnType<ChunkInput['take']>) => {
    const { chunk, paused } = await taken;
    return [chunk.length, paused];
  };

  it('fills chunks, and ends with a smaller one', async () => {
    const { input, taken } = inputOf(['a', 'b', 'c']);
    assert.deepEqual(await sizeOf(input.take(2)), [2, false]);
    assert.deepEqual(await sizeOf(input.take(2)), [1, false]);
    assert.deepEqual([input.ended, input.total, input.left], [true, 3, 0]);
    assert.deepEqual(taken, [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ]);
  });

  it('gives what is there when an item lets itself be waited for, and that item later', async () => {
    let come = (): void => {};
    const waited = new Promise<void>((resolve) => {
      come = resolve;
    });
    const { input, taken } = inputOf(
      (async function* () {
        yield 1;
        await waited;
        yield 2;
      })(),
    );
    assert.deepEqual(await sizeOf(input.take(10)), [1, true]);
    assert.deepEqual(await sizeOf(input.take(10)), [0, true]);
    come();
    assert.deepEqual(await sizeOf(input.take(1)), [1, false]);
    assert.equal(input.ended, false);
    assert.deepEqual(await sizeOf(input.take(1)), [0, false]);
    assert.deepEqual([input.ended, taken.length], [true, 2]);
  });

  it('ends chunks where its items say so', async () => {
    const { input } = inputOf([1, CUT, 2, PAUSE, 3]);
    assert.deepEqual(await sizeOf(input.take(10)), [1, false]);
    assert.deepEqual(await sizeOf(input.take(10)), [1, true]);
    assert.deepEqual(await sizeOf(input.take(10)), [1, false]);
  });
});
