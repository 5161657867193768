import { ts } from 'ts-morph';
import { type FunctionNode, isAsync, isGenerator, propertyName, resultsOf, unwrap } from '../ast.ts';
import { instanceFields } from '../fields.ts';
import { type Access, appendLabel, type Bound, ELEMENT, type Tracer, type TraceState } from './origin.ts';
import { parameterKey } from './parameters.ts';

/** What an async function gives. */
export function followAwait(
  trace: Tracer,
  node: ts.AwaitExpression,
  accesses: readonly Access[],
  state: TraceState,
): void {
  if (!followSettled(trace, unwrap(node.expression), accesses, state, node)) trace.end(node, accesses, state);
}

/** Follows the results of a call of an async function; false for every other expression. `whole` is what awaits the call. */
export function followSettled(
  trace: Tracer,
  call: ts.Expression,
  accesses: readonly Access[],
  state: TraceState,
  whole: ts.Expression,
): boolean {
  const fn = ts.isCallExpression(call) ? trace.model.calledFunction(call) : undefined;
  if (!fn || !isAsync(fn) || isGenerator(fn)) return false;
  const settle = (result: ts.Expression, from: TraceState): void => {
    const inner = unwrap(result);
    if (inner.pos === call.pos || followSettled(trace, inner, accesses, from, whole)) return;
    // What the function waits for is known by the type of what waits for the function.
    if (isPromise(trace, inner)) trace.end(whole, accesses, from);
    else trace.follow(result, accesses, from);
  };
  followResults(trace, fn, call as ts.CallExpression, accesses, { ...state, depth: state.depth + 1 }, settle);
  return true;
}

const isPromise = (trace: Tracer, node: ts.Expression): boolean =>
  ts.isCallExpression(node) && trace.model.checker.getTypeAtLocation(node).getSymbol()?.name === 'Promise';

/** What a called function gives, or what a method of the language passes on. */
export function followCall(
  trace: Tracer,
  node: ts.CallExpression,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const callee = unwrap(node.expression);
  const [first, ...rest] = accesses;
  const argument = node.arguments[0];
  if (ts.isPropertyAccessExpression(callee)) {
    const method = callee.name.text;
    const receiver = unwrap(callee.expression);
    const global = ts.isIdentifier(receiver) ? receiver.text : '';
    if (global === 'Object' || global === 'Array') {
      if (argument !== undefined && PASSING.has(`${global}.${method}`)) {
        if (method === 'from' && node.arguments[1] && first?.kind === 'element') {
          followCallback(
            trace,
            node,
            node.arguments[1],
            { expression: argument, accesses: [ELEMENT], state },
            rest,
          );
          return;
        }
        if (method === 'assign') followAssigned(trace, node.arguments, accesses, state);
        else if (method === 'of') followListed(trace, node.arguments, accesses, state);
        else if (method === 'from' && first === undefined) trace.end(node, accesses, state);
        else trace.follow(argument, accesses, state);
        return;
      }
    } else if (first?.kind === 'element' && trace.model.calledFunction(node) === undefined) {
      if (method === 'map' && argument) {
        followCallback(trace, node, argument, { expression: receiver, accesses: [ELEMENT], state }, rest);
        return;
      }
      if (method === 'flatMap' && argument) {
        followCallback(trace, node, argument, { expression: receiver, accesses: [ELEMENT], state }, accesses);
        return;
      }
      if (method === 'fill' && argument) {
        trace.follow(argument, rest, state);
        return;
      }
      if (KEEPING_ELEMENTS.has(method)) {
        trace.follow(receiver, accesses, state);
        return;
      }
    }
  } else if (ts.isIdentifier(callee) && callee.text === 'structuredClone' && argument) {
    trace.follow(argument, accesses, state);
    return;
  }
  const fn = trace.model.calledFunction(node);
  if (fn === undefined || fn.getSourceFile().isDeclarationFile || isAsync(fn)) {
    trace.end(node, accesses, state);
    return;
  }
  if (isGenerator(fn)) {
    if (first?.kind !== 'element') {
      trace.end(node, accesses, state);
      return;
    }
    followResults(trace, fn, node, rest, state);
    return;
  }
  followResults(trace, fn, node, accesses, state);
}

/** `Object.assign(a, b, { c })`: what is written last wins. */
function followAssigned(
  trace: Tracer,
  parts: readonly ts.Expression[],
  accesses: readonly Access[],
  state: TraceState,
): void {
  const [first] = accesses;
  const written: string[] = [];
  for (const part of [...parts].reverse()) {
    if (first?.kind === 'prop' && written.includes(first.name)) return;
    const isWhole = first === undefined && written.length > 0;
    trace.follow(part, isWhole ? [{ kind: 'omit', names: [...written] }] : accesses, state);
    const literal = unwrap(part);
    if (!ts.isObjectLiteralExpression(literal)) continue;
    for (const { name } of literal.properties) written.push(propertyName(name) ?? '');
  }
}

/** `Array.of(a, b)`. */
function followListed(
  trace: Tracer,
  items: readonly ts.Expression[],
  accesses: readonly Access[],
  state: TraceState,
): void {
  const [first, ...rest] = accesses;
  for (const [index, item] of items.entries()) {
    if (first === undefined) trace.follow(item, [], appendLabel(state, `[${index}]`));
    else if (first.kind === 'element' || (first.kind === 'prop' && first.name === String(index)))
      trace.follow(item, rest, state);
  }
}

/** Follows the results of a callback that gets `bound` as its first parameter; they are the elements of `call`. */
function followCallback(
  trace: Tracer,
  call: ts.CallExpression,
  callback: ts.Expression,
  bound: Bound,
  accesses: readonly Access[],
): void {
  const { state } = bound;
  const fn = trace.model.functionOf(callback);
  if (fn === undefined || isGenerator(fn) || isAsync(fn)) {
    trace.end(call, [ELEMENT, ...accesses], state);
    return;
  }
  const environment = new Map(state.environment);
  bind(trace, environment, fn.parameters[0], bound);
  for (const result of resultsOf(fn)) trace.follow(result, accesses, { ...state, environment });
}

function followResults(
  trace: Tracer,
  fn: FunctionNode & { body: ts.ConciseBody },
  call: ts.CallExpression,
  accesses: readonly Access[],
  state: TraceState,
  follow = (result: ts.Expression, from: TraceState): void => trace.follow(result, accesses, from),
): void {
  if (state.depth > MAX_DEPTH) return;
  const environment = new Map(state.environment);
  fn.parameters.forEach((parameter, index) => {
    const value = call.arguments[index];
    if (value && !ts.isSpreadElement(value) && !parameter.dotDotDotToken) {
      bind(trace, environment, parameter, { expression: value, accesses: [], state });
    }
  });
  const inside = { ...state, environment, labelFixed: true };
  const results = resultsOf(fn);
  if (results.length === 0) trace.end(call, accesses, state);
  const callee = unwrap(call.expression);
  for (const result of results) {
    const isReceiver = unwrap(result).kind === ts.SyntaxKind.ThisKeyword;
    if (isReceiver && ts.isPropertyAccessExpression(callee)) trace.follow(callee.expression, accesses, state);
    else follow(result, inside);
  }
}

function bind(
  trace: Tracer,
  environment: Map<ts.Symbol, Bound>,
  parameter: ts.ParameterDeclaration | undefined,
  bound: Bound,
): void {
  const symbol = parameter && parameterKey(trace.model, parameter);
  if (symbol) environment.set(symbol, bound);
}

/** A field of an instance, or what a container of the language is made of. */
export function followNew(
  trace: Tracer,
  node: ts.NewExpression,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const [step, ...rest] = accesses;
  const argument = node.arguments?.[0];
  if (step === undefined || step.kind === 'omit') {
    trace.end(node, accesses, state);
    return;
  }
  const name = ts.isIdentifier(node.expression) ? node.expression.text : '';
  const declaration = trace.model.classOf(node.expression);
  if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) {
    const copies = name === 'Set' || name === 'Map' || name === 'Array';
    if (copies && step.kind === 'element' && argument) {
      trace.follow(argument, accesses, state);
      return;
    }
    trace.end(node, accesses, state);
    return;
  }
  if (step.kind === 'element') {
    trace.end(node, accesses, state);
    return;
  }
  for (const field of instanceFields(trace.model, declaration, node)) {
    if (field.name === step.name && field.value) {
      trace.follow(field.value, rest, state);
      return;
    }
  }
  trace.end(node, accesses, state);
}

/** Calls within calls that are followed. */
const MAX_DEPTH = 24;

const KEEPING_ELEMENTS = new Set([
  'filter',
  'slice',
  'sort',
  'reverse',
  'toSorted',
  'toReversed',
  'concat',
  'values',
  'splice',
  'flat',
]);
const PASSING = new Set([
  'Object.freeze',
  'Object.seal',
  'Object.preventExtensions',
  'Object.assign',
  'Object.values',
  'Array.from',
  'Array.of',
]);
