import { ts } from 'ts-morph';

/** Names of the files that were looked at so far. Those of older texts stay: it may say yes too often, never no. */
const all = new Set<string>();
const read = new WeakSet<ts.SourceFile>();
let last: readonly ts.SourceFile[] | undefined;

/**
 * False when no file declares a name. A file declares what it writes, except what it only reads as a member: `rows.trim()`
 * declares no `trim`. Asked before the compiler has to tell what kind of thing a member belongs to, which costs far more.
 */
export function isDeclaredIn(files: readonly ts.SourceFile[], name: string): boolean {
  if (files !== last) {
    last = files;
    for (const file of files) {
      if (read.has(file)) continue;
      read.add(file);
      collect(file, all);
    }
  }
  return all.has(name);
}

function collect(file: ts.SourceFile, names: Set<string>): void {
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
}
