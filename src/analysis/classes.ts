import { ts } from 'ts-morph';
import type { Model } from './model.ts';

/** The class declaration of a symbol: one with a body, or one that a declaration file tells of. */
export const classNode = (symbol: ts.Symbol): ts.ClassLikeDeclaration | undefined =>
  symbol.declarations?.find(ts.isClassLike);

/** True when `registerClass(X, ...)` is called for a class in one of the candidate files, or may be in one that is not there. */
export const isRegistered = (model: Model, declaration: ts.ClassLikeDeclaration): boolean =>
  model.isPartial || model.once(registeredClasses, model, new Set()).has(declaration);

const registeredClasses = (model: Model): ReadonlySet<ts.Node> =>
  new Set(model.candidates.flatMap((file) => model.keep(registeredIn, file, file, [])));

function registeredIn(model: Model, file: ts.SourceFile): readonly ts.Node[] {
  const classes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      node.arguments[0] &&
      model.runtimeName(node.expression) === 'registerClass'
    ) {
      const declaration = model.classOf(node.arguments[0]);
      if (declaration) classes.push(declaration);
    }
    ts.forEachChild(node, visit);
  };
  if (file.text.includes('registerClass')) visit(file);
  return classes;
}
