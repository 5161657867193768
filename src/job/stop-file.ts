/**
 * How a stop reaches workers while they run items: by an empty file, which is there as soon as the run is told to stop.
 * A worker reads the pool's messages between two chunks only when its items are synchronous, and the pool drops what a
 * stopped call still gives; this lets running items end and be kept, and keeps the others from beginning.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The job host's end. The folder for temporary files is local; a run folder may be on a disk that tells late. */
export class StopFile implements Disposable {
  readonly path = join(tmpdir(), `manycore-stop-${randomUUID()}`);

  /** Tells the workers. Where it cannot be written they are stopped by the end of the grace alone. */
  raise(): void {
    try {
      closeSync(openSync(this.path, 'wx'));
    } catch {
      // A full disk must not keep a run from stopping; the grace bounds it in any case.
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { force: true });
  }
}

/** Time in ms for which an answer counts: asking takes some µs, which tiny items should not pay for each. */
const FRESH = 5;

/** A worker's end. */
export class StopWatch {
  readonly #path: string | null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  /** `path` of the file; null where nothing is ever stopped so. */
  constructor(path: string | null) {
    this.#path = path;
  }

  /** Whether the next item is not to begin; `now` by `performance.now()`. */
  isStopped(now: number): boolean {
    if (this.#path === null || this.#stopped || now - this.#askedAt < FRESH) return this.#stopped;
    this.#askedAt = now;
    this.#stopped = existsSync(this.#path);
    return this.#stopped;
  }
}
