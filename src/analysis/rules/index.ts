import type { Rule } from '../rule.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { unserializableArgument } from './unserializable-argument.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [missingEntryGuard, nonExportedWorkerFunction, unserializableArgument];
