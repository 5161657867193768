import { ts } from 'ts-morph';
import { isFunctionExpression, spanBetween, unwrap } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Model } from '../model.ts';
import type { Fault } from '../shape.ts';

/**
 * Fixes that are certain: `{ ...process.env }` for `process.env`, and leaving out a function member of a literal that is
 * written at the call itself (so nobody else sees it) where the receiver's type lets it be absent.
 */
export function dropFix(model: Model, fault: Fault, receiver: ts.Expression | undefined): Fix | undefined {
  const { node } = fault;
  const file = node.getSourceFile();
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'process.env') {
    const edit = {
      file: file.fileName,
      ...spanBetween(file, node.getStart(file), node.end),
      newText: '{ ...process.env }',
    };
    return { title: 'Send a copy: `{ ...process.env }`', edits: [edit] };
  }
  const property = ts.isMethodDeclaration(node) ? node : node.parent;
  const isFunction =
    ts.isMethodDeclaration(node) ||
    (isFunctionExpression(node) &&
      ts.isPropertyAssignment(property) &&
      unwrap(property.initializer) === node);
  if (!isFunction || !ts.isObjectLiteralElementLike(property) || !property.name) return undefined;
  const literal = property.parent as ts.ObjectLiteralExpression;
  if (!isWrittenAtCall(literal) || !mayBeAbsent(model, receiver, property.name.getText())) return undefined;

  const index = literal.properties.indexOf(property);
  const next = literal.properties[index + 1];
  const previous = literal.properties[index - 1];
  const start = next || !previous ? property.getStart(file) : previous.end;
  const end = next ? next.getStart(file) : property.end;
  const edit = { file: file.fileName, ...spanBetween(file, start, end), newText: '' };
  return { title: `Leave out \`${property.name.getText()}\``, edits: [edit] };
}

/** The literal is an argument of a call, or an element of a list that is one. */
function isWrittenAtCall(literal: ts.Node): boolean {
  let node = literal.parent;
  while (ts.isArrayLiteralExpression(node) || ts.isParenthesizedExpression(node)) {
    node = node.parent;
  }
  return ts.isCallExpression(node) || ts.isNewExpression(node);
}

/** True when the receiver knows the member, and can do without it. */
function mayBeAbsent(model: Model, receiver: ts.Expression | undefined, name: string): boolean {
  const signature = receiver && model.checker.getTypeAtLocation(receiver).getCallSignatures()[0];
  const known = (signature?.parameters ?? []).flatMap((parameter) => {
    const type = model.checker.getTypeOfSymbolAtLocation(parameter, receiver as ts.Expression);
    return model.checker.getPropertyOfType(model.checker.getNonNullableType(type), name) ?? [];
  });
  return known.length > 0 && known.every((property) => (property.flags & ts.SymbolFlags.Optional) !== 0);
}
