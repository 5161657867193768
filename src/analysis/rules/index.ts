import type { Rule } from '../rule.ts';
import { asyncResultIgnored } from './async-result-ignored.ts';
import { awaitUnderSyncLock } from './await-under-sync-lock.ts';
import { brokenEntryGuard } from './broken-entry-guard.ts';
import { errorIdentityLost } from './error-identity-lost.ts';
import { floatingResult } from './floating-result.ts';
import { inconsistentLockOrder } from './inconsistent-lock-order.ts';
import { inlineWorkerFunction } from './inline-worker-function.ts';
import { interleavedOutput } from './interleaved-output.ts';
import { ioBoundPool } from './io-bound-pool.ts';
import { joinBeforeDrain } from './join-before-drain.ts';
import { largeRepeatedArgument } from './large-repeated-argument.ts';
import { lockNotReleased } from './lock-not-released.ts';
import { lossyArgument } from './lossy-argument.ts';
import { lossyReturn } from './lossy-return.ts';
import { mainOnlyState } from './main-only-state.ts';
import { methodAsWorkerFunction } from './method-as-worker-function.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { mutatedArgument } from './mutated-argument.ts';
import { nestedPool } from './nested-pool.ts';
import { nestedWorkerFunction } from './nested-worker-function.ts';
import { nonAtomicSharedUpdate } from './non-atomic-shared-update.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { nonSharedAtomics } from './non-shared-atomics.ts';
import { oversubscribedPool } from './oversubscribed-pool.ts';
import { perProcessPrimitive } from './per-process-primitive.ts';
import { perWorkerSeed } from './per-worker-seed.ts';
import { poolDisposedEarly } from './pool-disposed-early.ts';
import { poolNotClosed } from './pool-not-closed.ts';
import { poolPerCall } from './pool-per-call.ts';
import { processNotJoined } from './process-not-joined.ts';
import { queueEmptyLoop } from './queue-empty-loop.ts';
import { receivedViewBuffer } from './received-view-buffer.ts';
import { serialAwaitInLoop } from './serial-await-in-loop.ts';
import { sharedBufferCopied } from './shared-buffer-copied.ts';
import { sharedFileWrite } from './shared-file-write.ts';
import { sharedMemoryLeak } from './shared-memory-leak.ts';
import { tinyTasks } from './tiny-tasks.ts';
import { topLevelSideEffect } from './top-level-side-effect.ts';
import { unserializableArgument } from './unserializable-argument.ts';
import { unserializableMessage } from './unserializable-message.ts';
import { unserializableReturn } from './unserializable-return.ts';
import { workerMutatesProcess } from './worker-mutates-process.ts';
import { workerReadsArgvStdin } from './worker-reads-argv-stdin.ts';
import { workerWritesModuleState } from './worker-writes-module-state.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [
  asyncResultIgnored,
  awaitUnderSyncLock,
  brokenEntryGuard,
  errorIdentityLost,
  floatingResult,
  inconsistentLockOrder,
  inlineWorkerFunction,
  interleavedOutput,
  ioBoundPool,
  joinBeforeDrain,
  largeRepeatedArgument,
  lockNotReleased,
  lossyArgument,
  lossyReturn,
  mainOnlyState,
  methodAsWorkerFunction,
  missingEntryGuard,
  mutatedArgument,
  nestedPool,
  nestedWorkerFunction,
  nonAtomicSharedUpdate,
  nonExportedWorkerFunction,
  nonSharedAtomics,
  oversubscribedPool,
  perProcessPrimitive,
  perWorkerSeed,
  poolDisposedEarly,
  poolNotClosed,
  poolPerCall,
  processNotJoined,
  queueEmptyLoop,
  receivedViewBuffer,
  serialAwaitInLoop,
  sharedBufferCopied,
  sharedFileWrite,
  sharedMemoryLeak,
  tinyTasks,
  topLevelSideEffect,
  unserializableArgument,
  unserializableMessage,
  unserializableReturn,
  workerMutatesProcess,
  workerReadsArgvStdin,
  workerWritesModuleState,
];
