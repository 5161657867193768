import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import type { Model } from './model.ts';
import { givenTo } from './parameters.ts';
import { type Access, startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

const MAX_HOPS = 6;

/** The number that an expression certainly is, by its literals and constants. */
export function numberOf(model: Model, expression: ts.Expression, hops = 0): number | undefined {
  const node = unwrap(expression);
  if (hops > MAX_HOPS) return undefined;
  if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll('_', ''));
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const value = numberOf(model, node.operand, hops + 1);
    return value === undefined ? undefined : -value;
  }
  if (ts.isBinaryExpression(node)) {
    const a = numberOf(model, node.left, hops + 1);
    const b = numberOf(model, node.right, hops + 1);
    return a === undefined || b === undefined ? undefined : calculate(node.operatorToken.kind, a, b);
  }
  if (ts.isIdentifier(node)) {
    const value = constantOf(model, node);
    return value && numberOf(model, value, hops + 1);
  }
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'length') {
    const size = sizeOf(model, node.expression, hops + 1);
    return typeof size === 'number' ? size : undefined;
  }
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const type = model.checker.getTypeAtLocation(node); // A member of an enum, or of an object `as const`.
  return type.isNumberLiteral() ? type.value : undefined;
}

function calculate(kind: ts.SyntaxKind, a: number, b: number): number | undefined {
  switch (kind) {
    case ts.SyntaxKind.PlusToken:
      return a + b;
    case ts.SyntaxKind.MinusToken:
      return a - b;
    case ts.SyntaxKind.AsteriskToken:
      return a * b;
    case ts.SyntaxKind.SlashToken:
      return a / b;
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return a ** b;
    case ts.SyntaxKind.LessThanLessThanToken:
      return a << b;
    default:
      return undefined;
  }
}

/** What a `const` was given, or a `let` that nobody assigns again. */
export function constantOf(model: Model, node: ts.Identifier): ts.Expression | undefined {
  const symbol = model.symbolAt(node);
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration || !ts.isVariableDeclaration(declaration)) return undefined;
  if (declaration.parent.parent && ts.isIterationStatement(declaration.parent.parent, false))
    return undefined;
  return model.writesTo(symbol).some((write) => write.kind === 'assign')
    ? undefined
    : declaration.initializer;
}

/** Number of items of a list; `unbounded` where it is as long as the data is: files of a folder, lines of a text. */
export type Size = number | 'unbounded' | undefined;

/** How many items an iterable has, as far as it can be told. */
export function sizeOf(model: Model, expression: ts.Expression, hops = 0): Size {
  const node = unwrap(expression);
  if (hops > MAX_HOPS) return undefined;
  if (ts.isArrayLiteralExpression(node)) return literalSize(model, node, hops);
  if (ts.isAwaitExpression(node)) return sizeOf(model, node.expression, hops + 1);
  if (ts.isNewExpression(node)) return constructedSize(model, node, hops);
  if (ts.isCallExpression(node)) return calledSize(model, node, hops);
  if (!ts.isIdentifier(node)) return undefined;
  const declaration = model.symbolAt(node)?.valueDeclaration;
  if (declaration && ts.isParameter(declaration)) return parameterSize(model, declaration, hops);
  const value = constantOf(model, node);
  return value && sizeOf(model, value, hops + 1);
}

function literalSize(model: Model, node: ts.ArrayLiteralExpression, hops: number): Size {
  let sum = 0;
  for (const element of node.elements) {
    const size = ts.isSpreadElement(element) ? sizeOf(model, element.expression, hops + 1) : 1;
    if (typeof size !== 'number') return size;
    sum += size;
  }
  return sum;
}

function constructedSize(model: Model, node: ts.NewExpression, hops: number): Size {
  const name = node.expression.getText();
  const [first] = node.arguments ?? [];
  if (first === undefined) return undefined;
  if (/Array$/.test(name)) return numberOf(model, first, hops + 1) ?? sizeOf(model, first, hops + 1);
  return /^(Map|Set)$/.test(name) ? sizeOf(model, first, hops + 1) : undefined;
}

function calledSize(model: Model, node: ts.CallExpression, hops: number): Size {
  const callee = unwrap(node.expression);
  const [first] = node.arguments;
  const text = callee.getText();
  if (/^(Array\.from|\w+Array\.from|Object\.(keys|values|entries))$/.test(text) && first) {
    const source = unwrap(first);
    if (!ts.isObjectLiteralExpression(source)) return sizeOf(model, source, hops + 1);
    if (text.startsWith('Object')) return source.properties.length;
    const length = source.properties.find((property) => property.name?.getText() === 'length');
    if (length && ts.isShorthandPropertyAssignment(length)) return numberOf(model, length.name, hops + 1);
    return length && ts.isPropertyAssignment(length)
      ? numberOf(model, length.initializer, hops + 1)
      : undefined;
  }
  if (text === 'Array' && first) return numberOf(model, first, hops + 1);
  if (/(^|\.)(readdir|readdirSync|glob|globSync|glob\.sync|fg|fastGlob)$/.test(text)) return 'unbounded';
  if (!ts.isPropertyAccessExpression(callee)) {
    const value = returned(model, node);
    return value && sizeOf(model, value, hops + 1);
  }
  const { text: method } = callee.name;
  if (method === 'split') return ts.isStringLiteralLike(unwrap(callee.expression)) ? undefined : 'unbounded';
  if (SAME_SIZE.has(method)) return sizeOf(model, callee.expression, hops + 1);
  if (method === 'filter')
    return sizeOf(model, callee.expression, hops + 1) === 'unbounded' ? 'unbounded' : undefined;
  return undefined;
}

const SAME_SIZE = new Set([
  'map',
  'sort',
  'reverse',
  'toSorted',
  'toReversed',
  'fill',
  'keys',
  'values',
  'entries',
]);

/** What a function without parameters gives, where it gives one thing. */
function returned(model: Model, node: ts.CallExpression): ts.Expression | undefined {
  const values: ts.Expression[] = [];
  new Trace(model, (origin) => {
    if (origin.kind === 'expression' && ts.isExpression(origin.node)) values.push(origin.node);
  }).follow(node, [], startState(''));
  const [only] = values;
  return values.length === 1 && only !== node ? only : undefined;
}

/** The largest list that is given; without callers, a list of texts is as long as the data is. */
function parameterSize(model: Model, parameter: ts.ParameterDeclaration, hops: number): Size {
  const { values } = givenTo(model, parameter);
  if (values.length === 0) return isTexts(model, parameter) ? 'unbounded' : undefined;
  let largest: Size = 0;
  for (const { expression, accesses } of values) {
    const size = accesses.length === 0 ? sizeOf(model, expression, hops + 1) : undefined;
    if (size === 'unbounded') return 'unbounded';
    if (size === undefined) largest = undefined;
    else if (largest !== undefined) largest = Math.max(largest, size);
  }
  return largest;
}

function isTexts(model: Model, parameter: ts.ParameterDeclaration): boolean {
  const type = model.checker.getTypeAtLocation(parameter);
  if (!model.checker.isArrayType(type)) return false;
  const [item] = model.checker.getTypeArguments(type as ts.TypeReference);
  return item !== undefined && (item.flags & ts.TypeFlags.String) !== 0;
}

/** Bytes of one entry of a list of numbers, and of a map or set, when they are sent. */
const BYTES_OF_NUMBER = 9;
const BYTES_OF_ENTRY = 40;

/** About how many bytes a value has when it is sent, where its size is written in the source. */
export function bytesOf(
  model: Model,
  expression: ts.Expression,
  accesses: readonly Access[] = [],
  hops = 0,
): number | undefined {
  const sizes: (number | undefined)[] = [];
  new Trace(model, (origin) => {
    if (origin.kind === 'parameter' && hops < 3) {
      for (const given of givenTo(model, origin.node).values)
        sizes.push(bytesOf(model, given.expression, [...given.accesses, ...origin.accesses], hops + 1));
    } else
      sizes.push(
        origin.kind === 'expression' && ts.isExpression(origin.node)
          ? bytesMade(model, origin.node)
          : undefined,
      );
  }).follow(expression, accesses, startState(''));
  if (sizes.length === 0 || sizes.includes(undefined)) return undefined;
  return Math.min(...(sizes as number[]));
}

function bytesMade(model: Model, node: ts.Expression): number | undefined {
  const times = (count: Size, bytes: number): number | undefined =>
    typeof count === 'number' ? count * bytes : undefined;
  if (ts.isNewExpression(node)) {
    const name = node.expression.getText();
    const [first] = node.arguments ?? [];
    if (first === undefined) return 0;
    const bits = /^(?:Big)?(?:Int|Uint|Float)(8|16|32|64)(?:Clamped)?Array$/.exec(name)?.[1];
    const count = numberOf(model, first) ?? sizeOf(model, first);
    if (bits) return times(count, Number(bits) / 8);
    if (name === 'ArrayBuffer') return times(count, 1);
    if (name === 'Array') return times(count, BYTES_OF_NUMBER);
    return /^(Map|Set)$/.test(name) ? times(count, BYTES_OF_ENTRY) : undefined;
  }
  // A trace goes through `Array.from({ length: n })` to its argument.
  if (ts.isObjectLiteralExpression(node) && ts.isCallExpression(node.parent))
    return times(sizeOf(model, node.parent), BYTES_OF_NUMBER);
  if (ts.isCallExpression(node)) {
    const callee = unwrap(node.expression);
    const text = callee.getText();
    const [first] = node.arguments;
    if (/^Buffer\.alloc(Unsafe)?$/.test(text) && first) return numberOf(model, first);
    if (ts.isPropertyAccessExpression(callee)) {
      if (callee.name.text === 'repeat' && first) return numberOf(model, first);
      if (callee.name.text === 'fill') return bytesOf(model, callee.expression);
    }
    return times(sizeOf(model, node), BYTES_OF_NUMBER);
  }
  return ts.isLiteralExpression(node) ? node.text.length : undefined;
}
