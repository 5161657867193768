import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockHolder } from '../node/lock-holder.ts';
import { RUN_FILES } from '../protocol/run-folder.ts';
import { JobError } from './errors.ts';
import { writeFailure } from './line-file.ts';

/**
 * `lock` in a run folder: the process that works in it, as `PID HOST`. Two would write into the same files. It is gone
 * when the run is over; one that a killed process left is taken over.
 */
export class RunLock implements Disposable {
  readonly #file: string;

  /** Throws a `JobError` while another process has the folder. */
  constructor(folder: string) {
    this.#file = join(folder, RUN_FILES.lock);
    for (let tries = 0; ; tries++) {
      try {
        writeFileSync(this.#file, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
        return;
      } catch (error) {
        if (!isExists(error) || tries > 0) throw writeFailure(this.#file, error);
        const holder = lockHolder(this.#file);
        if (holder !== null) throw inUse(folder, holder, this.#file);
        rmSync(this.#file, { force: true });
      }
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#file, { force: true });
  }
}

function isExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function inUse(folder: string, holder: string, file: string): JobError {
  return new JobError('ERR_MANYCORE_RUN_DIR', `${folder} is still worked on by ${holder}`, {
    hint: `Wait for its end or stop it. If it is another program that got the number, delete ${file}.`,
  });
}
