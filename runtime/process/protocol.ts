/**
 * Between a process and its children: a pool and its workers, or a `Process` and what runs its target. Frames as in `transport/frame.ts`; numbers little-endian; times in ms; both sides are of one
 * version. `values` is a batch as in `values/batch.ts`, `value` a single value as in `values/codec.ts`.
 *
 * To the worker
 *   init      value: InitMessage
 *   define    u32 function | value: FunctionReference       before the first chunk of that function
 *   chunk     u32 chunk | u32 call | u32 function | u8 flags | u32 from | u32 to | f64 first item index, NaN without one | values
 *             runs the items [from, to) of the batch, in order; chunks run in the order of their arrival
 *   abort     u32 call        asks the running item of that call to stop; its other items are not begun any more
 *   ask       u32 chunk | u32 position    asks this one item to stop, if it is running
 *   end       -               runs the finalizer and ends, after the chunks that were sent before
 *
 * From the worker
 *   ready     f64 start-up | f64 initialising
 *   failed    text url of the error's class | value: error  the initializer threw; the worker ends
 *   loading   u32 function                                  imports the module of a function
 *   unusable  u32 function | text | value: error            the function cannot be had; its chunks come back as `dropped`
 *   begin     u32 chunk | u8 exact | f64 time, ms since the epoch
 *   value     value: the result of the next item of the chunk; all results of a worker are one stream of values
 *   number    f64, a frame of the transport                 the same for a number
 *   timedValue  f64 begin | f64 duration | value            the same, with its times
 *   failure   f64 begin | f64 duration | text url of the error's class | value: thrown    instead of the next result
 *   sums      u32 chunk | u32 items | f64 working | f64 decoding | f64 encoding | u8 count | [u32 position | f64 duration]*
 *             of the whole chunk, with its slowest items: before its last result, or before `dropped`
 *   dropped   u32 chunk                                     the rest of the chunk was not run
 *   lossy     u32 chunk | value: Loss[]                     a result of this chunk, one of the first, arrives changed
 *
 * Which item does a worker run? Results come in order, so it is the one behind the last result. In shared memory a result
 * is there for the parent before the next item begins, and the word of the running item tells whether that one had begun.
 * On sockets that would cost a system call for every item: it is done for items of more than a few microseconds and where
 * the parent asks for it (`exact`). The results of shorter ones are written together; `exit` writes what there is, so only a
 * worker that is killed leaves open which items of the last milliseconds were done; they are run again, exactly.
 *
 * To a `Process`, which sends nothing: its exit code tells how it went
 *   run       value: RunMessage | value: arguments of the target | value: fields of the instance
 */
import type { FunctionReference } from '../values/reference.ts';
import type { ChildIdentity, ProcessInfo } from './child-state.ts';

export const TO_WORKER = { init: 1, define: 2, chunk: 3, abort: 4, ask: 5, end: 6 } as const;
export const TO_PROCESS = { run: 7 } as const;
export const FROM_WORKER = {
  ready: 1,
  failed: 2,
  loading: 3,
  unusable: 4,
  begin: 5,
  value: 6,
  timedValue: 7,
  failure: 8,
  sums: 9,
  dropped: 10,
  lossy: 11,
} as const;

/** Flags of a chunk. */
export const CHUNK = {
  /** Every item is an array: the arguments of the call. */
  spread: 1,
  /** Report every item before the next begins. */
  exact: 2,
  /** Send the times of every item. */
  timed: 4,
} as const;

/** First message to a worker. */
export interface InitMessage {
  readonly name: string;
  readonly parent: ProcessInfo;
  /** Folder of the family's shared memory. */
  readonly family: string;
  /** Marks that tell in the output which item is running; see `watch/output-mark.ts`. */
  readonly outputToken: string;
  /** When the process was started, ms since the epoch. */
  readonly startedAt: number;
  readonly initializer?: FunctionReference | undefined;
  /** Bytes for `decodeImporting`. */
  readonly initArgs: Buffer;
  readonly finalizer?: FunctionReference | undefined;
}

/** First and only message to a `Process`. */
export interface RunMessage extends Omit<ChildIdentity, 'kind'> {
  /** Class of the instance whose `run()` is called; without one, `target` is. */
  readonly subclass?: FunctionReference | undefined;
  readonly target?: FunctionReference | undefined;
}
