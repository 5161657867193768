import { ts } from 'ts-morph';
import { syntaxOf } from './syntax.ts';

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
  const syntax = syntaxOf(file);
  for (const node of syntax.strings) names.add(node.text);
  for (const node of syntax.names) if (!isOnlyRead(node)) names.add(node.text);
}

/** The name of a member that is not on the left of an operator. */
function isOnlyRead(name: ts.Identifier | ts.PrivateIdentifier): boolean {
  const { parent } = name;
  if (!ts.isPropertyAccessExpression(parent) || parent.name !== name) return false;
  return !(ts.isBinaryExpression(parent.parent) && parent.parent.left === parent);
}
