import { ts } from 'ts-morph';
import { propertyName, unwrap } from './ast.ts';
import { isLibrary, type TypeLoss } from './loss-type.ts';
import type { Model } from './model.ts';

/** A place that reads a member: `x.total`, `x['total']`, `{ total }`. */
export interface MemberUse {
  readonly node: ts.Node;
  readonly name: string;
}

/**
 * The first place within `scopes` that uses a member which a received value has lost. What is asked first whether it is there
 * (`instanceof`, `typeof`, `in`, `?.()`) does not count.
 */
export function lostUse(
  model: Model,
  scopes: Iterable<ts.Node>,
  loss: Pick<TypeLoss, 'members'>,
  isReceived: (expression: ts.Expression) => boolean,
): MemberUse | undefined {
  const visit = (node: ts.Node): MemberUse | undefined => {
    if (ts.isTypeNode(node)) return undefined;
    const use = ts.isBindingElement(node) ? takenOut(model, node) : accessed(model, node);
    if (use !== undefined && loss.members.has(use.name) && isLost(model, use, loss) && isReceived(use.of))
      return { node, name: use.name };
    return ts.forEachChild(node, visit);
  };
  for (const scope of scopes) {
    if (scope.getSourceFile().text.includes('setPrototypeOf')) continue; // It gets its methods back.
    const use = visit(scope);
    if (use) return use;
  }
  return undefined;
}

interface Read {
  readonly name: string;
  readonly symbol: ts.Symbol | undefined;
  /** What has to have come from the other process. */
  readonly of: ts.Expression;
}

/** `x.total` or `x['total']`, where it is not asked before whether it is there. */
function accessed(model: Model, node: ts.Node): Read | undefined {
  if (ts.isPropertyAccessExpression(node) && !isAsked(node))
    return { name: node.name.text, symbol: model.symbolAt(node.name), of: node.expression };
  if (!ts.isElementAccessExpression(node) || isAsked(node)) return undefined;
  const key = unwrap(node.argumentExpression);
  return ts.isStringLiteralLike(key)
    ? { name: key.text, symbol: model.symbolAt(key), of: node.expression }
    : undefined;
}

/** `const { total } = x`, and `({ total }) => ...`. */
function takenOut(model: Model, node: ts.BindingElement): Read | undefined {
  const name = propertyName(node.propertyName ?? node.name);
  const isPart = ts.isObjectBindingPattern(node.parent) && !node.initializer && !node.dotDotDotToken;
  if (name === undefined || !isPart || !ts.isIdentifier(node.name)) return undefined;
  const type = model.checker.getTypeAtLocation(node.parent);
  return { name, symbol: model.checker.getPropertyOfType(type, name), of: node.name };
}

/** The name stands for a member of the class, or for the same member of an interface that the class fits. */
function isLost(model: Model, { name, symbol }: Read, { members }: Pick<TypeLoss, 'members'>): boolean {
  const lost = members.get(name) ?? [];
  return (symbol?.declarations ?? []).some(
    (declaration) =>
      lost.includes(declaration) ||
      lost.some((one) => overrides(model, one, declaration)) ||
      ((ts.isMethodSignature(declaration) || ts.isPropertySignature(declaration)) &&
        !isLibrary(model, declaration)),
  );
}

/** A member of a class that derives from the one whose member `base` is. */
function overrides(model: Model, member: ts.Declaration, base: ts.Declaration): boolean {
  const wanted = base.parent;
  let owner: ts.ClassLikeDeclaration | undefined = ts.isClassLike(member.parent) ? member.parent : undefined;
  for (let hops = 0; owner !== undefined && hops < MAX_BASES; hops++) {
    if (owner === wanted) return true;
    const above: ts.Expression | undefined = model.baseOf(owner);
    owner = above && model.classOf(above);
  }
  return false;
}

const MAX_BASES = 8;

function isAsked(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): boolean {
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
