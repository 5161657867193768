import { ts } from 'ts-morph';
import { assignedValue, isStaticMember, unwrap } from '../ast.ts';
import { isExported } from '../exports.ts';
import type { Model } from '../model.ts';
import { followSymbol } from './names.ts';
import { type Access, prop, relabel, type Tracer, type TraceState } from './origin.ts';

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

/** True for `this`, `import.meta`, and what only a declaration file knows, such as `process`. */
function isAmbient(model: Model, expression: ts.Expression): boolean {
  let root = unwrap(expression);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root))
    root = unwrap(root.expression);
  if (root.kind === ts.SyntaxKind.ThisKeyword || ts.isMetaProperty(root)) return true;
  const declaration = ts.isIdentifier(root) ? model.symbolAt(root)?.declarations?.[0] : undefined;
  return declaration?.getSourceFile().isDeclarationFile === true;
}
