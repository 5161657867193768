import assert from 'node:assert/strict';
import { ChunkInput, CUT, itemAt, PAUSE } from '../../src/engine/chunk-input.ts';
import { ALL_ITEMS, type Choice } from '../../src/job/choice.ts';
import { StopSwitch } from '../../src/job/stop.ts';

describe('the input of a run on an engine', () => {
  const inputOf = (
    items: Iterable<unknown> | AsyncIterable<unknown>,
    choice: Choice = ALL_ITEMS,
  ): { input: ChunkInput; stop: StopSwitch } => {
    const stop = new StopSwitch();
    return { input: new ChunkInput({ items, choice, total: null, stop }), stop };
  };
  const sizeOf = async (taken: ReturnType<ChunkInput['take']>) => {
    const { items, paused } = await taken;
    return [items.length, paused];
  };

  it('fills chunks, and ends with a smaller one', async () => {
    const { input } = inputOf(['a', 'b', 'c']);
    assert.deepEqual(await input.take(2), { indices: [0, 1], items: ['a', 'b'], paused: false });
    assert.equal(input.ended, false);
    assert.deepEqual(await input.take(2), { indices: [2], items: ['c'], paused: false });
    assert.deepEqual([input.ended, input.total, input.left], [true, 3, 0]);
  });

  it('gives what is there when an item lets itself be waited for, and that item later', async () => {
    let come = (): void => {};
    const waited = new Promise<void>((resolve) => {
      come = resolve;
    });
    const { input } = inputOf(
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
    assert.deepEqual([input.ended, input.total], [true, 2]);
  });

  it('ends chunks where its items say so', async () => {
    const { input } = inputOf([1, CUT, 2, PAUSE, 3]);
    assert.deepEqual(await sizeOf(input.take(10)), [1, false]);
    assert.deepEqual(await sizeOf(input.take(10)), [1, true]);
    assert.deepEqual(await sizeOf(input.take(10)), [1, false]);
  });

  for (const isAsync of [false, true]) {
    const kind = isAsync ? 'items that let themselves be waited for' : 'items that are there';
    const closable = () => {
      const source = { closed: false, items: [] as unknown as Iterable<number> | AsyncIterable<number> };
      source.items = isAsync
        ? (async function* () {
            try {
              for (let item = 0; ; item++) yield item;
            } finally {
              source.closed = true;
            }
          })()
        : (function* () {
            try {
              for (let item = 0; ; item++) yield item;
            } finally {
              source.closed = true;
            }
          })();
      return source;
    };

    it(`takes what is chosen, knows each index, and closes ${kind} behind the last`, async () => {
      const source = closable();
      const choice = { ...ALL_ITEMS, last: 4, takes: (index: number) => index % 2 === 0 };
      const { input } = inputOf(source.items, choice);
      const taken = await input.take(10);
      assert.deepEqual(taken, { indices: [0, 2, 4], items: [0, 2, 4], paused: false });
      assert.deepEqual([input.ended, input.total, source.closed], [true, 3, true]);
      assert.deepEqual(
        taken.indices.map((index) => itemAt(taken, index)),
        taken.items,
      );
    });

    it(`closes ${kind} when the run is stopped`, async () => {
      const source = closable();
      const { input, stop } = inputOf(source.items);
      await input.take(2);
      stop.stop({ kind: 'user' });
      await input.take(2);
      assert.deepEqual([input.ended, input.total, source.closed], [true, null, true]);
    });
  }

  it('stops the run when its items cannot be read', async () => {
    const failing = (function* () {
      yield 1;
      throw new Error('torn');
    })();
    const { input, stop } = inputOf(failing);
    assert.deepEqual((await input.take(10)).items, [1]);
    assert.equal(stop.reason?.kind, 'failure');
    assert.equal(input.ended, true);
  });
});
