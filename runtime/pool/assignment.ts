import type { Chunk } from './call.ts';

/** A chunk that a worker has. */
export interface Assignment {
  readonly chunk: Chunk;
  /** Position of the item that runs next, or runs. */
  position: number;
  /** Undefined until the worker begins it. */
  begun: { readonly exact: boolean } | undefined;
  readonly sentAt: number;
  /** Nothing was before it: the time until it begins is transfer. */
  readonly toIdle: boolean;
  /** The running item has used up its time and fails with this. */
  expired: Error | undefined;
}

/** Index of an item of a chunk; undefined for a task without one. */
export const indexOf = (chunk: Chunk, position: number): number | undefined =>
  chunk.call.options.indexed ? chunk.firstIndex + position : undefined;

/** At most `most` items of a chunk, which was cut for another worker if it is run again; the others wait for the next one. */
export function cut(chunk: Chunk, most: number): Chunk {
  const to = chunk.from + most;
  if (chunk.to <= to) return chunk;
  chunk.call.requeue(chunk, to, chunk.to, {});
  return { ...chunk, to };
}
