import type { Rule } from '../rule.ts';
import { asyncResultIgnored } from './async-result-ignored.ts';
import { awaitUnderSyncLock } from './await-under-sync-lock.ts';
import { floatingResult } from './floating-result.ts';
import { inconsistentLockOrder } from './inconsistent-lock-order.ts';
import { ioBoundPool } from './io-bound-pool.ts';
import { joinBeforeDrain } from './join-before-drain.ts';
import { largeRepeatedArgument } from './large-repeated-argument.ts';
import { lockNotReleased } from './lock-not-released.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { nonAtomicSharedUpdate } from './non-atomic-shared-update.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { nonSharedAtomics } from './non-shared-atomics.ts';
import { oversubscribedPool } from './oversubscribed-pool.ts';
import { poolDisposedEarly } from './pool-disposed-early.ts';
import { poolNotClosed } from './pool-not-closed.ts';
import { poolPerCall } from './pool-per-call.ts';
import { processNotJoined } from './process-not-joined.ts';
import { queueEmptyLoop } from './queue-empty-loop.ts';
import { serialAwaitInLoop } from './serial-await-in-loop.ts';
import { sharedMemoryLeak } from './shared-memory-leak.ts';
import { tinyTasks } from './tiny-tasks.ts';
import { unserializableArgument } from './unserializable-argument.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [
  asyncResultIgnored,
  awaitUnderSyncLock,
  floatingResult,
  inconsistentLockOrder,
  ioBoundPool,
  joinBeforeDrain,
  largeRepeatedArgument,
  lockNotReleased,
  missingEntryGuard,
  nonAtomicSharedUpdate,
  nonExportedWorkerFunction,
  nonSharedAtomics,
  oversubscribedPool,
  poolDisposedEarly,
  poolNotClosed,
  poolPerCall,
  processNotJoined,
  queueEmptyLoop,
  serialAwaitInLoop,
  sharedMemoryLeak,
  tinyTasks,
  unserializableArgument,
];
