/**
 * How processes wake each other, and notice each other's end. Every process that shares memory has two named pipes in a folder
 * that all of them know:
 *
 *   PID.bell   whoever writes a byte wakes the process
 *   PID.life   the process alone holds it open for writing: its readers see the end when the process ends, however it does
 *
 * Nothing is written where nobody waits, and nobody polls.
 */
import { closeSync, constants, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { inFamilyFolder } from '../memory/family-folder.ts';
import { makeFifo } from './native.ts';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const ONE = Buffer.from([1]);

/** The bells of one folder, as this process sees them. */
export class Bells {
  readonly #folder: string;
  readonly #bell: Socket;
  readonly #life: number;
  /** Open bells of others, by pid. */
  readonly #others = new Map<number, number>();
  readonly #watched = new Map<number, Socket>();
  /** Start of processes whose end was seen, by pid. */
  readonly #ended = new Map<number, number>();
  readonly #listeners = new Set<() => void>();
  #waiting = 0;

  constructor(folder: string) {
    this.#folder = folder;
    const bell = this.#make(process.pid, 'bell');
    this.#life = this.#make(process.pid, 'life');
    this.#bell = new Socket({ fd: bell, readable: true, writable: false });
    this.#bell.on('data', this.#tell).on('error', () => {});
    this.#bell.unref();
    process.once('exit', () => this.#leave());
  }

  /** `listener` is called whenever this process was rung or a watched one ended. */
  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  ignore(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** A wait begins: it keeps this process alive until `endWait`. */
  beginWait(): void {
    if (++this.#waiting === 1) this.#bell.ref();
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
        this.#others.set(pid, fd);
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

  /** The listeners are called when the process ends, or soon when it has ended already; it is false then. */
  watch(pid: number): boolean {
    if (pid === process.pid || pid === 0 || this.#watched.has(pid)) return true;
    const start = startOf(pid);
    if (start === 0 || this.#ended.get(pid) === start) {
      setImmediate(this.#tell);
      return false;
    }
    let fd: number;
    try {
      fd = openSync(this.#path(pid, 'life'), O_RDONLY | O_NONBLOCK);
    } catch {
      setImmediate(this.#tell);
      return false;
    }
    const life = new Socket({ fd, readable: true, writable: false });
    this.#watched.set(pid, life);
    const ended = () => {
      if (this.#watched.get(pid) !== life) return;
      this.#watched.delete(pid);
      this.#ended.set(pid, start);
      life.destroy();
      this.#tell();
    };
    life.on('end', ended).on('error', ended).on('close', ended);
    life.resume();
    // Who waits keeps this process alive by its bell.
    life.unref();
    return true;
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

  #make(pid: number, kind: 'bell' | 'life'): number {
    const path = this.#path(pid, kind);
    try {
      unlinkSync(path); // Of an earlier process with this number.
    } catch {
      // There is none, as nearly always.
    }
    makeFifo(path);
    return openSync(path, O_RDWR | O_NONBLOCK);
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

/** The bells of the family; this process gets its own there. */
export const familyBells = (): Bells => (bells ??= inFamilyFolder((folder) => new Bells(folder)));

/** When a process started, in ticks of the kernel, cut to what a word holds; 0 when there is none. */
export function startOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold anything; the state is the first field behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 0 : Number(fields[19]) & 0x7fffffff;
  } catch {
    return 0;
  }
}

let own: number | undefined;
/** When this process started. */
export const ownStart = (): number => (own ??= startOf(process.pid));
