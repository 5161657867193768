import { closeSync, openSync, writeSync } from 'node:fs';
import { JobError } from './errors.ts';

/** Characters that are kept before they are written. */
const BATCH = 256 * 1024;

/**
 * A file that grows by whole lines. Lines are put together and written in one synchronous call: the disk holds the
 * writer back by itself, memory is bounded by one batch, and what `flush()` has written survives the end of the process.
 */
export class LineFile implements Disposable {
  readonly path: string;
  #descriptor: number | undefined;
  #batch = '';
  #onFull: (() => void) | undefined;

  /** Creates the file or, with flag `a`, goes on with it. `onFull` runs instead of `flush()` when a batch is full. */
  constructor(path: string, options: { flag?: 'w' | 'wx' | 'a'; onFull?: () => void } = {}) {
    this.path = path;
    this.#onFull = options.onFull;
    try {
      this.#descriptor = openSync(path, options.flag ?? 'w');
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  /** Appends `line`, which ends with a line feed. */
  append(line: string): void {
    this.#batch += line;
    if (this.#batch.length < BATCH) return;
    if (this.#onFull) this.#onFull();
    else this.flush();
  }

  /** Writes what was appended. Throws a `JobError` when the disk does not take it. */
  flush(): void {
    if (this.#batch === '' || this.#descriptor === undefined) return;
    const bytes = Buffer.from(this.#batch);
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
