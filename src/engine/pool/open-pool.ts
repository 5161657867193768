/** `manycore/engine`. Its types are those of `runtime/engine.ts`. */
import type { OpenPool } from '../../../runtime/engine.ts';
import { BullEngine } from '../bull-engine.ts';
import { HostsPool } from './hosts-pool.ts';

export const openPool: OpenPool = async (url, options = {}) =>
  new HostsPool(await BullEngine.open(url), options);
