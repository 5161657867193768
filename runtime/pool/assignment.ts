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
