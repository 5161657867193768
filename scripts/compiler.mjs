/**
 * Stands for `ts-morph` and `@ts-morph/common` in the bundles of the analysis, which uses nothing of them but the compiler. It
 * is a bundle of its own beside them, whose code is kept from one process to the next. The names of the compiler are getters
 * upon getters in its package, and the analysis asks for some of them for every node: here they are plain values.
 */
import { fileURLToPath } from 'node:url';
import { loadCached } from '../src/analysis/code-cache.ts';

/** @type {typeof import('@ts-morph/common')} */
const common = loadCached(fileURLToPath(new URL('compiler.cjs', import.meta.url)));

export const ts = { ...common.ts };
export const getLibFiles = common.getLibFiles;
