import { ts } from 'ts-morph';
import { assignedValue, isStaticMember, unwrap } from '../ast.ts';
import { isExported } from '../exports.ts';
import type { Model } from '../model.ts';
import { followSymbol } from './names.ts';
import { type Access, prop, relabel, type Tracer, type TraceState } from './origin.ts';
import { followParameter } from './parameters.ts';

/** A member stands for its declaration, its initial value, or a part of what it is read from. */
export function followProperty(
  trace: Tracer,
  node: ts.PropertyAccessExpression,
  accesses: readonly Access[],
  from: TraceState,
): void {
  const symbol = trace.model.symbolAt(node.name);
  const declaration = symbol?.valueDeclaration;
  const state = accesses.length === 0 ? relabel(from, node.getText()) : from;
  if (symbol !== undefined && declaration !== undefined && !declaration.getSourceFile().isDeclarationFile) {
    if (
      ts.isFunctionDeclaration(declaration) ||
      ts.isVariableDeclaration(declaration) ||
      ts.isClassLike(declaration)
    ) {
      followSymbol(trace, symbol, node, accesses, state);
      return; // Member of a namespace or of a module.
    }
    if (ts.isMethodDeclaration(declaration) && ts.isClassLike(declaration.parent) && accesses.length === 0) {
      trace.report({ kind: 'declaration', node: declaration, symbol, state });
      return;
    }
    const assigned = assignedValue(declaration);
    if (assigned !== undefined) {
      const exported = state.exported || isExported(trace.model, assigned);
      trace.follow(assigned, accesses, { ...state, exported });
      return;
    }
    const given = node.expression.kind === ts.SyntaxKind.ThisKeyword ? valueOfField(declaration) : undefined;
    if (given !== undefined) {
      if (ts.isParameter(given))
        followParameter(trace, given, undefined, { node, accesses }, accesses, state);
      else trace.follow(given, accesses, state);
      return;
    }
    if (ts.isPropertyDeclaration(declaration)) {
      if (declaration.initializer && isStaticMember(declaration)) {
        const exported = state.exported || isExported(trace.model, declaration);
        trace.follow(declaration.initializer, accesses, { ...state, exported });
        return;
      }
      if (declaration.initializer && node.expression.kind === ts.SyntaxKind.ThisKeyword) {
        trace.follow(declaration.initializer, accesses, state);
        return;
      }
    }
  }
  if (isAmbient(trace.model, node.expression)) {
    trace.end(node, accesses, state);
    return;
  }
  trace.follow(node.expression, [prop(node.name.text), ...accesses], state);
}

/**
 * What the constructor stores in a field that nothing else in its class assigns: its parameter, for `constructor(readonly x)` and for
 * `this.#x = x`, or another value. Undefined where that cannot be told.
 */
function valueOfField(field: ts.Declaration): ts.ParameterDeclaration | ts.Expression | undefined {
  let value = knownFields.get(field);
  if (value === undefined) {
    value = findValueOfField(field) ?? null;
    knownFields.set(field, value);
  }
  return value ?? undefined;
}

/** Syntax alone: it holds as long as the node is there. */
const knownFields = new WeakMap<ts.Declaration, ts.ParameterDeclaration | ts.Expression | null>();

function findValueOfField(field: ts.Declaration): ts.ParameterDeclaration | ts.Expression | undefined {
  const isParameter = ts.isParameter(field);
  if (!isParameter && !(ts.isPropertyDeclaration(field) && field.initializer === undefined)) return undefined;
  const owner = isParameter ? field.parent.parent : field.parent;
  if (!ts.isClassLike(owner) || !(ts.isIdentifier(field.name) || ts.isPrivateIdentifier(field.name)))
    return undefined;
  const writes = assignmentsIn(owner, field.name.text);
  if (isParameter) return writes.length === 0 ? field : undefined;
  const [write, ...others] = writes;
  const body = write?.parent.parent;
  const isInConstructor = body && ts.isBlock(body) && ts.isConstructorDeclaration(body.parent);
  return write && others.length === 0 && isInConstructor ? write.right : undefined;
}

/** `this.name = ...` within a class. */
function assignmentsIn(owner: ts.ClassLikeDeclaration, name: string): ts.BinaryExpression[] {
  const found: ts.BinaryExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isBinaryExpression(node) &&
      isAssignment(node.operatorToken.kind) &&
      ts.isPropertyAccessExpression(node.left) &&
      node.left.expression.kind === ts.SyntaxKind.ThisKeyword &&
      node.left.name.text === name
    )
      found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(owner);
  return found;
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

/** True for what an unknown field of `this` holds, `import.meta`, and what only a declaration file knows, such as `process`. */
function isAmbient(model: Model, expression: ts.Expression): boolean {
  let root = unwrap(expression);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) {
    const field = ts.isPropertyAccessExpression(root) ? fieldOfThis(model, root) : undefined;
    if (field && valueOfField(field)) return false;
    root = unwrap(root.expression);
  }
  if (root.kind === ts.SyntaxKind.ThisKeyword || ts.isMetaProperty(root)) return true;
  const declaration = ts.isIdentifier(root) ? model.symbolAt(root)?.declarations?.[0] : undefined;
  return declaration?.getSourceFile().isDeclarationFile === true;
}

function fieldOfThis(model: Model, node: ts.PropertyAccessExpression): ts.Declaration | undefined {
  return node.expression.kind === ts.SyntaxKind.ThisKeyword
    ? model.symbolAt(node.name)?.valueDeclaration
    : undefined;
}
