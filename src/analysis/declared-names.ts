import { ts } from 'ts-morph';

const known = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

/**
 * Every name that a file may declare: all that it writes except what it only reads as a member. `rows.trim()` declares no
 * `trim`. Asked before the compiler has to tell what kind of thing a member belongs to, which costs far more.
 */
export function declaredNames(file: ts.SourceFile): ReadonlySet<string> {
  let names = known.get(file);
  if (names === undefined) {
    names = collect(file);
    known.set(file, names);
  }
  return names;
}

function collect(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) names.add(node.text);
    else if (ts.isStringLiteralLike(node)) names.add(node.text);
    else if (ts.isPropertyAccessExpression(node)) visit(node.expression);
    else {
      if (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left))
        names.add(node.left.name.text);
      ts.forEachChild(node, visit);
    }
  };
  ts.forEachChild(file, visit);
  return names;
}
