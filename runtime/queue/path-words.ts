/** Paths of files in words of shared memory, each behind its length, which is 0 for none. */

/** Words of a path: 188 bytes, which is more than those of the family's folder need. */
export const PATH_WORDS = 48;

/** Some of them, one behind the other, `stride` words apart. Whoever reads or writes one holds the lock that guards it. */
export class PathWords {
  readonly #words: Int32Array;
  readonly #stride: number;
  readonly #texts: Buffer[];

  constructor(words: Int32Array, count: number, stride = PATH_WORDS) {
    this.#words = words;
    this.#stride = stride;
    this.#texts = Array.from({ length: count }, (_, i) =>
      Buffer.from(words.buffer, words.byteOffset + 4 * (i * stride + 1), 4 * (PATH_WORDS - 1)),
    );
  }

  has(which: number): boolean {
    return Atomics.load(this.#words, which * this.#stride) !== 0;
  }

  /** Empty where there is none. */
  get(which: number): string {
    const length = Atomics.load(this.#words, which * this.#stride);
    return length === 0 ? '' : (this.#texts[which] as Buffer).toString('latin1', 0, length);
  }

  /** There is none until the path is whole. */
  set(which: number, path: string): void {
    const at = which * this.#stride;
    Atomics.store(this.#words, at, 0);
    (this.#texts[which] as Buffer).write(path, 'latin1');
    Atomics.store(this.#words, at, path.length);
  }

  remove(which: number): void {
    Atomics.store(this.#words, which * this.#stride, 0);
  }
}
