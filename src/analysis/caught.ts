import { ts } from 'ts-morph';
import { isFunctionWithBody, propertyName, unwrap } from './ast.ts';
import { describeCall } from './calls.ts';
import type { Model } from './model.ts';
import { reachOf } from './reach.ts';
import { resultCalls } from './result-calls.ts';
import { type Origin, startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

type Call = ts.CallExpression | ts.NewExpression;

/**
 * Calls that give work to other processes and whose errors an expression may hold: caught around them, or given to `catch`,
 * `errorCallback`, `Promise.allSettled` or `future.exception()`.
 */
export function caughtFrom(model: Model, expression: ts.Expression): ReadonlySet<Call> {
  const calls = new Set<Call>();
  const add = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) calls.add(node);
  };
  new Trace(model, (origin) => {
    for (const call of fromOrigin(model, origin)) add(call);
  }).follow(expression, [], startState(''));
  return calls;
}

function fromOrigin(model: Model, origin: Origin): Iterable<ts.Node> {
  if (origin.kind === 'parameter') return fromCallback(model, origin.node);
  if (origin.kind === 'declaration' || !ts.isExpression(origin.node)) return [];
  const node = unwrap(origin.node);
  const declaration = ts.isIdentifier(node) ? model.symbolAt(node)?.valueDeclaration : undefined;
  if (declaration && ts.isVariableDeclaration(declaration) && ts.isCatchClause(declaration.parent))
    return workWithin(model, declaration.parent.parent.tryBlock);
  return resultCalls(model, node);
}

function fromCallback(model: Model, parameter: ts.ParameterDeclaration): Iterable<ts.Node> {
  const fn = parameter.parent;
  const holder = fn.parent;
  if (fn.parameters[0] !== parameter) return [];
  if (ts.isCallExpression(holder) && ts.isPropertyAccessExpression(holder.expression)) {
    const name = holder.expression.name.text;
    const takesError =
      (name === 'catch' && holder.arguments[0] === fn) || (name === 'then' && holder.arguments[1] === fn);
    return takesError ? resultCalls(model, holder.expression.expression) : [];
  }
  if (ts.isPropertyAssignment(holder) && propertyName(holder.name) === 'errorCallback') {
    const call = holder.parent.parent;
    return ts.isCallExpression(call) ? [call] : [];
  }
  return [];
}

/** Work that a block gives to others: itself, through what it awaits, or through functions that it calls. */
function workWithin(model: Model, block: ts.Node): ReadonlySet<ts.Node> {
  const work = new Set<ts.Node>();
  const visit = (node: ts.Node, follow: boolean): void => {
    if (ts.isCallExpression(node)) {
      if ((describeCall(model, node)?.workers.length ?? 0) > 0) work.add(node);
      else if (follow) {
        const fn = model.calledFunction(node);
        if (isFunctionWithBody(fn) && !fn.getSourceFile().isDeclarationFile) {
          for (const reached of reachOf(model, fn)) visit(reached.body, false);
        }
      }
    }
    if (follow && (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier))) {
      for (const call of resultCalls(model, node.expression)) work.add(call);
    }
    ts.forEachChild(node, (child) => visit(child, follow));
  };
  visit(block, true);
  return work;
}
