import { type LoadOptions, type LoadPlan, planLoad } from './loader.ts';

/**
 * How this process itself loads the user's `file`. Node options are too late for it; where it needs some, it is bundled.
 * @throws {JobError} as `planLoad` does
 */
export async function planHere(file: string, loader: LoadOptions['loader'] = 'auto'): Promise<LoadPlan> {
  const direct = await planLoad(file, { loader });
  if (direct.execArgv.every((option) => UNNEEDED.test(option) || process.execArgv.includes(option)))
    return direct;
  await direct[Symbol.asyncDispose]();
  return planLoad(file, { loader: 'bundle' });
}

/** Options of a plan without which a module still loads. */
const UNNEEDED = /^--(enable-source-maps|disable-warning|experimental-import-meta-resolve)\b/;
