import { ts } from 'ts-morph';
import { isFunctionWithBody, propertyName, resultsOf, unwrap } from './ast.ts';
import { calledRuntime, type Position, type WorkerCall } from './calls.ts';
import type { Model } from './model.ts';
import { type Access, prop } from './trace/origin.ts';

/** What a call gives the worker function as its parameter `index`, or undefined where that cannot be told. */
export function argumentFor(model: Model, call: WorkerCall, index: number): Position | undefined {
  const name = calledRuntime(model, call.node) ?? '';
  const [first] = call.sends;
  if (/^ProcessPoolExecutor\.(submit|map)$/.test(name)) return call.sends[index];
  if (/^Pool\.(map|mapAsync|imap|imapUnordered)$/.test(name)) return index === 0 ? first : undefined;
  const isList = /^Pool\.(apply|applyAsync|starmap|starmapAsync)$|^Process$/.test(name);
  if (!isList || first === undefined) return undefined;
  // The elements of the list are the arguments.
  return { ...first, accesses: [...first.accesses.slice(0, -1), prop(String(index))] };
}

/** A variable that is sent, or of which every element is. */
export interface SentVariable {
  /** Where it is sent. */
  readonly node: ts.Identifier;
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** Each task gets one element of it. */
  readonly byElement: boolean;
}

/** The variables whose values a position hands over, through literals and callbacks that are written there. */
export function variablesSent(model: Model, position: Position): SentVariable[] {
  return follow(model, position.expression, position.accesses, 0).flatMap((sent) => [
    sent,
    ...listOf(model, sent),
  ]);
}

/** The list that a loop or callback takes the sent variable from. */
function listOf(model: Model, { node, symbol, byElement }: SentVariable): SentVariable[] {
  const declaration = symbol.valueDeclaration;
  if (declaration === undefined || byElement) return [];
  let list: ts.Expression | undefined;
  if (ts.isParameter(declaration)) {
    const callback = declaration.parent;
    const call = callback.parent;
    const visits =
      ts.isCallExpression(call) &&
      ts.isPropertyAccessExpression(call.expression) &&
      /^(map|forEach|flatMap)$/.test(call.expression.name.text);
    if (visits && callback.parameters[0] === declaration)
      list = (call.expression as ts.PropertyAccessExpression).expression;
  } else if (ts.isVariableDeclaration(declaration) && ts.isForOfStatement(declaration.parent.parent))
    list = declaration.parent.parent.expression;
  const name = list && unwrap(list);
  const whole = name && ts.isIdentifier(name) ? model.symbolAt(name) : undefined;
  return name && whole && ts.isIdentifier(name)
    ? [{ node, name: name.text, symbol: whole, byElement: true }]
    : [];
}

function follow(
  model: Model,
  expression: ts.Expression,
  accesses: readonly Access[],
  hops: number,
): SentVariable[] {
  const node = unwrap(expression);
  const [step, ...rest] = accesses;
  if (hops > 8) return [];
  const next = (one: ts.Expression, steps: readonly Access[]) => follow(model, one, steps, hops + 1);
  if (ts.isIdentifier(node)) return ofName(model, node, accesses, hops);
  if (step === undefined) return [];
  if (ts.isObjectLiteralExpression(node) && step.kind === 'prop') {
    const property = node.properties.find((one) => propertyName(one.name) === step.name);
    if (property && ts.isPropertyAssignment(property)) return next(property.initializer, rest);
    return property && ts.isShorthandPropertyAssignment(property) ? next(property.name, rest) : [];
  }
  if (ts.isArrayLiteralExpression(node)) {
    if (node.elements.some(ts.isSpreadElement)) return [];
    if (step.kind === 'element') return node.elements.flatMap((element) => next(element, rest));
    const element = step.kind === 'prop' ? node.elements[Number(step.name)] : undefined;
    return element ? next(element, rest) : [];
  }
  if (
    !ts.isCallExpression(node) ||
    step.kind !== 'element' ||
    !ts.isPropertyAccessExpression(node.expression)
  )
    return [];
  const { name, expression: owner } = node.expression;
  const callback =
    name.text === 'map' ? node.arguments[0] : name.text === 'from' ? node.arguments[1] : undefined;
  const fn = callback && unwrap(callback);
  if (fn === undefined || !isFunctionWithBody(fn)) return [];
  const source = name.text === 'map' ? owner : node.arguments[0];
  const element = fn.parameters[0]?.name;
  const symbol = element && model.directSymbolAt(element);
  return resultsOf(fn).flatMap((result) =>
    next(result, rest).flatMap((sent) => {
      if (sent.symbol !== symbol) return [sent];
      const list = source && unwrap(source);
      const whole = list && ts.isIdentifier(list) ? model.symbolAt(list) : undefined;
      return whole && list && ts.isIdentifier(list) && !sent.byElement
        ? [{ node: list, name: list.text, symbol: whole, byElement: true }]
        : [];
    }),
  );
}

function ofName(
  model: Model,
  node: ts.Identifier,
  accesses: readonly Access[],
  hops: number,
): SentVariable[] {
  const symbol = model.symbolAt(node);
  const declaration = symbol?.valueDeclaration;
  if (symbol === undefined || declaration === undefined || declaration.getSourceFile().isDeclarationFile)
    return [];
  if (accesses.length === 0) return [{ node, name: node.text, symbol, byElement: false }];
  const [only] = accesses;
  const own =
    accesses.length === 1 && only?.kind === 'element'
      ? [{ node, name: node.text, symbol, byElement: true }]
      : [];
  const isConst =
    ts.isVariableDeclaration(declaration) &&
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  if (!isConst || !declaration.initializer) return own;
  return [...own, ...follow(model, declaration.initializer, accesses, hops + 1)];
}
