import type { Rule } from '../rule.ts';
import { errorIdentityLost } from './error-identity-lost.ts';
import { inlineWorkerFunction } from './inline-worker-function.ts';
import { lossyArgument } from './lossy-argument.ts';
import { lossyReturn } from './lossy-return.ts';
import { methodAsWorkerFunction } from './method-as-worker-function.ts';
import { missingEntryGuard } from './missing-entry-guard.ts';
import { nestedWorkerFunction } from './nested-worker-function.ts';
import { nonExportedWorkerFunction } from './non-exported-worker-function.ts';
import { receivedViewBuffer } from './received-view-buffer.ts';
import { sharedBufferCopied } from './shared-buffer-copied.ts';
import { unserializableArgument } from './unserializable-argument.ts';
import { unserializableMessage } from './unserializable-message.ts';
import { unserializableReturn } from './unserializable-return.ts';

/** Every rule, in the order of their names. */
export const RULES: readonly Rule[] = [
  errorIdentityLost,
  inlineWorkerFunction,
  lossyArgument,
  lossyReturn,
  methodAsWorkerFunction,
  missingEntryGuard,
  nestedWorkerFunction,
  nonExportedWorkerFunction,
  receivedViewBuffer,
  sharedBufferCopied,
  unserializableArgument,
  unserializableMessage,
  unserializableReturn,
];
