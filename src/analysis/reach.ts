import { ts } from 'ts-morph';
import { type FunctionNode, shownName, unwrap } from './ast.ts';
import type { Model } from './model.ts';
import { callsWithin as nodesWithin, syntaxOf } from './syntax.ts';
import { startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';
import { calledWithin } from './worker-set.ts';

export type Body = FunctionNode & { readonly body: ts.ConciseBody };

/** Functions that one run may go through; what is behind them is not looked at. */
const MAX_REACHED = 80;

/** A function and everything that it calls, directly and through others. */
export const reachOf = (model: Model, fn: Body): ReadonlySet<Body> => model.once(findReached, fn, new Set());

function findReached(model: Model, fn: Body): ReadonlySet<Body> {
  const reached = new Set([fn]);
  for (const one of reached) {
    if (reached.size >= MAX_REACHED) break;
    for (const callee of calledWithin(model, one).keys()) reached.add(callee);
  }
  return reached;
}

/** Calls of each function that a function and what it calls make. */
const callsWithin = (model: Model, root: Body): ReadonlyMap<ts.Node, readonly ts.CallExpression[]> =>
  model.once(indexCalls, root, new Map());

function indexCalls(model: Model, root: Body): ReadonlyMap<ts.Node, readonly ts.CallExpression[]> {
  const calls = new Map<ts.Node, ts.CallExpression[]>();
  for (const { body } of reachOf(model, root)) {
    for (const node of nodesWithin(body)) {
      const fn = ts.isCallExpression(node) ? model.calledFunction(node) : undefined;
      if (fn) calls.set(fn, [...(calls.get(fn) ?? []), node as ts.CallExpression]);
    }
  }
  return calls;
}

/** Every call of a function by its name in the candidate files. */
export const callersOf = (model: Model, fn: ts.Node): readonly ts.CallExpression[] =>
  model.once(findCallers, fn, []);

function findCallers(model: Model, fn: ts.Node): readonly ts.CallExpression[] {
  const name = shownName(fn);
  const calls: ts.CallExpression[] = [];
  if (name === undefined) return calls;
  for (const file of model.candidates) {
    if (!file.text.includes(name)) continue;
    for (const node of syntaxOf(file).calls) {
      if (!ts.isCallExpression(node)) continue;
      const callee = unwrap(node.expression);
      const called = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
      if (ts.isIdentifier(called) && called.text === name && model.calledFunction(node) === fn)
        calls.push(node);
    }
  }
  return calls;
}

/**
 * True when a value is, or is a part of, what `root` was called with, wherever else in its run the value is used. Nothing else
 * may be at its origin, and a parameter that is assigned to is unknown. `through` gives what a call passes on.
 */
export function isReceived(
  model: Model,
  root: Body,
  expression: ts.Expression,
  through: (node: ts.Expression) => ts.Expression | undefined = () => undefined,
  hops = 0,
): boolean {
  let some = false;
  let all = true;
  const again = (next: ts.Expression): boolean => isReceived(model, root, next, through, hops + 1);
  new Trace(model, (origin) => {
    let received = false;
    if (origin.kind === 'parameter') received = hops < 6 && isGiven(model, root, origin.node, again);
    else if (origin.kind !== 'declaration') {
      const passed = hops < 6 && ts.isExpression(origin.node) ? through(unwrap(origin.node)) : undefined;
      received = passed !== undefined && again(passed);
    }
    some ||= received;
    all &&= received;
  }).follow(expression, [], startState(''));
  return some && all;
}

function isGiven(
  model: Model,
  root: Body,
  parameter: ts.ParameterDeclaration,
  again: (expression: ts.Expression) => boolean,
): boolean {
  const symbol = ts.isIdentifier(parameter.name) ? model.symbolAt(parameter.name) : undefined;
  if (symbol && model.writesTo(symbol).some((write) => write.kind === 'assign')) return false;
  if (parameter.parent === root) return true;
  const index = parameter.parent.parameters.indexOf(parameter);
  const calls = callsWithin(model, root).get(parameter.parent) ?? [];
  return calls.some((call) => {
    const argument = call.arguments[index];
    return argument !== undefined && !ts.isSpreadElement(argument) && again(argument);
  });
}
