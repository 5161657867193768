import { ts } from 'ts-morph';
import { unwrap } from '../ast.ts';
import { isUsing } from '../flow/walk.ts';
import type { Model } from '../model.ts';
import { type LockOperation, lockOperation } from './operations.ts';

/** `hold` of `hold[Symbol.asyncDispose]()`. */
export function disposedBy(call: ts.CallExpression): ts.Expression | undefined {
  const callee = unwrap(call.expression);
  return ts.isElementAccessExpression(callee) &&
    /^Symbol\.(asyncD|d)ispose$/.test(callee.argumentExpression.getText())
    ? callee.expression
    : undefined;
}

export const withoutAwait = (node: ts.Expression): ts.Expression => {
  const value = unwrap(node);
  return ts.isAwaitExpression(value) ? unwrap(value.expression) : value;
};

/** It is waited for, and whether it was got is not only told to a function, as in `assert.equal(await lock.acquire(...), false)`. */
export function isCertain({ call, sync }: LockOperation): boolean {
  let node: ts.Node = call;
  let isAwaited = sync;
  while (ts.isAwaitExpression(node.parent) || ts.isParenthesizedExpression(node.parent)) {
    isAwaited ||= ts.isAwaitExpression(node.parent);
    node = node.parent;
  }
  const { parent } = node;
  if (ts.isReturnStatement(parent) || ts.isArrowFunction(parent)) return true;
  return isAwaited && !ts.isCallExpression(parent);
}

/** `const hold = await lock.hold()`: it is given back by name. */
export function isKeptByName(call: ts.CallExpression): boolean {
  let node: ts.Node = call.parent;
  while (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) node = node.parent;
  return ts.isVariableDeclaration(node) && !isUsing(node.parent) && ts.isIdentifier(node.name);
}

/** The `hold()` whose result a name stands for. */
export function holdNamed(model: Model, expression: ts.Expression): LockOperation | undefined {
  const node = unwrap(expression);
  const declaration = ts.isIdentifier(node) ? model.symbolAt(node)?.valueDeclaration : undefined;
  const made =
    declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? lockOperation(model, withoutAwait(declaration.initializer))
      : undefined;
  return made?.kind === 'hold' ? made : undefined;
}

/** The `acquire()` whose outcome a condition tells, directly or through a `const`. */
export function acquiringCall(model: Model, condition: ts.Expression): ts.CallExpression | undefined {
  let node = withoutAwait(condition);
  if (ts.isIdentifier(node)) {
    const declaration = model.symbolAt(node)?.valueDeclaration;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    node = withoutAwait(declaration.initializer);
  }
  const operation = lockOperation(model, node);
  return operation?.kind === 'acquire' ? operation.call : undefined;
}
