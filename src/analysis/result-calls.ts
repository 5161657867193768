import { ts } from 'ts-morph';
import { propertyName, unwrap } from './ast.ts';
import { describeCall } from './calls.ts';
import type { Model } from './model.ts';
import { callersOf } from './reach.ts';
import { ELEMENT, type Origin, startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

const MAX_HOPS = 6;

/**
 * Calls that give work to other processes and whose result, or a part of it, an expression may hold: through `await`,
 * `Promise.all`, `future.result()`, loops, callbacks, the user's own functions and arrays.
 */
export function resultCalls(model: Model, expression: ts.Expression): ReadonlySet<ts.Node> {
  return searchFor(model, expression).found;
}

/** The same, without what may also be an instance that was made here, such as one that takes over the fields of a result. */
export function pureResultCalls(model: Model, expression: ts.Expression): ReadonlySet<ts.Node> {
  const { found, isMadeHere } = searchFor(model, expression);
  return isMadeHere ? new Set() : found;
}

function searchFor(model: Model, expression: ts.Expression): Search {
  const search = new Search(model);
  search.follow(expression, false, 0);
  return search;
}

class Search {
  readonly found = new Set<ts.Node>();
  isMadeHere = false;
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  follow(expression: ts.Expression, elements: boolean, hops: number): void {
    if (hops > MAX_HOPS) return;
    new Trace(this.#model, (origin) => this.#origin(origin, hops)).follow(
      expression,
      elements ? [ELEMENT] : [],
      startState(''),
    );
  }

  #origin(origin: Origin, hops: number): void {
    if (origin.kind === 'parameter') this.#parameter(origin.node, hops);
    else if (origin.kind !== 'declaration' && ts.isExpression(origin.node)) this.#value(origin.node, hops);
  }

  #value(expression: ts.Expression, hops: number): void {
    let node = unwrap(expression);
    while (ts.isAwaitExpression(node)) node = unwrap(node.expression);
    if (ts.isNewExpression(node) && node.expression.getText() !== 'Promise') this.isMadeHere = true;
    if (!ts.isCallExpression(node)) {
      if (node !== unwrap(expression)) this.follow(node, false, hops + 1);
      return;
    }
    if ((describeCall(this.#model, node)?.workers.length ?? 0) > 0) {
      this.found.add(node);
      return;
    }
    const callee = unwrap(node.expression);
    const [argument] = node.arguments;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined;
    if (name !== undefined && ts.isPropertyAccessExpression(callee)) {
      const ofPromise = callee.expression.getText() === 'Promise';
      if (ofPromise && argument) this.follow(argument, true, hops + 1);
      else if (PASSING.has(name)) this.follow(callee.expression, false, hops + 1);
    } else if (argument && this.#model.runtimeName(callee) === 'asCompleted')
      this.follow(argument, true, hops + 1);
  }

  /** A callback of `then`, `callback` among the options of a call, or a function whose callers are known. */
  #parameter(parameter: ts.ParameterDeclaration, hops: number): void {
    const fn = parameter.parent;
    const holder = fn.parent;
    if (ts.isCallExpression(holder) && ts.isPropertyAccessExpression(holder.expression)) {
      const isFirst = holder.arguments[0] === fn && fn.parameters[0] === parameter;
      if (isFirst && holder.expression.name.text === 'then')
        this.follow(holder.expression.expression, false, hops + 1);
      return;
    }
    if (ts.isPropertyAssignment(holder) && propertyName(holder.name) === 'callback') {
      const call = holder.parent.parent;
      if (ts.isCallExpression(call) && describeCall(this.#model, call)) this.found.add(call);
      return;
    }
    const index = fn.parameters.indexOf(parameter);
    for (const call of callersOf(this.#model, fn)) {
      const argument = call.arguments[index];
      if (argument && !ts.isSpreadElement(argument)) this.follow(argument, false, hops + 1);
    }
  }
}

/** Methods that give what their object holds, or a part of it. */
const PASSING = new Set([
  'get',
  'result',
  'exception',
  'then',
  'catch',
  'finally',
  'next',
  'at',
  'find',
  'findLast',
  'pop',
  'shift',
  'filter',
  'flat',
  'slice',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'concat',
  'values',
]);
