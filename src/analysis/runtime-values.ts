import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import type { Model } from './model.ts';
import { runtimeTypeOf } from './runtime-type.ts';
import type { Use } from './uses.ts';

/** Objects of the package that processes share by handing them on. */
export const SHARED_TYPES = new Set([
  'Lock',
  'RLock',
  'Semaphore',
  'BoundedSemaphore',
  'Event',
  'Condition',
  'Barrier',
  'Queue',
  'JoinableQueue',
  'SimpleQueue',
  'Connection',
  'Value',
  'RawValue',
  'SharedArray',
  'RawArray',
  'ShareableList',
  'SharedMemory',
]);

/** True where a use writes into memory or an object that processes may share: one of the package, or a view of given memory. */
export function writesSharedValue(model: Model, use: Use, initial: ts.Expression | undefined): boolean {
  const node = unwrap(use.node);
  const isMember = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
  const owner = use.kind === 'change' || !isMember ? node : node.expression;
  if (runtimeTypeOf(model, owner) !== undefined) return true;
  return initial !== undefined && isViewOfGivenMemory(initial);
}

/** `new Int32Array(memory.buffer)`: what is behind it was made elsewhere. */
export function isViewOfGivenMemory(expression: ts.Expression): boolean {
  const node = unwrap(expression);
  const isMaking = ts.isNewExpression(node) || ts.isCallExpression(node);
  return isMaking && (node.arguments ?? []).some((argument) => /[bB]uffer\b/.test(argument.getText()));
}
