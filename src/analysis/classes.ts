import { ts } from 'ts-morph';
import type { Model } from './model.ts';

/** The class declaration of a symbol: one with a body, or one that a declaration file tells of. */
export const classNode = (symbol: ts.Symbol): ts.ClassLikeDeclaration | undefined =>
  symbol.declarations?.find(ts.isClassLike);

/** True when `registerClass(X, ...)` is called for a class in one of the candidate files. */
export const isRegistered = (model: Model, declaration: ts.ClassLikeDeclaration): boolean =>
  model.once(registeredClasses, model, new Set()).has(declaration);

function registeredClasses(model: Model): ReadonlySet<ts.Node> {
  const classes = new Set<ts.Node>();
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      node.arguments[0] &&
      model.runtimeName(node.expression) === 'registerClass'
    ) {
      const declaration = model.classOf(node.arguments[0]);
      if (declaration) classes.add(declaration);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of model.candidates) if (file.text.includes('registerClass')) visit(file);
  return classes;
}
