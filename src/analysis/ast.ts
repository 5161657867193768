import { ts } from 'ts-morph';
import type { Span } from './diagnostic.ts';

/** A function whose body can be read. */
export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration;

/** The expression without parentheses, type assertions and `!`. */
export function unwrap(node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapper(inner.kind)) inner = (inner as ts.ParenthesizedExpression).expression;
  return inner;
}

/** By the kind, here and below: to read it from a node costs more than to compare it with all of these. */
const isWrapper = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.ParenthesizedExpression ||
  kind === ts.SyntaxKind.AsExpression ||
  kind === ts.SyntaxKind.SatisfiesExpression ||
  kind === ts.SyntaxKind.NonNullExpression ||
  kind === ts.SyntaxKind.TypeAssertionExpression ||
  kind === ts.SyntaxKind.ExpressionWithTypeArguments;

/** True for a function with a body. */
export function isFunctionWithBody(
  node: ts.Node | undefined,
): node is FunctionNode & { body: ts.ConciseBody } {
  return node !== undefined && isFunctionKind(node.kind) && (node as FunctionNode).body !== undefined;
}

const isFunctionKind = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.FunctionDeclaration ||
  kind === ts.SyntaxKind.FunctionExpression ||
  kind === ts.SyntaxKind.ArrowFunction ||
  kind === ts.SyntaxKind.MethodDeclaration ||
  kind === ts.SyntaxKind.Constructor ||
  kind === ts.SyntaxKind.GetAccessor ||
  kind === ts.SyntaxKind.SetAccessor;

/** Types, as they are written, of which no value is a function. */
const NO_FUNCTIONS = new Set([
  ts.SyntaxKind.StringKeyword,
  ts.SyntaxKind.NumberKeyword,
  ts.SyntaxKind.BooleanKeyword,
  ts.SyntaxKind.BigIntKeyword,
  ts.SyntaxKind.SymbolKeyword,
  ts.SyntaxKind.UndefinedKeyword,
  ts.SyntaxKind.LiteralType,
  ts.SyntaxKind.TemplateLiteralType,
  ts.SyntaxKind.ArrayType,
  ts.SyntaxKind.TupleType,
  ts.SyntaxKind.TypeOperator, // `readonly X[]`, `keyof X`, `unique symbol`.
]);

/** False for a parameter such as `text: string`: the compiler need not be asked what it is given. */
export const mayBeFunction = ({ type, dotDotDotToken }: ts.ParameterDeclaration): boolean =>
  type === undefined || dotDotDotToken !== undefined || mayHoldFunction(type);

const mayHoldFunction = (type: ts.TypeNode): boolean =>
  ts.isUnionTypeNode(type) ? type.types.some(mayHoldFunction) : !NO_FUNCTIONS.has(type.kind);

type Named = ts.Identifier | ts.PropertyAccessExpression;

/** Arguments that may be functions given by name, and their numbers. `callee`: what the call runs, where that is known. */
export function namedFunctions(
  call: ts.CallExpression | ts.NewExpression,
  callee?: FunctionNode,
): (readonly [value: Named, index: number])[] {
  const args = call.arguments ?? [];
  const parameters = callee === undefined || args.some(ts.isSpreadElement) ? [] : argumentParameters(callee);
  return args.flatMap((argument, index) => {
    const value = unwrap(argument);
    const parameter = parameters[index];
    const isNamed = ts.isIdentifier(value) || ts.isPropertyAccessExpression(value);
    return isNamed && (parameter === undefined || mayBeFunction(parameter)) ? [[value, index] as const] : [];
  });
}

/** The parameters of a function that arguments are for: without `this`. */
function argumentParameters({ parameters }: FunctionNode): readonly ts.ParameterDeclaration[] {
  const [first] = parameters;
  return first !== undefined && ts.isIdentifier(first.name) && first.name.text === 'this'
    ? parameters.slice(1)
    : parameters;
}

/** True for `() => ...` and `function () { ... }`. */
export const isFunctionExpression = (node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression =>
  ts.isArrowFunction(node) || ts.isFunctionExpression(node);

export const isAsync = (fn: FunctionNode): boolean =>
  (ts.getCombinedModifierFlags(fn as ts.Declaration) & ts.ModifierFlags.Async) !== 0;

export const isGenerator = (fn: FunctionNode): boolean =>
  'asteriskToken' in fn && fn.asteriskToken !== undefined;

/** Expressions that a function returns (or, for a generator, yields), those of functions inside left out. */
export function resultsOf(fn: FunctionNode & { body: ts.ConciseBody }): readonly ts.Expression[] {
  let results = knownResults.get(fn);
  if (results === undefined) {
    results = findResults(fn);
    knownResults.set(fn, results);
  }
  return results;
}

/** Syntax alone: it holds as long as the node is there. */
const knownResults = new WeakMap<ts.Node, readonly ts.Expression[]>();

function findResults(fn: FunctionNode & { body: ts.ConciseBody }): readonly ts.Expression[] {
  if (!ts.isBlock(fn.body)) return [fn.body];
  const results: ts.Expression[] = [];
  const yields = isGenerator(fn);
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (yields && ts.isYieldExpression(node) && node.expression && !node.asteriskToken)
      results.push(node.expression);
    if (!yields && ts.isReturnStatement(node) && node.expression) results.push(node.expression);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(fn.body, visit);
  return results;
}

/** The nearest function around a node, or undefined at module level. */
export function enclosingFunction(node: ts.Node): ts.SignatureDeclaration | undefined {
  for (let up = node.parent; up !== undefined; up = up.parent) if (ts.isFunctionLike(up)) return up;
  return undefined;
}

/** The statement of the source file that contains a node. */
export function topLevelStatement(node: ts.Node): ts.Statement | undefined {
  for (let up = node; up.parent !== undefined; up = up.parent) {
    if (ts.isSourceFile(up.parent)) return up as ts.Statement;
  }
  return undefined;
}

/** Static name of a property, or undefined when it is computed. */
export function propertyName(name: ts.PropertyName | ts.BindingName | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  if (ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)) return name.expression.text;
  return undefined;
}

/** `f` of `exports.name = f`, where an assignment is what declares a name in JavaScript. */
export function assignedValue(declaration: ts.Node): ts.Expression | undefined {
  const assignment = ts.isBinaryExpression(declaration) ? declaration : declaration.parent;
  return assignment !== undefined &&
    ts.isBinaryExpression(assignment) &&
    assignment.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    /^(module\.)?exports\b/.test(assignment.left.getText())
    ? assignment.right
    : undefined;
}

/** Name of a function or class to show: its own, that of its variable or property, or undefined. */
export function shownName(node: ts.Node): string | undefined {
  if ('name' in node && node.name !== undefined) return (node.name as ts.Node).getText();
  const parent = node.parent;
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent)
  ) {
    return parent.name.getText();
  }
  const assigned = ts.isBinaryExpression(parent) && parent.right === node ? unwrap(parent.left) : undefined;
  if (assigned && ts.isPropertyAccessExpression(assigned)) return assigned.name.text; // exports.f = ...
  return ts.isConstructorDeclaration(node) ? parentClassName(node) : undefined;
}

const parentClassName = (node: ts.ConstructorDeclaration): string | undefined => node.parent.name?.text;

/** Where a node is. */
export function spanOf(node: ts.Node): Span {
  const file = node.getSourceFile();
  return spanBetween(file, node.getStart(file), node.getEnd());
}

/** The part of a file from offset `start` to offset `end`. */
export function spanBetween(file: ts.SourceFile, start: number, end: number): Span {
  const from = file.getLineAndCharacterOfPosition(start);
  const to = file.getLineAndCharacterOfPosition(end);
  return {
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
  };
}

/** `name.ts:12`, for messages. */
export function placeText(node: ts.Node): string {
  const file = node.getSourceFile();
  const name = file.fileName.slice(file.fileName.lastIndexOf('/') + 1);
  return `${name}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;
}

/** Short source text of a node on one line, at most 40 characters. */
export function shortText(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

export const isStaticMember = (node: ts.ClassElement): boolean =>
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static) !== 0;
