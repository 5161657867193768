import type { Rule } from '../rule.ts';
import { asyncResultIgnored } from './async-result-ignored.ts';
import { awaitUnderSyncLock } from './await-under-sync-lock.ts';
import { floatingResult } from './floating-result.ts';
import { inconsistentLockOrder } from './inconsistent-lock-order.ts';
import { joinBeforeDrain } from './join-before-drain.ts';
import { lockNotReleased } from './lock-not-released.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { nonAtomicSharedUpdate } from './non-atomic-shared-update.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { nonSharedAtomics } from './non-shared-atomics.ts';
import { poolDisposedEarly } from './pool-disposed-early.ts';
import { poolNotClosed } from './pool-not-closed.ts';
import { processNotJoined } from './process-not-joined.ts';
import { queueEmptyLoop } from './queue-empty-loop.ts';
import { sharedMemoryLeak } from './shared-memory-leak.ts';
import { unserializableArgument } from './unserializable-argument.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [
  asyncResultIgnored,
  awaitUnderSyncLock,
  floatingResult,
  inconsistentLockOrder,
  joinBeforeDrain,
  lockNotReleased,
  missingEntryGuard,
  nonAtomicSharedUpdate,
  nonExportedWorkerFunction,
  nonSharedAtomics,
  poolDisposedEarly,
  poolNotClosed,
  processNotJoined,
  queueEmptyLoop,
  sharedMemoryLeak,
  unserializableArgument,
];
