/** Items of a block. */
const BLOCK = 256;
/** Bytes of a key that are kept: enough for telling whether an item is another one. */
const KEY_BYTES = 8;

interface Block {
  /** For each item: 0 not finished; otherwise the number of its header * 4, + 1 succeeded or + 2 failed. */
  readonly states: Uint16Array;
  readonly keys: Buffer;
  finished: number;
}

function newBlock(): Block {
  return { states: new Uint16Array(BLOCK), keys: Buffer.alloc(BLOCK * KEY_BYTES), finished: 0 };
}

/** Which items of a run are finished, in about 10 bytes for each; whether they failed, and the keys that tell what they were. */
export class FinishedItems {
  readonly #blocks: (Block | undefined)[] = [];
  succeeded = 0;
  failed = 0;
  /** Behind the last one. */
  end = 0;

  get count(): number {
    return this.succeeded + this.failed;
  }

  /** `header` says which header of the journal the key belongs to. An item that is noted already is noted anew. */
  add(index: number, key: string, ok: boolean, header: number): void {
    this.delete(index);
    const number = Math.floor(index / BLOCK);
    const block = this.#blocks[number] ?? newBlock();
    this.#blocks[number] = block;
    block.states[index % BLOCK] = header * 4 + (ok ? 1 : 2);
    Buffer.from(key, 'base64url').copy(block.keys, (index % BLOCK) * KEY_BYTES, 0, KEY_BYTES);
    block.finished++;
    if (ok) this.succeeded++;
    else this.failed++;
    this.end = Math.max(this.end, index + 1);
  }

  delete(index: number): void {
    const block = this.#blocks[Math.floor(index / BLOCK)];
    const state = block?.states[index % BLOCK] ?? 0;
    if (block === undefined || state === 0) return;
    block.states[index % BLOCK] = 0;
    block.finished--;
    if (state % 4 === 1) this.succeeded--;
    else this.failed--;
  }

  has(index: number): boolean {
    return this.#state(index) !== 0;
  }

  hasFailed(index: number): boolean {
    return this.#state(index) % 4 === 2;
  }

  /** Number of the header of the journal that a finished item's key belongs to. */
  headerOf(index: number): number {
    return this.#state(index) >> 2;
  }

  isKey(index: number, key: string): boolean {
    const kept = this.#blocks[Math.floor(index / BLOCK)]?.keys;
    const at = (index % BLOCK) * KEY_BYTES;
    const bytes = Buffer.from(key, 'base64url');
    return kept?.compare(bytes, 0, KEY_BYTES, at, at + KEY_BYTES) === 0;
  }

  /** Index of the item at this position of those that are not finished. */
  unfinishedAt(position: number): number {
    let left = position;
    for (let number = 0; number < this.#blocks.length; number++) {
      const open = BLOCK - (this.#blocks[number]?.finished ?? 0);
      if (left >= open) {
        left -= open;
        continue;
      }
      for (let index = number * BLOCK; ; index++) if (!this.has(index) && left-- === 0) return index;
    }
    return this.#blocks.length * BLOCK + left;
  }

  /** Indices of those that failed, in order. */
  *failedItems(): Generator<number> {
    for (const [number, block] of this.#blocks.entries()) {
      for (let i = 0; i < (block?.finished ? BLOCK : 0); i++) {
        if (this.hasFailed(number * BLOCK + i)) yield number * BLOCK + i;
      }
    }
  }

  #state(index: number): number {
    return this.#blocks[Math.floor(index / BLOCK)]?.states[index % BLOCK] ?? 0;
  }
}
