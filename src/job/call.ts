import { JobError } from './errors.ts';
import { pickExport } from './loader/pick-export.ts';
import { StopWatch } from './stop-file.ts';
import { valueText } from './value-text.ts';

/** What a worker must know of the run; sent once. */
export interface TaskPlan {
  /** URL that is imported; not always the user's file itself. */
  readonly url: string;
  /** The user's file, for messages. */
  readonly file: string;
  /** Null: the only function that the file exports. */
  readonly exportName: string | null;
  /** An array item becomes the arguments. */
  readonly spread: boolean;
  /** Appended to the arguments of every call. */
  readonly args: readonly unknown[];
  /** Part of every item's key. Empty where no keys are made. */
  readonly functionHash: string;
  /** File that tells a worker to begin no further item; null where nothing is stopped so. */
  readonly stopFile: string | null;
  /** Folder for a CPU profile of each worker; undefined where none is wanted. */
  readonly profiles?: string | undefined;
}

/** The user's function, ready to be called with one item. */
export interface PreparedCall {
  readonly exportName: string;
  readonly functionHash: string;
  readonly stop: StopWatch;
  readonly run: (item: unknown) => unknown;
}

let prepared: PreparedCall | undefined;

/** Imports the user's module and picks the function. Throws what the module throws, or a `JobError` for a missing export. */
export async function prepareCall(plan: TaskPlan): Promise<PreparedCall> {
  const namespace = (await import(plan.url)) as Record<string, unknown>;
  const { name, fn } = pickExport(namespace, plan.exportName, plan.file);
  const { functionHash, stopFile } = plan;
  prepared = { exportName: name, functionHash, stop: new StopWatch(stopFile), run: bind(fn, plan) };
  return prepared;
}

/** What `prepareCall` prepared in this process. */
export function preparedCall(): PreparedCall {
  if (prepared) return prepared;
  throw new JobError('ERR_MANYCORE_INTERNAL', 'A worker was given an item before its module was prepared');
}

function bind(fn: CallableFunction, { spread, args }: TaskPlan): (item: unknown) => unknown {
  const target = fn as (...args: unknown[]) => unknown;
  if (spread) return (item) => target(...asArguments(item), ...args);
  return args.length > 0 ? (item) => target(item, ...args) : (item) => target(item);
}

function asArguments(item: unknown): readonly unknown[] {
  if (Array.isArray(item)) return item;
  throw new TypeError(`--spread needs items that are arrays, got ${valueText(item).slice(0, 200)}`);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
