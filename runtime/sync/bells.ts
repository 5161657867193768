/**
 * How processes wake each other, and notice each other's end. Every process that shares memory has two named pipes in a folder
 * that all of them know:
 *
 *   PID.bell   whoever writes a byte wakes the process
 *   PID.life   the process alone holds it open for writing: its readers see the end when the process ends, however it does
 *
 * Nothing is written where nobody waits. Whoever waits looks again now and then all the same: a process that is killed between a
 * change and its ring has rung nobody. Where the system does not tell the end of a named pipe, those who wait look for it.
 */
import { closeSync, constants, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { inFamilyFolder } from '../memory/family-folder.ts';
import { system } from '../native/current.ts';
import { awaitEnd, lookForEnd } from './life.ts';
import { waiting } from './native.ts';

const { O_NONBLOCK, O_RDWR, O_WRONLY } = constants;
const ONE = Buffer.from([1]);
/** How often a process that waits looks again though nobody rang, in ms. */
const LOOK_AGAIN = 500;
/** When to look again at a process whose named pipe is gone, in ms: mostly it is about to end. */
const SOON = 5;
/** Bells of others that are kept open; more are opened when they are rung. */
const MAX_OPEN = 256;

/** The bells of one folder, as this process sees them. */
export class Bells {
  readonly #folder: string;
  readonly #bell: Socket;
  readonly #life: number;
  /** Open bells of others, by pid. */
  readonly #others = new Map<number, number>();
  readonly #watched = new Set<number>();
  /** Start of processes whose end was seen, by pid. */
  readonly #ended = new Map<number, number>();
  readonly #listeners = new Set<() => void>();
  #waiting = 0;
  #lookAgain: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    const bell = this.#make(process.pid, 'bell');
    this.#life = this.#make(process.pid, 'life');
    this.#bell = new Socket({ fd: bell, readable: true, writable: false });
    this.#bell.on('data', this.#tell).on('error', () => {});
    this.#bell.unref();
    process.once('exit', () => this.#leave());
  }

  /** `listener` is called whenever this process was rung or a watched one ended, and now and then while a wait goes on. */
  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  ignore(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** A wait begins: it keeps this process alive until `endWait`. */
  beginWait(): void {
    if (++this.#waiting > 1) return;
    this.#bell.ref();
    this.#lookAgain ??= setTimeout(this.#lookNow, LOOK_AGAIN).unref();
  }

  endWait(): void {
    if (--this.#waiting === 0) this.#bell.unref();
  }

  /** True once `holds` does, which is looked at after every ring; false after `timeout` ms. Keeps this process alive. */
  until(holds: () => boolean, timeout?: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (result: boolean) => {
        clearTimeout(timer);
        this.ignore(look);
        this.endWait();
        resolve(result);
      };
      const look = () => {
        if (holds()) end(true);
      };
      const timer = timeout === undefined ? undefined : setTimeout(() => end(holds()), timeout);
      this.beginWait();
      this.listen(look);
    });
  }

  /** Wakes a process. False when it has ended. */
  ring(pid: number): boolean {
    if (pid === process.pid) {
      setImmediate(this.#tell);
      return true;
    }
    try {
      let fd = this.#others.get(pid);
      if (fd === undefined) {
        fd = openSync(this.#path(pid, 'bell'), O_WRONLY | O_NONBLOCK);
        this.#keep(pid, fd);
      }
      writeSync(fd, ONE);
      return true;
    } catch (error) {
      // A full pipe is a bell that rings already.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return true;
      const fd = this.#others.get(pid);
      if (fd !== undefined) closeSync(fd);
      // Somebody else may have got the number since it was opened.
      return this.#others.delete(pid) ? this.ring(pid) : false;
    }
  }

  /** The listeners are called when the process ends. False when it is known to have ended. */
  watch(pid: number): boolean {
    if (pid === process.pid || pid === 0 || this.#watched.has(pid)) return true;
    if (this.#ended.has(pid) && this.hasEnded(pid)) return false;
    const start = startOf(pid);
    if (start === 0) return false;
    const ended = () => {
      this.#watched.delete(pid);
      this.#ended.set(pid, start);
      this.#tell();
    };
    // Who waits keeps this process alive by its bell.
    const life = waiting().fifosEnd
      ? awaitEnd(this.#path(pid, 'life'), ended)
      : lookForEnd(pid, start, ended);
    if (life === 'awaited') this.#watched.add(pid);
    else if (life === 'ended') this.#ended.set(pid, start);
    else this.#tellSoon();
    return life !== 'ended';
  }

  /** True when the process has ended, or is about to: its files are closed a moment before the kernel lists it as ended. */
  hasEnded(pid: number): boolean {
    const start = startOf(pid);
    if (start === 0 || this.#ended.get(pid) === start) return true;
    this.#ended.delete(pid); // Another process has the number now.
    return false;
  }

  readonly #tell = (): void => {
    for (const listener of [...this.#listeners]) listener();
  };

  #tellSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#tell();
    }, SOON).unref();
  }

  readonly #lookNow = (): void => {
    this.#lookAgain = undefined;
    if (this.#waiting === 0) return;
    this.#lookAgain = setTimeout(this.#lookNow, LOOK_AGAIN).unref();
    this.#tell();
  };

  /** Those of the dead are not noticed: the bell that was opened first gives way. */
  #keep(pid: number, fd: number): void {
    for (const [other, open] of this.#others) {
      if (this.#others.size < MAX_OPEN) break;
      this.#others.delete(other);
      closeSync(open);
    }
    this.#others.set(pid, fd);
  }

  #make(pid: number, kind: 'bell' | 'life'): number {
    const path = this.#path(pid, kind);
    const fresh = `${path}.new`;
    try {
      unlinkSync(fresh); // Of an earlier process with this number.
    } catch {
      // There is none, as nearly always.
    }
    waiting().makeFifo(fresh);
    const fd = openSync(fresh, O_RDWR | O_NONBLOCK);
    // One that nobody has open yet would tell of a process that has ended.
    renameSync(fresh, path);
    return fd;
  }

  #path(pid: number, kind: 'bell' | 'life'): string {
    return join(this.#folder, `${pid}.${kind}`);
  }

  #leave(): void {
    for (const kind of ['bell', 'life'] as const)
      try {
        unlinkSync(this.#path(process.pid, kind));
      } catch {
        // The folder may be gone.
      }
    closeSync(this.#life);
  }
}

let bells: Bells | undefined;

/** The bells of the family; this process gets its own there. @throws {SharedMemoryUnavailableError} where there is no waiting. */
export function familyBells(): Bells {
  if (bells !== undefined) return bells;
  waiting();
  bells = inFamilyFolder((folder) => new Bells(folder));
  return bells;
}

/** When a process started, cut to what a word holds; 0 when there is none. */
export const startOf = (pid: number): number => system.runningSince(pid);

let own: number | undefined;
/** When this process started. */
export const ownStart = (): number => (own ??= startOf(process.pid));
