/** `manycore/engine`: the pool of `manycore` on the hosts of an engine. */
import { BullEngine } from '../bull-engine.ts';
import { EnginePool, type EnginePoolOptions } from './engine-pool.ts';

export type { EngineHost, EnginePool, EnginePoolOptions } from './engine-pool.ts';

/**
 * A pool whose workers are those of the hosts (`manycore worker --engine URL`) that have joined the engine at `url`.
 *
 * ```ts
 * await using pool = await openPool('redis://127.0.0.1:6379');
 * const squares = await pool.map(square, [1, 2, 3]); // square is an export of some module, which is bundled and sent
 * ```
 *
 * Needs the packages `bullmq` and `ioredis`. Rejects with an error of code `ERR_MANYCORE_ENGINE` that says what is missing, and
 * with `ERR_MANYCORE_USAGE` for a URL that is none.
 */
export async function openPool(url: string, options: EnginePoolOptions = {}): Promise<EnginePool> {
  return new EnginePool(await BullEngine.open(url), options);
}
