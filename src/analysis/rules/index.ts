import type { Rule } from '../rule.ts';
import { awaitUnderSyncLock } from './await-under-sync-lock.ts';
import { inconsistentLockOrder } from './inconsistent-lock-order.ts';
import { lockNotReleased } from './lock-not-released.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { nonAtomicSharedUpdate } from './non-atomic-shared-update.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { nonSharedAtomics } from './non-shared-atomics.ts';
import { queueEmptyLoop } from './queue-empty-loop.ts';
import { unserializableArgument } from './unserializable-argument.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [
  awaitUnderSyncLock,
  inconsistentLockOrder,
  lockNotReleased,
  missingEntryGuard,
  nonAtomicSharedUpdate,
  nonExportedWorkerFunction,
  nonSharedAtomics,
  queueEmptyLoop,
  unserializableArgument,
];
