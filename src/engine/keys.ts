/** Names of what lies on the server. All begin with `mc:`, so that a user of the server can be limited to them. */

export const PREFIX = 'mc';
/** Time in s after which what nobody fetched is forgotten: nobody is left to ask for it. */
export const LIFE = 7 * 24 * 3600;

/** Hash: id -> `AnnouncedRun`. */
export const RUNS = `${PREFIX}:runs`;
/** Hash: host -> `HostReport`. */
export const HOSTS = `${PREFIX}:hosts`;

/** The code with this hash. */
export const blobKey = (hash: string): string => `${PREFIX}:blob:${hash}`;

/** Where somebody hears: sorted set of what was told, by time. */
export const bellKey = (name: string): string => `${PREFIX}:bell:${name}`;

/** BullMQ's queue of a run; its keys begin with `mc:run-RUN:`. */
export const queueName = (run: string): string => `run-${run}`;
export const queueKey = (run: string, name: string): string => `${PREFIX}:${queueName(run)}:${name}`;

/** Ours of a run begin with this. */
export const runKeys = (run: string): string => `${PREFIX}:${run}:`;
/** Items of a chunk that is too large to lie with its job. */
export const inputKey = (run: string, chunk: string): string => `${runKeys(run)}in:${chunk}`;
/** A host has begun with this chunk, alone. */
export const begunKey = (run: string, chunk: string): string => `${runKeys(run)}begun:${chunk}`;
/** Hash: chunk -> `packDone`. */
export const doneKey = (run: string): string => `${runKeys(run)}done`;
/** Set of the chunks that hosts shall give up. */
export const droppedKey = (run: string): string => `${runKeys(run)}dropped`;
/** List of `OutputBatch`, the newest only. */
export const outputKey = (run: string): string => `${runKeys(run)}output`;
