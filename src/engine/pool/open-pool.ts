/** `manycore/engine`. Its types are those of `runtime/engine.ts`. */
import type { EnginePoolOptions, OpenPool } from '../../../runtime/engine.ts';
import { checkPoolOptions } from '../../../runtime/pool/options.ts';
import { type StackFrame, userFrames } from '../../../runtime/process/stack.ts';
import { locate } from '../../../runtime/values/reference.ts';
import { BullEngine } from '../bull-engine.ts';
import type { WorkerSetUp } from './call-bundle.ts';
import { valueToText } from './call-text.ts';
import { HostsPool } from './hosts-pool.ts';

export const openPool: OpenPool = async (url, options = {}) => {
  checkPoolOptions(undefined, options);
  const setUp = await locateSetUp(options, userFrames(openPool));
  return new HostsPool(await BullEngine.open(url), options, setUp);
};

async function locateSetUp(
  { initializer, initArgs = [], finalizer }: EnginePoolOptions,
  callers: readonly StackFrame[],
): Promise<WorkerSetUp> {
  return {
    initializer: initializer === undefined ? undefined : await locate(initializer, callers),
    initArgs: valueToText(initArgs, () => 'initArgs'),
    finalizer: finalizer === undefined ? undefined : await locate(finalizer, callers),
  };
}
