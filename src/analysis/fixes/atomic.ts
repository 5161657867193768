import { ts } from 'ts-morph';
import { spanOf, unwrap } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Model } from '../model.ts';
import type { SharedPlace } from '../shared/places.ts';

/**
 * `counter.value += n` becomes `counter.add(n)`, `cells[i]++` becomes `Atomics.add(cells, i, 1)`. Only for a statement of its
 * own, whose result nobody uses, and for `+` and `-` of what does not read the place again.
 */
export function atomicFix(model: Model, node: ts.Expression, place: SharedPlace): Fix | undefined {
  if (!ts.isExpressionStatement(node.parent)) return undefined;
  const change = changeOf(model, node, place);
  if (change === undefined) return undefined;
  const method = change.negative ? 'sub' : 'add';
  const holder = place.holder.getText();
  let newText: string;
  if (place.kind === 'value') newText = `${holder}.${method}(${change.amount})`;
  else if (place.kind === 'element' && place.index && hasIntegers(model, place.holder))
    newText = `Atomics.${method}(${holder}, ${place.index.getText()}, ${change.amount})`;
  else return undefined;
  return {
    title: `Change it in one step: \`${newText}\``,
    edits: [{ file: node.getSourceFile().fileName, ...spanOf(node), newText }],
  };
}

interface Change {
  readonly amount: string;
  readonly negative: boolean;
}

function changeOf(model: Model, node: ts.Expression, place: SharedPlace): Change | undefined {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const one = model.checker.getTypeAtLocation(node.operand).flags & ts.TypeFlags.BigIntLike ? '1n' : '1';
    return { amount: one, negative: node.operator === ts.SyntaxKind.MinusMinusToken };
  }
  if (!ts.isBinaryExpression(node)) return undefined;
  const kind = node.operatorToken.kind;
  if (kind === ts.SyntaxKind.PlusEqualsToken || kind === ts.SyntaxKind.MinusEqualsToken)
    return { amount: node.right.getText(), negative: kind === ts.SyntaxKind.MinusEqualsToken };
  const sum = unwrap(node.right);
  if (kind !== ts.SyntaxKind.EqualsToken || !ts.isBinaryExpression(sum)) return undefined;
  const negative = sum.operatorToken.kind === ts.SyntaxKind.MinusToken;
  if (!negative && sum.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const own = place.node.getText();
  if (unwrap(sum.left).getText() !== own || sum.right.getText().includes(own)) return undefined;
  return { amount: sum.right.getText(), negative };
}

const hasIntegers = (model: Model, array: ts.Expression): boolean => {
  const type = model.checker.getTypeAtLocation(array);
  const names = (type.isIntersection() ? type.types : [type]).map((one) => one.symbol?.name ?? '');
  return names.some((name) => /^(Big)?(Int|Uint)(8|16|32|64)Array$/.test(name));
};
