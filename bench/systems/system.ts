/** What the harness asks of every system: the same four things, each by the system's own API. */
import type { TaskName } from '../protocol.ts';

/** A pool of one system. */
export interface Session {
  /** Runs a task on every item, the way that the system's documentation says; results in the order of the items. */
  map(task: TaskName, items: readonly unknown[]): Promise<ArrayLike<unknown>>;
  /** Runs a task once. */
  one(task: TaskName | 'chunk', item: unknown): Promise<unknown>;
  /** Like `map`, but tells of each item whether it succeeded. Absent where a hand-written pool would have to decide. */
  settle?(task: TaskName, items: readonly unknown[], settled: (ok: boolean) => void): Promise<void>;
  /** Results of an input that is read lazily. Absent where the system has no such call. */
  stream?(task: TaskName, items: Iterable<unknown>): AsyncIterable<unknown>;
  /** Ends the pool; resolves when the system says that its workers have ended. */
  close(): Promise<void>;
  /** Ends the pool by its slower, orderly way, if it has two. */
  closeInOrder?(): Promise<void>;
}

export interface OpenOptions {
  readonly workers: number;
  /** Typed arrays will cross: a channel that would send them as JSON must be set up for structured clones. */
  readonly binary: boolean;
}

/** Loads the library and makes a pool. The library is imported here, so that a cold start counts its loading. */
export type Open = (options: OpenOptions) => Promise<Session>;

/** `map` and `settle` of a system whose API takes one task at a time. */
export function perItem(one: Session['one']): Required<Pick<Session, 'map' | 'one' | 'settle'>> {
  return {
    one,
    map: (task, items) => Promise.all(items.map((item) => one(task, item))),
    settle: async (task, items, settled) => {
      await Promise.all(
        items.map((item) =>
          one(task, item).then(
            () => settled(true),
            () => settled(false),
          ),
        ),
      );
    },
  };
}

/** Chunks for each worker: the rule of Python's `Pool.map`. */
const CHUNKS_PER_WORKER = 4;

/** The same pool with `map` chunked by hand, by Python's rule. */
export function chunkedByHand(session: Session, workers: number): Session {
  return {
    one: session.one,
    close: session.close,
    map: async (task, items) => {
      const size = Math.ceil(items.length / (workers * CHUNKS_PER_WORKER));
      const chunks: Promise<unknown>[] = [];
      for (let from = 0; from < items.length; from += size)
        chunks.push(session.one('chunk', { task, items: items.slice(from, from + size) }));
      return ((await Promise.all(chunks)) as unknown[][]).flat();
    },
  };
}

/** File that a system's workers load. */
export const workerFile = (name: string): URL => new URL(`../workers/${name}.js`, import.meta.url);
