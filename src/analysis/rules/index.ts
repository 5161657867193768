import type { Rule } from '../rule.ts';
import { brokenEntryGuard } from './broken-entry-guard.ts';
import { interleavedOutput } from './interleaved-output.ts';
import { mainOnlyState } from './main-only-state.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { mutatedArgument } from './mutated-argument.ts';
import { nestedPool } from './nested-pool.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { perProcessPrimitive } from './per-process-primitive.ts';
import { perWorkerSeed } from './per-worker-seed.ts';
import { sharedFileWrite } from './shared-file-write.ts';
import { topLevelSideEffect } from './top-level-side-effect.ts';
import { unserializableArgument } from './unserializable-argument.ts';
import { workerMutatesProcess } from './worker-mutates-process.ts';
import { workerReadsArgvStdin } from './worker-reads-argv-stdin.ts';
import { workerWritesModuleState } from './worker-writes-module-state.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [
  brokenEntryGuard,
  interleavedOutput,
  mainOnlyState,
  missingEntryGuard,
  mutatedArgument,
  nestedPool,
  nonExportedWorkerFunction,
  perProcessPrimitive,
  perWorkerSeed,
  sharedFileWrite,
  topLevelSideEffect,
  unserializableArgument,
  workerMutatesProcess,
  workerReadsArgvStdin,
  workerWritesModuleState,
];
