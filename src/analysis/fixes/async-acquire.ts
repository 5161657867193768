import { ts } from 'ts-morph';
import { isAsync, isFunctionWithBody, spanOf } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Held } from '../locks/held.ts';

/** `lock.acquireSync()` becomes `await lock.acquire()`, where the function around it is asynchronous. */
export function asyncAcquireFix({ at, lock }: Held): Fix | undefined {
  if (!at.expression.getText().endsWith('.acquireSync')) return undefined; // A helper takes it.
  if (at.arguments.length > 0 || !ts.isExpressionStatement(at.parent)) return undefined;
  let up: ts.Node | undefined = at.parent;
  while (up !== undefined && !ts.isFunctionLike(up)) up = up.parent;
  if (up !== undefined && !(isFunctionWithBody(up) && isAsync(up))) return undefined;
  const newText = `await ${lock.getText()}.acquire()`;
  return {
    title: `Wait without blocking: \`${newText}\``,
    edits: [{ file: at.getSourceFile().fileName, ...spanOf(at), newText }],
  };
}
