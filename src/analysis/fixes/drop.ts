import { ts } from 'ts-morph';
import { isFunctionExpression, spanBetween, unwrap } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Model } from '../model.ts';
import type { Fault } from '../shape.ts';

/**
 * Fixes that are certain: `{ ...process.env }` for `process.env`, and leaving out a function member of a literal that is
 * written at the call itself (so nobody else sees it) where the receiver's type lets it be absent.
 */
export function dropFix(model: Model, fault: Fault): Fix | undefined {
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
  if (!isWrittenAtCall(literal) || !mayBeAbsent(model, literal, property.name.getText())) return undefined;

  const index = literal.properties.indexOf(property);
  const next = literal.properties[index + 1];
  const previous = literal.properties[index - 1];
  const start = next || !previous ? property.getStart(file) : previous.end;
  const end = next ? next.getStart(file) : property.end;
  const edit = { file: file.fileName, ...spanBetween(file, start, end), newText: '' };
  return { title: `Leave out \`${property.name.getText()}\``, edits: [edit] };
}

/** The literal is part of an argument of a call, through nothing but literals. */
function isWrittenAtCall(literal: ts.Node): boolean {
  let node = literal.parent;
  while (
    ts.isArrayLiteralExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isObjectLiteralExpression(node)
  ) {
    node = node.parent;
  }
  return ts.isCallExpression(node) || ts.isNewExpression(node);
}

function mayBeAbsent(model: Model, literal: ts.ObjectLiteralExpression, name: string): boolean {
  const type = model.checker.getContextualType(literal);
  if (type === undefined) return false;
  const property = model.checker.getPropertyOfType(model.checker.getNonNullableType(type), name);
  return property !== undefined && (property.flags & ts.SymbolFlags.Optional) !== 0;
}
