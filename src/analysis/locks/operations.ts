import { ts } from 'ts-morph';
import { propertyName, unwrap } from '../ast.ts';
import { calledRuntime } from '../calls.ts';
import type { Model } from '../model.ts';

/** What a call does with a lock. */
export interface LockOperation {
  readonly kind: 'acquire' | 'release' | 'hold' | 'with';
  /** The expression that names the lock. */
  readonly lock: ts.Expression;
  /** True for the forms that block the thread. */
  readonly sync: boolean;
  /** True when it may give up: a timeout or signal is given. */
  readonly timed: boolean;
  readonly call: ts.CallExpression;
}

const METHODS: Readonly<Record<string, { kind: LockOperation['kind']; sync: boolean }>> = {
  acquire: { kind: 'acquire', sync: false },
  acquireSync: { kind: 'acquire', sync: true },
  release: { kind: 'release', sync: false },
  hold: { kind: 'hold', sync: false },
  with: { kind: 'with', sync: false },
  withSync: { kind: 'with', sync: true },
};

const LOCK_TYPE =
  /^(Lock|RLock|Semaphore|BoundedSemaphore|Condition|Lockable|SyncLockable|LockProxy|ConditionProxy)$/;

/** Tells what a call does with a lock of the package, if anything. */
export function lockOperation(model: Model, node: ts.Node): LockOperation | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const method = Object.hasOwn(METHODS, callee.name.text) ? METHODS[callee.name.text] : undefined;
  if (method === undefined) return undefined;
  const [owner] = calledRuntime(model, node)?.split('.') ?? [];
  if (owner === undefined || !LOCK_TYPE.test(owner)) return undefined;
  const options = method.kind === 'with' ? node.arguments[1] : node.arguments[0];
  return {
    ...method,
    lock: callee.expression,
    timed: options !== undefined && mayGiveUp(options),
    call: node,
  };
}

function mayGiveUp(options: ts.Expression): boolean {
  const value = unwrap(options);
  if (!ts.isObjectLiteralExpression(value)) return true;
  return value.properties.some((property) => propertyName(property.name) !== 'recover');
}

/** Text that every function with a lock operation contains: a quick test before types are asked. */
export const MENTIONS_LOCK = /\.\s*(acquire|acquireSync|release|hold|with|withSync)\s*\(/;
