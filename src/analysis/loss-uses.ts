import { ts } from 'ts-morph';
import { isLibrary, type TypeLoss } from './loss-type.ts';
import type { Model } from './model.ts';

/**
 * The first place within `scopes` that uses a member which a received value has lost. What is asked first whether it is there
 * (`instanceof`, `typeof`, `in`, `?.()`) does not count.
 */
export function lostUse(
  model: Model,
  scopes: Iterable<ts.Node>,
  loss: Pick<TypeLoss, 'members'>,
  isReceived: (expression: ts.Expression) => boolean,
): ts.PropertyAccessExpression | undefined {
  const visit = (node: ts.Node): ts.PropertyAccessExpression | undefined => {
    if (ts.isTypeNode(node)) return undefined;
    if (
      ts.isPropertyAccessExpression(node) &&
      loss.members.has(node.name.text) &&
      !isAsked(node) &&
      isLost(model, node.name, loss) &&
      isReceived(node.expression)
    )
      return node;
    return ts.forEachChild(node, visit);
  };
  for (const scope of scopes) {
    if (scope.getSourceFile().text.includes('setPrototypeOf')) continue; // It gets its methods back.
    const use = visit(scope);
    if (use) return use;
  }
  return undefined;
}

/** The name stands for a member of the class, or for the same member of an interface that the class fits. */
function isLost(model: Model, name: ts.MemberName, { members }: Pick<TypeLoss, 'members'>): boolean {
  const lost = members.get(name.text) ?? [];
  return (model.symbolAt(name)?.declarations ?? []).some(
    (declaration) =>
      lost.includes(declaration) ||
      ((ts.isMethodSignature(declaration) || ts.isPropertySignature(declaration)) &&
        !isLibrary(model, declaration)),
  );
}

function isAsked(node: ts.PropertyAccessExpression): boolean {
  const { parent } = node;
  if (ts.isTypeOfExpression(parent) || ts.isDeleteExpression(parent)) return true;
  if (ts.isCallExpression(parent) && parent.expression === node && parent.questionDotToken) return true;
  if (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  )
    return true;
  let child: ts.Node = node;
  for (let up: ts.Node = parent; up !== undefined && !ts.isSourceFile(up); child = up, up = up.parent) {
    const condition = ts.isIfStatement(up)
      ? up.expression
      : ts.isConditionalExpression(up)
        ? up.condition
        : ts.isBinaryExpression(up) && up.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
          ? up.left
          : undefined;
    if (condition !== undefined && condition !== child && asksForKind(condition)) return true;
  }
  return false;
}

const asksForKind = (condition: ts.Node): boolean =>
  ts.isTypeOfExpression(condition) ||
  (ts.isBinaryExpression(condition) &&
    (condition.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword ||
      condition.operatorToken.kind === ts.SyntaxKind.InKeyword)) ||
  (ts.forEachChild(condition, (child) => asksForKind(child) || undefined) ?? false);
