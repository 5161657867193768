/**
 * Stands for `ts-morph` in the bundles of the analysis, which uses nothing of it but the compiler. The names of the compiler
 * are getters upon getters in its package, and the analysis asks for some of them for every node: here they are plain values.
 */
import common from '@ts-morph/common';

export const ts = { ...common.ts };
