import { ts } from 'ts-morph';
import { isAsync, isFunctionWithBody, spanBetween } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';

/** True where `await` may be written: in an asynchronous function, or at the top level of an ES module. */
export function mayAwait(node: ts.Node): boolean {
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (ts.isFunctionLike(up)) return isFunctionWithBody(up) && isAsync(up);
    if (ts.isClassStaticBlockDeclaration(up)) return false;
  }
  const file = node.getSourceFile();
  return ts.isExternalModule(file) && !/\.c[jt]s$/.test(file.fileName);
}

/** Writes `await` before an expression. */
export function awaitFix(node: ts.Expression): Fix | undefined {
  if (!mayAwait(node)) return undefined;
  const file = node.getSourceFile();
  const start = node.getStart(file);
  return {
    title: 'Add `await`',
    edits: [{ file: file.fileName, ...spanBetween(file, start, start), newText: 'await ' }],
  };
}
