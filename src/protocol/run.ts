/**
 * Between the job host (`src/job`) and whoever shows a run: the editor, the command line, the report.
 *
 * Format: the editor starts the job host with Node's IPC channel (JSON serialization); each message is one of
 * `RunCommand` (to the host) and `RunEvent` (from it). The command line runs the job in its own process and gets the
 * same events by a call. Version: `PROTOCOL_VERSION`, sent in `started`; both sides ship together, so a mismatch is an error.
 *
 * Limits: events are coalesced to at most 10 a second for each type; `results` carries previews of at most
 * `MAX_PREVIEW` characters; `output` at most `MAX_OUTPUT_LINES` lines a message, each of at most `MAX_LINE_PREVIEW`. Everything in full is on disk.
 * Units: times in ms, points in time in ms since the epoch, sizes in bytes; lines and columns from 1.
 */

export const PROTOCOL_VERSION = 2;
/** Longest text of a value or an argument in an event. */
export const MAX_PREVIEW = 400;
/** Longest text of a line in an event. */
export const MAX_LINE_PREVIEW = 2_000;
/** Most lines in one `output` event; the rest is counted in `dropped`. */
export const MAX_OUTPUT_LINES = 500;

/** One run, completely described: what the command line, the editor and a saved job all come down to. */
export interface RunConfig {
  /** `FILE#EXPORT`, or `FILE` when it exports one function only; relative to `cwd`. */
  readonly function: string;
  /** Where the items come from, as the user writes it: `file.json#/pointer`, `glob:*.png`, `range:0:100`, `-`, ... */
  readonly data: string;
  /** Base of every relative path. Absolute. */
  readonly cwd: string;
  /** Number of worker processes; default: one for every CPU that this process may use. */
  readonly workers?: number | undefined;
  readonly chunk?: number | 'auto' | undefined;
  /** Limit in ms for one item, from when it begins to run. */
  readonly timeout?: number | undefined;
  /** How often an item that lost its worker is run again. Default 0. */
  readonly retries?: number | undefined;
  /** Default 'continue'. */
  readonly onError?: 'stop' | 'continue' | undefined;
  /** Stop after this many failed items; with `%`, of the items done. */
  readonly maxErrors?: string | undefined;
  /** Resident set size in bytes at which a worker is replaced. */
  readonly memoryLimit?: number | undefined;
  /** Default 'sample'. */
  readonly baseline?: 'sample' | 'full' | 'off' | undefined;
  /** Before the run, time a sample of the items with 1, 2, 4, ... workers: a forecast from measured points. Default false. */
  readonly sweep?: boolean | undefined;
  /** Run so many items, drawn at random, or all once more in one process, and compare what they give. */
  readonly verify?: number | 'all' | undefined;
  /** Default 'fail'. */
  readonly onBadRecord?: 'fail' | 'skip' | undefined;
  /** An array item becomes the arguments of the function. */
  readonly spread?: boolean | undefined;
  /** Appended to the arguments of every call. */
  readonly args?: readonly unknown[] | undefined;
  readonly skip?: number | undefined;
  readonly limit?: number | undefined;
  /** Take a random sample of this many items (seeded by `seed`, default 1). */
  readonly sample?: number | undefined;
  readonly seed?: number | undefined;
  /** CSV/TSV: turn numbers, booleans and empty fields into typed values. Default false: every field is a string. */
  readonly typed?: boolean | undefined;
  /** Copy of the results: `.jsonl`, `.csv` or `.parquet`. */
  readonly out?: string | undefined;
  /** Default: a new folder under `.manycore/runs/` of `cwd`. */
  readonly runDir?: string | undefined;
  /** Folder of a run to go on with: what it has done is kept and not done again. `function` and `data` may then both be empty. */
  readonly resume?: string | undefined;
  /** Folder of a run whose failed items are run, in a new run. `function` and `data` may then both be empty. */
  readonly onlyFailed?: string | undefined;
  /**
   * Folder of a run that has ended: nothing is run anew, but its results are compared as `verify` says (default: all of
   * them), and its summary and report tell of it afterwards. `function` and `data` may then both be empty.
   */
  readonly verifyRun?: string | undefined;
  /** With `resume`, `onlyFailed` or `verifyRun`: go on where the dataset is another one now. */
  readonly force?: boolean | undefined;
  /** Write the HTML report here too. */
  readonly report?: string | undefined;
  /** Write the timeline here too, in the Trace Event Format. */
  readonly trace?: string | undefined;
  /** Write a CPU profile of each worker into the folder of the run. Default false. */
  readonly cpuProf?: boolean | undefined;
  /** Default 'auto'. */
  readonly loader?: 'auto' | 'native' | 'bundle' | undefined;
  /** URL of the engine whose hosts run the items: `redis://` or `rediss://`. Default: workers of this machine. */
  readonly engine?: string | undefined;
  /** The Node that runs the job host, and why it was taken; for the header only. */
  readonly nodeReason?: string | undefined;
}

export type RunCommand =
  | { readonly type: 'run'; readonly config: RunConfig }
  /** Ends the run: no new items, the running ones are asked, then killed. What is done is kept. */
  | { readonly type: 'stop' };

export type RunEvent =
  | { readonly type: 'started'; readonly protocol: number; readonly header: RunHeader }
  | {
      readonly type: 'phase';
      readonly phase: RunPhase;
      readonly time: number;
      readonly note?: Message | undefined;
    }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'output'; readonly lines: readonly OutputLine[]; readonly dropped: number }
  /** Every failed item (up to a limit) and as many successful ones as fit; not in index order. */
  | { readonly type: 'results'; readonly rows: readonly ResultRow[]; readonly dropped: number }
  | { readonly type: 'timeline'; readonly stretches: PackedStretches }
  | { readonly type: 'finished'; readonly summary: RunSummary; readonly exitCode: RunExitCode }
  /** The run could not begin, or broke off; `runDir` holds what was done, if anything. */
  | { readonly type: 'failed'; readonly failure: RunFailure; readonly exitCode: RunExitCode };

/** 0 all items done; 1 some failed; 2 bad usage or bad input; 3 no engine or pool; 130 interrupted. */
export type RunExitCode = 0 | 1 | 2 | 3 | 130;

export type RunPhase =
  | 'preparing'
  | 'calibrating'
  | 'baseline'
  | 'sweep'
  | 'running'
  /** Items are run once more in one process; also of a run that had ended long before. */
  | 'verifying'
  | 'finishing'
  | 'stopping';

/** What is known before the first item runs; every choice with its reason. */
export interface RunHeader {
  /** `FILE#EXPORT` with the file relative to `cwd`, or absolute where that is shorter. */
  readonly function: string;
  readonly file: string;
  readonly exportName: string;
  /** Where the function begins, from 1, if known. */
  readonly line: number | null;
  readonly dataset: { readonly source: string; readonly kind: string; readonly items: number | null };
  readonly workers: { readonly count: number; readonly reason: string };
  readonly node: { readonly version: string; readonly path: string; readonly reason: string };
  readonly loader: { readonly kind: 'native' | 'bundle'; readonly reason: string };
  readonly runDir: string;
  readonly startedAt: number;
  /** The run that this one goes on with. */
  readonly earlier?: EarlierFacts | undefined;
}

/** What was there before: of a run that is resumed, or whose failed items are run. */
export interface EarlierFacts {
  readonly kind: 'resume' | 'only-failed';
  /** Folder of that run. */
  readonly run: string;
  /** Items that it has done, failed ones included. */
  readonly items: number;
  readonly failed: number;
  /** The code of the function is another one now: results of both are beside each other. */
  readonly functionChanged: boolean;
}

export interface RunProgress {
  readonly time: number;
  readonly done: number;
  readonly failed: number;
  /** Null while the length of the input is not known. */
  readonly total: number | null;
  /** Items a second over the last seconds. */
  readonly rate: number;
  /** Time in ms that is left; null when it cannot be told. */
  readonly eta: number | null;
  readonly workers: readonly WorkerSnapshot[];
}

export interface WorkerSnapshot {
  readonly id: number;
  readonly pid: number;
  /** `NAME/PID` of the host whose worker it is; undefined for one of this machine. */
  readonly host?: string | undefined;
  readonly state: 'starting' | 'waiting' | 'working' | 'ended';
  readonly done: number;
  readonly failed: number;
  /** Time in ms in the user's function. */
  readonly busy: number;
  readonly rss: number | null;
}

export interface OutputLine {
  readonly worker: number;
  readonly item: number | null;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  readonly time: number;
}

export interface ResultRow {
  readonly index: number;
  readonly ok: boolean;
  /** The item as text, cut. */
  readonly input: string;
  /** The value as JSON text, cut; empty when it failed. */
  readonly value: string;
  readonly error: RunError | null;
  readonly ms: number;
  readonly worker: number;
}

export interface RunError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly stack?: string | undefined;
  /** First frame in the user's own code. */
  readonly at?: SourcePlace | undefined;
}

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * What workers did, a stretch for each item: start-up, computing and encoding end to end; see `src/report/stretches.ts`.
 * Eight whole numbers for each: worker, begin, startup, computing, encoding, first item (2^32 - 1 for none), number of
 * items, failed ones. Times in µs; `begin` is counted from that of the stretch before, the first one's from `base`.
 */
export interface PackedStretches {
  readonly base: number;
  readonly numbers: readonly number[];
}

/** What one worker did for a while: one item, or adjacent ones put together. */
export interface TimelineSpan {
  readonly worker: number;
  readonly kind: 'startup' | 'computing' | 'encoding';
  readonly begin: number;
  readonly end: number;
  /** First item and how many; -1 and 0 for what belongs to no item. */
  readonly item: number;
  readonly count: number;
  readonly failed: number;
}

export interface RunFailure {
  /** Stable, such as `ERR_MANYCORE_DATASET`. */
  readonly code: string;
  readonly message: string;
  /** What to do next. */
  readonly hint?: string | undefined;
  readonly at?: SourcePlace | undefined;
  readonly stack?: string | undefined;
  readonly runDir?: string | undefined;
}

/** `run.json`; `manycore run --json` prints the same object. */
export interface RunSummary {
  readonly version: 1;
  readonly function: string;
  /** Names the code that ran and what is fixed about its calls. */
  readonly functionHash?: string | undefined;
  readonly dataset: string;
  /** Items that have a result, failed ones and those of `earlier` included; times and speedup are about those run now. */
  readonly items: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Records that `--on-bad-record skip` left out. */
  readonly skippedRecords: number;
  readonly interrupted: boolean;
  readonly workers: number;
  readonly node: string;
  readonly loader: 'native' | 'bundle';
  /** ISO 8601. */
  readonly startedAt: string;
  /** From the start of the pool to the last result, start-up included. */
  readonly wallMs: number;
  readonly baseline: Baseline;
  /** Baseline / wall time; null when it was not measured. */
  readonly speedup: number | null;
  /** 95 % interval. */
  readonly speedupInterval: readonly [number, number] | null;
  /** Speedup / workers. */
  readonly efficiency: number | null;
  /** Shares of the worker-seconds of the run; they sum to 1. */
  readonly losses: Losses;
  /** Speedup to be expected with other worker counts; null without a measured speedup. From `scaling` where that has a law. */
  readonly forecast: readonly ForecastPoint[] | null;
  /** What the scaling sweep measured; null where none was asked for. Absent in runs of older versions, as is `whatIf`. */
  readonly scaling?: Scaling | null | undefined;
  /** The speedup that each single change would give, the largest first; empty without a measured speedup. */
  readonly whatIf?: readonly WhatIf[] | undefined;
  readonly verdict: Verdict;
  readonly perWorker: readonly WorkerSummary[];
  /** Where the run was on the hosts of an engine. */
  readonly hosts?: readonly HostSummary[] | undefined;
  /** The first failed items, for people; all of them are in `results.jsonl`. */
  readonly firstErrors: readonly ResultRow[];
  /** Whether items give the same in one process; where that was asked for. */
  readonly verification?: Verification | undefined;
  /** The run that this one went on with. */
  readonly earlier?: EarlierFacts | undefined;
  readonly runDir: string;
}

/** Results of the run compared with those of the same items in one process. */
export interface Verification {
  readonly checked: number;
  /** Items that have a result. */
  readonly of: number;
  readonly differences: number;
  /** The first ones, by index. */
  readonly first: readonly Difference[];
  /** Why it could not be done, in words. */
  readonly note?: string | undefined;
}

export interface Difference {
  readonly index: number;
  /** Where in the outcome they differ first, such as `value.list[3]`; `ok` where only one of both failed. */
  readonly path: string;
  /** What stands there, as JSON text, cut. */
  readonly parallel: string;
  readonly alone: string;
  /** It gave the same a second time in one process: it depends on order or state, not on chance or time. */
  readonly repeatable: boolean;
}

export interface Baseline {
  readonly kind: 'sample' | 'full' | 'off';
  /** Time in ms of all items in one process; estimated from the sample. Null when it was not measured. */
  readonly ms: number | null;
  /** 95 % interval of `ms`. */
  readonly interval: readonly [number, number] | null;
  /** Items that were timed. */
  readonly items: number;
  /** Why it was not measured or not wholly, in words. */
  readonly note?: string | undefined;
}

/** Where the workers' time went. */
export interface Losses {
  readonly computing: number;
  /** Same items, slower than alone. */
  readonly contention: number;
  /** Encoding and decoding. */
  readonly encoding: number;
  readonly transfer: number;
  readonly startup: number;
  /** Waiting for input. */
  readonly waiting: number;
  /** Waiting at the tail while others still work. */
  readonly imbalance: number;
}

export interface ForecastPoint {
  readonly workers: number;
  readonly speedup: number;
  readonly interval: readonly [number, number];
}

/** A scaling sweep. Its speedups are those of the whole run: this run's start-up is added to what was measured without any. */
export interface Scaling {
  /** Items of the sample that was timed with each number of workers. */
  readonly items: number;
  readonly points: readonly ScalingPoint[];
  /** Scalability law of the items alone, without start-up: see `src/report/usl.ts`. Null with fewer than two points. */
  readonly law: { readonly gamma: number; readonly sigma: number; readonly kappa: number } | null;
  /** Why there are fewer points than asked for, or none. */
  readonly note?: string | undefined;
}

export interface ScalingPoint {
  readonly workers: number;
  /** Mean of the runs. */
  readonly speedup: number;
  /** Lowest and highest run. */
  readonly spread: readonly [number, number];
  readonly runs: number;
}

/** What a single change would give, all else being equal. */
export interface WhatIf {
  readonly change: 'workers' | 'all' | Exclude<keyof Losses, 'computing'>;
  /** Number of workers it is about: those of the run, or twice as many for the change `workers`. */
  readonly workers: number;
  readonly speedup: number;
  /** Null where the speedup of the run has none. */
  readonly interval: readonly [number, number] | null;
}

export interface Verdict {
  readonly kind: 'worth-it' | 'marginal' | 'not-worth-it' | 'not-measured';
  /** One sentence with the reason and the first thing to change. */
  readonly text: string;
  /** The same for other languages. Absent in runs of older versions. */
  readonly said?: VerdictSaid | undefined;
}

/** What a verdict consists of. */
export interface VerdictSaid {
  /** What was reached, where it was measured. */
  readonly fact?: Message | undefined;
  /** Of what a stopped run had done. */
  readonly over?: Message | undefined;
  /** Why, and what to change: clauses. */
  readonly reason: readonly Message[];
}

/** A text in English and the values for its places `{0}`, `{1}`: put together in the language of who reads it. */
export interface Message {
  readonly text: string;
  readonly values: readonly (string | number | Message)[];
}

/** Sums over the workers of one host of an engine. */
export interface HostSummary {
  /** `NAME/PID`. */
  readonly host: string;
  /** Those that have given an outcome. */
  readonly workers: number;
  readonly items: number;
  readonly failed: number;
  readonly busyMs: number;
}

export interface WorkerSummary {
  readonly worker: number;
  readonly pid: number;
  /** `NAME/PID` of the host whose worker it is; undefined for one of this machine. */
  readonly host?: string | undefined;
  readonly items: number;
  readonly failed: number;
  readonly startupMs: number;
  readonly busyMs: number;
  readonly encodingMs: number;
  readonly waitingMs: number;
  readonly lines: number;
}
