import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
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
        const holder = readHolder(this.#file);
        if (holder !== null) throw inUse(folder, holder, this.#file);
        rmSync(this.#file, { force: true });
      }
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#file, { force: true });
  }
}

/** The process that holds the lock, in words; null when it is gone. */
function readHolder(file: string): string | null {
  const [pid = '', host = ''] = readText(file).trim().split(' ');
  if (host !== '' && host !== hostname()) return `process ${pid} on ${host}`;
  return /^\d+$/.test(pid) && Number(pid) !== process.pid && isAlive(Number(pid)) ? `process ${pid}` : null;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It has just been let go.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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
