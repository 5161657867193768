/**
 * Stands for `ts-morph` and `@ts-morph/common` in the bundles of the analysis, which uses nothing of them but the compiler. It
 * is a bundle of its own beside them, whose code is kept from one process to the next.
 */
import { fileURLToPath } from 'node:url';
import { loadCached } from '../src/analysis/code-cache.ts';

/** @type {typeof import('@ts-morph/common')} */
export const common = loadCached(fileURLToPath(new URL('compiler.cjs', import.meta.url)));
