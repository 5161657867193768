import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import type { Model } from './model.ts';

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number that stands for a symbol or node for as long as it lives. */
export function idOf(thing: object): number {
  let id = ids.get(thing);
  if (id === undefined) {
    id = ++lastId;
    ids.set(thing, id);
  }
  return id;
}

/**
 * A text that is the same for two expressions of one function that name the same place: `counter`, `this.lock`, `v.getLock()`,
 * also through a `const` that only gives it another name. Undefined for what has no place, such as the result of a call.
 */
export function placeKey(model: Model, expression: ts.Expression, hops = 0): string | undefined {
  const node = unwrap(expression);
  if (hops > 8) return undefined;
  if (node.kind === ts.SyntaxKind.ThisKeyword) return 'this';
  if (ts.isIdentifier(node)) {
    const symbol = model.symbolAt(node);
    if (symbol === undefined) return undefined;
    const alias = aliased(symbol);
    return (alias && placeKey(model, alias, hops + 1)) ?? `#${idOf(symbol)}`;
  }
  if (ts.isPropertyAccessExpression(node)) {
    const base = placeKey(model, node.expression, hops + 1);
    return base && `${base}.${node.name.text}`;
  }
  if (ts.isElementAccessExpression(node)) {
    const base = placeKey(model, node.expression, hops + 1);
    const index = unwrap(node.argumentExpression);
    const key =
      ts.isNumericLiteral(index) || ts.isStringLiteralLike(index)
        ? index.text
        : placeKey(model, index, hops + 1);
    return base && key && `${base}[${key}]`;
  }
  if (ts.isCallExpression(node) && node.arguments.length === 0) {
    const callee = unwrap(node.expression);
    const isLock = ts.isPropertyAccessExpression(callee) && callee.name.text === 'getLock';
    const base = isLock ? placeKey(model, callee.expression, hops + 1) : undefined;
    return base && `${base}.getLock()`;
  }
  return undefined;
}

/** What a `const` is another name of. */
function aliased(symbol: ts.Symbol): ts.Expression | undefined {
  const declaration = symbol.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  if ((ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) === 0) return undefined;
  const value = unwrap(declaration.initializer);
  const names =
    ts.isIdentifier(value) ||
    ts.isPropertyAccessExpression(value) ||
    (ts.isCallExpression(value) && value.expression.getText().endsWith('.getLock'));
  return names ? value : undefined;
}

/** The name at the root of a place: `image` of `image.pixels`. Undefined for what is not a place. */
export function rootIdentifier(expression: ts.Expression): ts.Identifier | undefined {
  let node = unwrap(expression);
  while (ts.isPropertyAccessExpression(node)) node = unwrap(node.expression);
  return ts.isIdentifier(node) ? node : undefined;
}
