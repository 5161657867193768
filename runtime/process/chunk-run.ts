/** Runs the items of one chunk in a worker. */
import type { ChildChannel } from '../transport/child-channel.ts';
import { BatchReader } from '../values/batch.ts';
import { ModuleNeededError } from '../values/codec.ts';
import { locateCertain } from '../values/locate-certain.ts';
import { UnknownFunctionError } from '../values/replace.ts';
import type { ChunkReport } from './chunk-report.ts';
import type { AnyFunction, ItemHooks } from './item-hooks.ts';
import { NOTHING, runQuick } from './quick-run.ts';
import { encodeThrown } from './thrown.ts';

export interface ChunkItems {
  readonly values: Buffer;
  readonly from: number;
  readonly to: number;
  /** The value of an item is the list of arguments. */
  readonly spread: boolean;
  /** Module of the function: where the classes of its errors are looked for first. */
  readonly url: string;
}

/** How long finished results wait for an item that waits itself, in ms. */
const FLUSH_AFTER = 20;

/** Returns false when it was stopped before the last item. */
export async function runItems(
  items: ChunkItems,
  fn: AnyFunction,
  channel: ChildChannel,
  report: ChunkReport,
  hooks: ItemHooks,
): Promise<boolean> {
  const { spread, to } = items;
  const values = new BatchReader(items.values);
  let { check } = hooks;
  values.skip(items.from);
  for (let position = items.from; position < to; position++) {
    if (hooks.stopped()) return false;
    try {
      let result: unknown;
      if (values.areNumbers && report.quickItems > 0 && !spread && check === undefined) {
        result = runQuick(values, fn, channel, report, hooks);
        position = values.position - 1;
        if (result === NOTHING) continue;
        report.next();
        report.begins();
        if (typeof result === 'object' && isThenable(result)) result = await waitFor(result, report, hooks);
        report.ends();
      } else {
        hooks.begins(position);
        report.next();
        let value: unknown;
        try {
          value = values.next();
        } catch (error) {
          value = await afterImport(error, () => values.next(), hooks);
        }
        report.begins();
        try {
          result = spread ? fn(...(value as unknown[])) : fn(value);
          if (typeof result === 'object' && isThenable(result)) result = await waitFor(result, report, hooks);
        } finally {
          report.ends();
        }
      }
      if (check?.(result) === false) check = undefined;
      try {
        report.value(result);
      } catch (error) {
        await afterImport(error, () => report.value(result), hooks);
      }
    } catch (error) {
      if (values.position === position) values.skip(1); // Its argument could not be decoded.
      position = values.position - 1;
      report.fails(await encodeThrown(error, items.url));
    }
  }
  return true;
}

/** A value may need a module that was not imported, or hold a function that was not looked for yet: do so and try again. */
async function afterImport<R>(error: unknown, again: () => R, hooks: ItemHooks): Promise<R> {
  let cause = error;
  for (let tries = 0; tries < 100; tries++) {
    if (cause instanceof ModuleNeededError) await hooks.load(cause.url);
    else if (cause instanceof UnknownFunctionError) {
      const refused = cause;
      await locateCertain(cause.fn).catch(() => Promise.reject(refused));
    } else break;
    try {
      return again();
    } catch (next) {
      cause = next;
    }
  }
  throw cause;
}

async function waitFor(
  result: PromiseLike<unknown>,
  report: ChunkReport,
  hooks: ItemHooks,
): Promise<unknown> {
  hooks.waits();
  const timer = setTimeout(() => report.flush(), FLUSH_AFTER);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}

function isThenable(value: object | null): value is PromiseLike<unknown> {
  return value !== null && 'then' in value && typeof (value as { then: unknown }).then === 'function';
}
