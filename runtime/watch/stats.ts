/** Sums of one worker. */
import { inspect } from 'node:util';
import type { SlowTask, StatsSums, WorkerStats } from './events.ts';

/** Slowest tasks that are kept. */
export const SLOWEST = 5;
const PREVIEW = 120;

export class WorkerTally {
  readonly workerId: number;
  pid = 0;
  tasks = 0;
  failed = 0;
  startUp = 0;
  initialising = 0;
  working = 0;
  encoding = 0;
  decoding = 0;
  transferring = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** When it was ready and when it ended, ms of `performance.now()`. */
  readyAt: number | undefined;
  endedAt: number | undefined;
  #slowest: SlowTask[] = [];

  constructor(workerId: number) {
    this.workerId = workerId;
  }

  /** Notes one task; `argument` is asked for only when it is among the slowest. */
  slow(duration: number, itemIndex: number | undefined, argument: () => unknown): void {
    const last = this.#slowest.at(-1);
    if (this.#slowest.length >= SLOWEST && last !== undefined && duration <= last.duration) return;
    this.#slowest.push({ duration, itemIndex, preview: preview(argument) });
    this.#slowest.sort((a, b) => b.duration - a.duration);
    this.#slowest.length = Math.min(SLOWEST, this.#slowest.length);
  }

  snapshot(): WorkerStats {
    const { workerId, pid, tasks, startUp, initialising, working, encoding, decoding, transferring } = this;
    const alive = this.readyAt === undefined ? 0 : (this.endedAt ?? performance.now()) - this.readyAt;
    const waiting = Math.max(0, alive - working - encoding - decoding);
    const { bytesIn, bytesOut } = this;
    const slowest = [...this.#slowest];
    return {
      workerId,
      pid,
      tasks,
      startUp,
      initialising,
      waiting,
      working,
      encoding,
      decoding,
      transferring,
      bytesIn,
      bytesOut,
      slowest,
    };
  }
}

export function sum(parts: readonly StatsSums[]): StatsSums {
  const add = (field: Exclude<keyof StatsSums, 'slowest'>) =>
    parts.reduce((total, part) => total + part[field], 0);
  return {
    tasks: add('tasks'),
    startUp: add('startUp'),
    initialising: add('initialising'),
    waiting: add('waiting'),
    working: add('working'),
    encoding: add('encoding'),
    decoding: add('decoding'),
    transferring: add('transferring'),
    bytesIn: add('bytesIn'),
    bytesOut: add('bytesOut'),
    slowest: parts
      .flatMap((part) => part.slowest)
      .sort((a, b) => b.duration - a.duration)
      .slice(0, SLOWEST),
  };
}

function preview(argument: () => unknown): string {
  try {
    const text = inspect(argument(), {
      depth: 1,
      breakLength: Number.POSITIVE_INFINITY,
      maxStringLength: PREVIEW,
    });
    return text.length > PREVIEW ? `${text.slice(0, PREVIEW - 1)}…` : text;
  } catch (error) {
    return `<${String(error)}>`;
  }
}
