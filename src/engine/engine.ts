/**
 * What a distributed engine has to be able to do, and what goes over it. The coordinator is the process of `manycore run`; a host
 * is a `manycore worker`. The engine delivers at least once, in any order: whoever takes a receipt counts each item once.
 */
import type { TaskPlan } from '../job/call.ts';

export interface NativePackage {
  readonly name: string;
  /** Exactly; null: any. */
  readonly version: string | null;
}

/** One run, as the hosts see it. Signed: see `signature.ts`. */
export interface Announcement {
  readonly version: 1;
  readonly id: string;
  /** What is shown: `score.ts#score`. */
  readonly title: string;
  /** SHA-256 of the bundle, in hexadecimal digits: the name of its blob. */
  readonly bundle: string;
  readonly nodeMajor: number;
  /** Packages with native code, which do not travel: a host needs its own. */
  readonly natives: readonly NativePackage[];
  readonly plan: Omit<TaskPlan, 'url' | 'stopFile'>;
  /** Each item is a call of some export of the bundle, as `pool/call-text.ts` says; undefined: `plan` names the one function. */
  readonly calls?: true;
  /** Limit in ms for one item. */
  readonly timeout: number | null;
  readonly retries: number;
  readonly memoryLimit: number | null;
  /** ms since the epoch. */
  readonly announcedAt: number;
  /** Process of the coordinator, as `HOST/PID`, and its run folder there. */
  readonly coordinator: string;
  readonly runDir: string;
}

export interface SignedAnnouncement {
  readonly announcement: Announcement;
  /** SPKI, DER, base64. */
  readonly publicKey: string;
  /** Ed25519 over the JSON text of `announcement`, base64. */
  readonly signature: string;
}

/** What is told of a run: it was announced, or it was withdrawn. */
export type RunState = AnnouncedRun['state'] | 'over';

export interface AnnouncedRun extends SignedAnnouncement {
  readonly state: 'running' | 'stopped';
}

/** What a host says of itself every five seconds. */
export interface HostReport {
  /** `NAME/PID`. */
  readonly host: string;
  readonly workers: number;
  readonly node: string;
  /** ms since the epoch, by the engine's clock: what the host writes here does not count. */
  readonly time: number;
  /** Why it does not take part in a run, by the run's id. */
  readonly declines: Readonly<Record<string, string>>;
  /** Runs that it takes part in. */
  readonly runs: readonly string[];
}

/** Ids that begin with it are of chunks that run alone on their host. */
export const ALONE = 'alone-';

/** Items that are leased together. */
export interface Chunk {
  /** Of letters, digits and `-`; not of digits alone. */
  readonly id: string;
  /** `packChunk` of its items. */
  readonly payload: Uint8Array;
}

/** A chunk that a host has finished. */
export interface Receipt {
  readonly chunk: string;
  readonly host: string;
  /** `packRecords` of the outcomes. */
  readonly payload: Uint8Array;
}

/** A chunk that no host could finish: it ended one host after the other, or its payload is gone. */
export interface Undone {
  readonly chunk: string;
  readonly reason: string;
  /** A host said that it begins with it: see `lease`. */
  readonly begun: boolean;
}

/** Lines that a worker wrote one after the other. */
export interface PrintedLines {
  readonly pid: number;
  readonly stream: 'stdout' | 'stderr';
  /** Each line ends with a line feed, the last one too. */
  readonly text: string;
  /** Number of lines. */
  readonly count: number;
  /** ms since the epoch, by the clock of the host. */
  readonly time: number;
}

/** What the workers of a host printed since the last one. */
export interface OutputBatch {
  readonly host: string;
  readonly lines: readonly PrintedLines[];
  /** Lines that came faster than they can be sent. */
  readonly dropped: number;
}

/** Gets the payload of a chunk, and gives that of its outcomes; what it throws is the reason why the chunk is undone. `begin` notes that the chunk runs now. `signal` fires when it was dropped. */
export type TakeChunk = (
  chunk: string,
  payload: Uint8Array,
  begin: () => Promise<void>,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** A host takes chunks by it. Its end gives back what runs. */
export interface Lease extends AsyncDisposable {
  readonly run: string;
}

export interface Engine extends AsyncDisposable {
  putBlob(hash: string, bytes: Uint8Array): Promise<void>;
  getBlob(hash: string): Promise<Uint8Array | null>;

  /** Also after the engine has lost its memory: says the same again. */
  announce(run: AnnouncedRun): Promise<void>;
  announced(): Promise<readonly AnnouncedRun[]>;
  /** Hears of what is said of runs, at once, but for a connection that is lost: under its name a host hears of each run, under the id of a run its coordinator of this one. */
  watch(name: string, onNews: (run: string, state: RunState) => void): Disposable;
  /** Removes the run and all that belongs to it. */
  withdraw(run: string): Promise<void>;

  enqueue(run: string, chunks: readonly Chunk[]): Promise<void>;
  /** From now on chunks of hosts that give no sign of life any more count as undone, until this is disposed of. */
  guard(run: string): AsyncDisposable;
  /** Some of what has ended since. What is done stays until it is acknowledged, what is undone until it is removed. */
  collect(run: string): Promise<{ readonly done: readonly Receipt[]; readonly undone: readonly Undone[] }>;
  /** Forgets what came of these: it is safe. */
  acknowledge(run: string, chunks: readonly string[]): Promise<void>;
  /** Takes chunks back. A host that has begun with one goes on. */
  remove(run: string, chunks: readonly string[]): Promise<void>;
  /** Takes chunks back. A host that has begun with one gives it up. */
  drop(run: string, chunks: readonly string[]): Promise<void>;
  /** Those that the engine does not know any more. */
  missing(run: string, chunks: readonly string[]): Promise<readonly string[]>;

  /** What workers printed, for the run to show: the newest is kept when nobody takes it. */
  tell(run: string, batch: OutputBatch): Promise<void>;
  /** Some of what was told, the oldest first. It is gone then. */
  told(run: string): Promise<readonly OutputBatch[]>;

  /** Says that a host is there. Gives the runs that are announced. */
  report(host: Omit<HostReport, 'time'>): Promise<readonly AnnouncedRun[]>;
  /** Hosts that were heard of in the last fifteen seconds. */
  hosts(): Promise<readonly HostReport[]>;
  /** Takes chunks of the run, `width` of them at once. */
  lease(run: string, host: string, width: number, take: TakeChunk): Promise<Lease>;
}
