import type { Rule } from '../rule.ts';
import { brokenEntryGuard } from './broken-entry-guard.ts';
import { errorIdentityLost } from './error-identity-lost.ts';
import { inlineWorkerFunction } from './inline-worker-function.ts';
import { interleavedOutput } from './interleaved-output.ts';
import { lossyArgument } from './lossy-argument.ts';
import { lossyReturn } from './lossy-return.ts';
import { mainOnlyState } from './main-only-state.ts';
import { methodAsWorkerFunction } from './method-as-worker-function.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { mutatedArgument } from './mutated-argument.ts';
import { nestedPool } from './nested-pool.ts';
import { nestedWorkerFunction } from './nested-worker-function.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { perProcessPrimitive } from './per-process-primitive.ts';
import { perWorkerSeed } from './per-worker-seed.ts';
import { receivedViewBuffer } from './received-view-buffer.ts';
import { sharedBufferCopied } from './shared-buffer-copied.ts';
import { sharedFileWrite } from './shared-file-write.ts';
import { topLevelSideEffect } from './top-level-side-effect.ts';
import { unserializableArgument } from './unserializable-argument.ts';
import { unserializableMessage } from './unserializable-message.ts';
import { unserializableReturn } from './unserializable-return.ts';
import { workerMutatesProcess } from './worker-mutates-process.ts';
import { workerReadsArgvStdin } from './worker-reads-argv-stdin.ts';
import { workerWritesModuleState } from './worker-writes-module-state.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [
  brokenEntryGuard,
  errorIdentityLost,
  inlineWorkerFunction,
  interleavedOutput,
  lossyArgument,
  lossyReturn,
  mainOnlyState,
  methodAsWorkerFunction,
  missingEntryGuard,
  mutatedArgument,
  nestedPool,
  nestedWorkerFunction,
  nonExportedWorkerFunction,
  perProcessPrimitive,
  perWorkerSeed,
  receivedViewBuffer,
  sharedBufferCopied,
  sharedFileWrite,
  topLevelSideEffect,
  unserializableArgument,
  unserializableMessage,
  unserializableReturn,
  workerMutatesProcess,
  workerReadsArgvStdin,
  workerWritesModuleState,
];
