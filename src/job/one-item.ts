import type { RunConfig } from '../protocol/run.ts';
import { type PreparedCall, prepareCall } from './call.ts';
import { checkConfig, usage } from './check-config.ts';
import { describeError } from './error-text.ts';
import { JobError } from './errors.ts';
import { importFailure } from './import-failure.ts';
import { openInput } from './input.ts';
import { planHere } from './loader/plan-here.ts';
import { itemsOf } from './records.ts';
import { parseTarget, shownPath } from './resolve.ts';

/** An item of the dataset, from 0, or one that was typed. */
export type ChosenItem = { readonly index: number } | { readonly value: unknown };

/** What one call gave, or what it threw. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly thrown: unknown };

/** One item, ready to run in this process. */
export interface OneItem {
  /** `FILE#EXPORT` with the file relative to the working directory. */
  readonly function: string;
  readonly item: unknown;
  call(): Promise<Outcome>;
}

/**
 * Takes one item and the function, loaded as a worker loads it, to run in this process: under a debugger.
 * @throws {JobError} when there is no such item or function, or the module cannot be imported
 */
export async function prepareOneItem(config: RunConfig, chosen: ChosenItem): Promise<OneItem> {
  checkConfig(config);
  const target = parseTarget(config.function, config.cwd);
  const item = 'value' in chosen ? chosen.value : await itemAt(config, chosen.index);
  process.setSourceMapsEnabled(true);
  await using plan = await planHere(target.file, config.loader);
  const { exportName, run } = await prepareCall({
    url: plan.url,
    file: target.file,
    exportName: target.exportName,
    spread: config.spread ?? false,
    args: config.args ?? [],
    functionHash: '',
    stopFile: null,
  }).catch((error: unknown) => {
    throw error instanceof JobError ? error : importFailure(target.file, describeError(error));
  });
  return {
    function: `${shownPath(target.file, config.cwd)}#${exportName}`,
    item,
    call: () => call(run, item),
  };
}

async function itemAt(config: RunConfig, index: number): Promise<unknown> {
  const input = await openInput(config);
  let at = 0;
  for await (const group of itemsOf(input.read(), GROUP)) {
    if (index < at + group.length) return group[index - at];
    at += group.length;
  }
  throw usage(`There is no item ${index}: ${config.data} has ${at}`, 'Items are counted from 0.');
}

const GROUP = 64;

/** Nothing here catches what the function throws, so that a debugger takes it for uncaught and stops at its line. */
function call(run: PreparedCall['run'], item: unknown): Promise<Outcome> {
  return new Promise((resolve) => {
    const onThrown = (thrown: unknown): void => resolve({ ok: false, thrown });
    process.once('uncaughtException', onThrown);
    setImmediate(async () => {
      const value = await run(item);
      process.off('uncaughtException', onThrown);
      resolve({ ok: true, value });
    });
  });
}
