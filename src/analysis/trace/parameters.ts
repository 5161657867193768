import { ts } from 'ts-morph';
import { isFunctionExpression } from '../ast.ts';
import type { Model } from '../model.ts';
import { type Access, ELEMENT, type Place, type Tracer, type TraceState } from './origin.ts';

/** A parameter stands for what it is bound to on the way, an element of what its callback goes over, or what a caller gives. */
export function followParameter(
  trace: Tracer,
  declaration: ts.ParameterDeclaration,
  known: ts.Symbol | undefined,
  at: Place,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const symbol = known ?? parameterKey(trace.model, declaration);
  const bound = symbol && state.environment.get(symbol);
  if (bound) {
    trace.follow(bound.expression, [...bound.accesses, ...accesses], {
      ...bound.state,
      exported: bound.state.exported || state.exported,
      depth: state.depth,
    });
    return;
  }
  const fn = declaration.parent;
  const call = fn.parent;
  if (
    isFunctionExpression(fn) &&
    ts.isCallExpression(call) &&
    ts.isPropertyAccessExpression(call.expression)
  ) {
    const method = call.expression.name.text;
    const elements = ELEMENT_CALLBACKS.get(method);
    if (elements !== undefined && call.arguments[0] === fn) {
      if (elements.includes(fn.parameters.indexOf(declaration))) {
        trace.follow(call.expression.expression, [ELEMENT, ...accesses], state);
        return;
      }
      trace.report({ kind: 'typed', ...at, state });
      return;
    }
  }
  if (declaration.initializer) trace.follow(declaration.initializer, accesses, state);
  trace.report({ kind: 'parameter', node: declaration, accesses, at, state });
}

/** A parameter that is a pattern has no symbol of its own: that of its first name stands for it. */
export function parameterKey(model: Model, parameter: ts.ParameterDeclaration): ts.Symbol | undefined {
  let name: ts.BindingName = parameter.name;
  while (!ts.isIdentifier(name)) {
    const first: ts.ArrayBindingElement | undefined = name.elements.find((element) =>
      ts.isBindingElement(element),
    );
    if (first === undefined || !ts.isBindingElement(first)) return undefined;
    name = first.name;
  }
  return model.symbolAt(name);
}

/** Methods of arrays, and which parameters of their callback are elements. */
const ELEMENT_CALLBACKS: ReadonlyMap<string, readonly number[]> = new Map([
  ['map', [0]],
  ['forEach', [0]],
  ['flatMap', [0]],
  ['filter', [0]],
  ['some', [0]],
  ['every', [0]],
  ['find', [0]],
  ['findIndex', [0]],
  ['findLast', [0]],
  ['sort', [0, 1]],
  ['toSorted', [0, 1]],
  ['reduce', [1]],
  ['reduceRight', [1]],
]);
