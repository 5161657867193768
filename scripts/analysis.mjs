/**
 * Stands for `src/analysis/engine.ts` in the bundles of the processes that analyse. The rules and the compiler are a bundle of
 * their own beside them, whose code is kept from one process to the next.
 */
import { fileURLToPath } from 'node:url';
import { loadCached } from '../src/analysis/code-cache.ts';

/** @type {typeof import('../src/analysis/engine.ts')} */
export const { Engine } = loadCached(fileURLToPath(new URL('analysis.cjs', import.meta.url)));
