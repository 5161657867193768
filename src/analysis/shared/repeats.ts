import { ts } from 'ts-morph';
import { isFunctionExpression, unwrap } from '../ast.ts';
import { loopAround } from '../concurrency.ts';
import type { Model } from '../model.ts';
import { givenTo } from '../parameters.ts';
import { type Access, type Origin, startState } from '../trace/origin.ts';
import { Trace } from '../trace/trace.ts';

/**
 * Whether two tasks are given the same key, of which `indexKind` says that it is made from what the task was given:
 * `yes` where the items are seen to repeat, `likely` where a member of the item has one of a few values,
 * `no` where every item is seen to be another, `unknown` where the items cannot be seen.
 */
export type Repeats = 'yes' | 'likely' | 'unknown' | 'no';

export function keyRepeats(model: Model, key: ts.Expression): Repeats {
  const found: Repeats[] = [];
  for (const part of partsOf(key)) {
    let ofItem: Repeats | undefined;
    new Trace(model, (origin) => {
      if (origin.kind === 'parameter') ofItem = least(ofItem, parameterRepeats(model, origin, 0));
    }).follow(part, [], startState(''));
    if (ofItem === 'unknown' && isOneOfFew(model, part)) ofItem = 'likely';
    if (ofItem !== undefined) found.push(ofItem);
  }
  // A key of several parts is another one where any of them is.
  return found.reduce<Repeats>(
    (a, b) => (ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b),
    found[0] ?? 'unknown',
  );
}

/** From what is surest to what is not. */
const ORDER: readonly Repeats[] = ['yes', 'likely', 'unknown', 'no'];

const least = (a: Repeats | undefined, b: Repeats): Repeats =>
  a !== undefined && ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b;

/** The values that a key is written from. */
function partsOf(key: ts.Expression): readonly ts.Expression[] {
  const node = unwrap(key);
  if (ts.isTemplateExpression(node)) return node.templateSpans.flatMap((span) => partsOf(span.expression));
  if (ts.isBinaryExpression(node)) return [...partsOf(node.left), ...partsOf(node.right)];
  if (!ts.isCallExpression(node)) return [node];
  const callee = unwrap(node.expression);
  const isMethod =
    ts.isPropertyAccessExpression(callee) && /^(toString|trim|to(Lower|Upper)Case)$/.test(callee.name.text);
  if (isMethod) return partsOf(callee.expression);
  return ts.isIdentifier(callee) && callee.text === 'String' && node.arguments[0]
    ? partsOf(node.arguments[0])
    : [node];
}

const MAX_HOPS = 4;

function parameterRepeats(
  model: Model,
  origin: Extract<Origin, { kind: 'parameter' }>,
  hops: number,
): Repeats {
  const { values } = givenTo(model, origin.node);
  let repeats: Repeats | undefined;
  for (const { expression, accesses } of values)
    repeats = least(repeats, listRepeats(model, expression, [...accesses, ...origin.accesses], hops));
  return repeats ?? 'unknown';
}

function listRepeats(model: Model, list: ts.Expression, accesses: readonly Access[], hops: number): Repeats {
  if (hops > MAX_HOPS) return 'unknown';
  if (isDistinct(model, list, 0)) return 'no';
  const literals: ts.LiteralExpression[] = [];
  const others: Repeats[] = [];
  new Trace(model, (origin) => {
    const { node } = origin;
    if (origin.kind === 'expression' && ts.isLiteralExpression(node)) literals.push(node);
    else if (origin.kind === 'parameter') others.push(parameterRepeats(model, origin, hops + 1));
    else others.push(origin.kind === 'typed' ? typedRepeats(model, origin.node, origin.accesses) : 'unknown');
  }).follow(list, accesses, startState(''));
  if (others.length > 0) return others.reduce<Repeats>((a, b) => least(a, b), 'unknown');
  if (literals.length === 0) return 'unknown';
  const texts = new Set(literals.map(({ text }) => text));
  const first = literals[0] as ts.Node;
  // `items.map((item) => [counts, 'total', item])`: the same key with every task.
  const isConstant = texts.size === 1 && isIn(loopAround(model, first));
  return texts.size < literals.length || isConstant ? 'yes' : 'no';
}

const isIn = (loop: ts.Node | undefined): boolean => loop !== undefined && isFunctionExpression(loop);

/** Elements of a list of which only the call that makes it is known. */
function typedRepeats(model: Model, node: ts.Expression, accesses: readonly Access[]): Repeats {
  if (accesses.length !== 1 || accesses[0]?.kind !== 'element') return 'unknown';
  const list = unwrap(node);
  if (isDistinct(model, list, 0)) return 'no';
  return isWords(list) ? 'yes' : 'unknown';
}

/** `text.split(/\s+/)`, `text.match(/\w+/g)`: in a text, words come again. */
function isWords(node: ts.Expression): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const [pattern] = node.arguments;
  const text = pattern?.getText() ?? '';
  if (node.expression.name.text === 'split') return /^(['"`]) ?\1|^\/\[?(\\s|\\W| )/.test(text);
  return /^match(All)?$/.test(node.expression.name.text) && /^\/.*\\w/.test(text);
}

/** Keys, indices, and what a Set was made of, are each there once. */
function isDistinct(model: Model, list: ts.Node, hops: number): boolean {
  if (hops > MAX_HOPS) return false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'Set') return true;
    if (ts.isCallExpression(node) && DISTINCT.test(calledName(node))) return true;
    if (ts.isIdentifier(node)) {
      const declaration = model.symbolAt(node)?.valueDeclaration;
      const made = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
      if (made !== undefined && isDistinct(model, made, hops + 1)) return true;
    }
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return visit(list);
}

const DISTINCT =
  /^(keys|entries|range|readdir|readdirSync|glob|globSync|randomUUID)$|uniq|distinct|dedup|group/i;

const calledName = ({ expression }: ts.CallExpression): string =>
  ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();

/** `item.kind` where the type tells the few values that there are. */
function isOneOfFew(model: Model, key: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(unwrap(key)) && !isDestructured(model, key)) return false;
  const type = model.checker.getTypeAtLocation(key);
  const parts = type.isUnion() ? type.types : [type];
  return parts.length > 1 && parts.every((part) => (part.flags & FEW) !== 0);
}

const FEW = ts.TypeFlags.Literal | ts.TypeFlags.Undefined | ts.TypeFlags.Null;

const isDestructured = (model: Model, key: ts.Expression): boolean => {
  const declaration = model.symbolAt(unwrap(key))?.valueDeclaration;
  return (
    declaration !== undefined &&
    ts.isBindingElement(declaration) &&
    ts.isObjectBindingPattern(declaration.parent)
  );
};
