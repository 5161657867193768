import { closeSync, openSync, writeSync } from 'node:fs';
import { JobError } from './errors.ts';

/** Characters that are kept before they are written. */
const BATCH = 256 * 1024;

export interface LineFileOptions {
  readonly flag?: 'w' | 'wx' | 'a';
  readonly onFull?: () => void;
  readonly encoding?: 'utf8' | 'latin1';
}

/**
 * A file that grows by whole lines. Lines are put together and written in one synchronous call: the disk holds the
 * writer back by itself, memory is bounded by one batch, and what `flush()` has written survives the end of the process.
 */
export class LineFile implements Disposable {
  readonly path: string;
  #descriptor: number | undefined;
  #batch = '';
  readonly #onFull: (() => void) | undefined;
  readonly #encoding: 'utf8' | 'latin1';

  /**
   * Creates the file or, with flag `a`, goes on with it. `onFull` runs instead of `flush()` when a batch is full. With encoding
   * `latin1` each character is a byte: what came as bytes stays what it was.
   */
  constructor(path: string, options: LineFileOptions = {}) {
    this.path = path;
    this.#onFull = options.onFull;
    this.#encoding = options.encoding ?? 'utf8';
    try {
      this.#descriptor = openSync(path, options.flag ?? 'w');
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  /** Appends one line or more; the last one ends with a line feed too. */
  append(lines: string): void {
    this.#batch += lines;
    if (this.#batch.length < BATCH) return;
    if (this.#onFull) this.#onFull();
    else this.flush();
  }

  /** Writes what was appended. Throws a `JobError` when the disk does not take it. */
  flush(): void {
    if (this.#batch === '' || this.#descriptor === undefined) return;
    const bytes = Buffer.from(this.#batch, this.#encoding);
    this.#batch = '';
    try {
      for (let offset = 0; offset < bytes.length; ) {
        offset += writeSync(this.#descriptor, bytes, offset, bytes.length - offset);
      }
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    try {
      this.flush();
    } finally {
      closeSync(this.#descriptor);
      this.#descriptor = undefined;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A file of a run that cannot be written, with what to do: exit code 3 when the disk is at fault, 2 when the place is. */
export function writeFailure(path: string, error: unknown): JobError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  const diskFull = code === 'ENOSPC' || code === 'EDQUOT';
  const wrongPlace = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST'].includes(code);
  return new JobError('ERR_MANYCORE_WRITE', `Cannot write ${path}: ${reason}`, {
    exitCode: wrongPlace ? 2 : 3,
    hint: diskFull
      ? 'The disk is full: free some space, or choose another place with --run-dir.'
      : 'Choose a folder that you may write to with --run-dir, --out or --report.',
    cause: error,
  });
}
