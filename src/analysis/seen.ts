import type { ts } from 'ts-morph';

/** Deeper than this, files are listed instead of what has looked at them. */
const MAX_DEPTH = 200;

/**
 * Files that were looked at to find something: one file, or those of all that it was found from. Thousands of facts look at the
 * same hundreds of files, so the parts are shared and not copied.
 */
export class Seen {
  readonly #file: ts.SourceFile | undefined;
  readonly #parts: readonly Seen[];
  readonly depth: number;
  /** The program that they were compared with last, and whether it has all of them. */
  #round = -1;
  #isWithin = false;

  constructor(file: ts.SourceFile | undefined, parts: readonly Seen[]) {
    this.#file = file;
    this.#parts = parts;
    this.depth = parts.reduce((depth, part) => Math.max(depth, part.depth), 0) + 1;
  }

  /** True when all of these files, as the objects that they are, are among those of a program. `round` is its number. */
  isWithin(files: ReadonlySet<ts.SourceFile>, round: number): boolean {
    if (this.#round !== round) {
      this.#round = round;
      this.#isWithin = (this.#file === undefined || files.has(this.#file)) && this.#areWithin(files, round);
    }
    return this.#isWithin;
  }

  /** A loop and no callback: it is asked for tens of thousands of parts at each edit. */
  #areWithin(files: ReadonlySet<ts.SourceFile>, round: number): boolean {
    for (const part of this.#parts) if (!part.isWithin(files, round)) return false;
    return true;
  }

  /** Adds what stands for each single file. */
  collect(single: Set<Seen>, done: Set<Seen>): void {
    if (done.has(this)) return;
    done.add(this);
    if (this.#file !== undefined) single.add(this);
    for (const part of this.#parts) part.collect(single, done);
  }
}

/** No file. */
export const NOTHING = new Seen(undefined, []);

/** What stands for a file is the same object each time. */
const single = new WeakMap<ts.SourceFile, Seen>();

function seenFile(file: ts.SourceFile): Seen {
  let seen = single.get(file);
  if (seen === undefined) {
    seen = new Seen(file, []);
    single.set(file, seen);
  }
  return seen;
}

/** Gathers what is looked at while something is found. Mostly that is one file. */
export class Look {
  #first: Seen | undefined;
  #all: Set<Seen> | undefined;

  atFile(file: ts.SourceFile): void {
    this.at(seenFile(file));
  }

  at(seen: Seen): void {
    if (seen === NOTHING || seen === this.#first) return;
    if (this.#first === undefined) this.#first = seen;
    else {
      this.#all ??= new Set([this.#first]);
      this.#all.add(seen);
    }
  }

  close(): Seen {
    if (this.#all === undefined) return this.#first ?? NOTHING;
    const seen = new Seen(undefined, [...this.#all]);
    if (seen.depth <= MAX_DEPTH) return seen;
    const files = new Set<Seen>();
    seen.collect(files, new Set());
    return new Seen(undefined, [...files]);
  }
}
