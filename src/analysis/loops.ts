import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import type { Model } from './model.ts';

/** True when the body of a loop may leave it early, or waits for time to pass. */
export function isLeftEarly(loop: ts.IterationStatement): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isReturnStatement(node) || ts.isBreakStatement(node)) return true;
    if (ts.isContinueStatement(node) && node.label && !isLabelOf(loop, node.label.text)) return true;
    const isSleep =
      ts.isCallExpression(node) && /(^|\.)(sleep|delay|wait|setTimeout)$/.test(node.expression.getText());
    return isSleep || (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  };
  return visit(loop.statement);
}

/** `name: for (...)`; any other label is that of a loop around this one. */
const isLabelOf = ({ parent }: ts.IterationStatement, name: string): boolean =>
  ts.isLabeledStatement(parent) && parent.label.text === name;

/** True when expressions use something that an earlier round of the loop wrote: the rounds have to come one after the other. */
export function isCarried(
  model: Model,
  loop: ts.IterationStatement,
  used: readonly ts.Expression[],
): boolean {
  const written = writtenIn(model, loop);
  const seen = new Set<ts.Symbol>();
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) {
      const symbol = model.symbolAt(node);
      if (symbol === undefined || seen.has(symbol)) return false;
      seen.add(symbol);
      if (written.has(symbol)) return true;
      const declaration = symbol.valueDeclaration;
      const isLocal =
        declaration && declaration.pos >= loop.statement.pos && declaration.end <= loop.statement.end;
      return isLocal && ts.isVariableDeclaration(declaration) && declaration.initializer
        ? visit(declaration.initializer)
        : false;
    }
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return used.some(visit);
}

/** Variables from outside of the loop that its body assigns, or whose members it changes. */
function writtenIn(model: Model, loop: ts.IterationStatement): ReadonlySet<ts.Symbol> {
  const written = new Set<ts.Symbol>();
  const add = (target: ts.Expression): void => {
    let node = unwrap(target);
    if (ts.isArrayLiteralExpression(node)) {
      for (const element of node.elements) add(element);
      return;
    }
    while (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
      node = unwrap(node.expression);
    const symbol = ts.isIdentifier(node) ? model.symbolAt(node) : undefined;
    const declaration = symbol?.valueDeclaration;
    const isInside =
      declaration && declaration.pos >= loop.statement.pos && declaration.end <= loop.statement.end;
    if (symbol && !isInside) written.add(symbol);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) add(node.left);
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
        add(node.operand);
    } else if (ts.isCallExpression(node)) {
      const callee = unwrap(node.expression);
      if (ts.isPropertyAccessExpression(callee) && CHANGING.has(callee.name.text)) add(callee.expression);
    }
    ts.forEachChild(node, visit);
  };
  visit(loop.statement);
  return written;
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

const CHANGING = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'set',
  'add',
  'delete',
  'clear',
  'fill',
  'sort',
  'reverse',
]);
