import { ts } from 'ts-morph';

/**
 * True for a node in a test that wants the error: `assert.rejects(pool.map(...))`, `expect(() => child.start()).toThrow()`,
 * `t.throws(...)`.
 */
export function isErrorExpected(node: ts.Node): boolean {
  let functions = 0;
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (ts.isFunctionLike(up) && ++functions > 1) return false;
    if (!ts.isCallExpression(up)) continue;
    const name = up.expression.getText();
    if (/(^|\.)(rejects|throws|throwsAsync)$/.test(name)) return true;
    if (name === 'expect') return /^\.(rejects|toThrow)/.test(textAfter(up));
  }
  return false;
}

/** What follows a call in its chain: `.rejects.toThrow(Error)`. */
function textAfter(call: ts.CallExpression): string {
  let chain: ts.Node = call;
  while (
    (ts.isPropertyAccessExpression(chain.parent) || ts.isCallExpression(chain.parent)) &&
    chain.parent.expression === chain
  )
    chain = chain.parent;
  return chain.getSourceFile().text.slice(call.end, chain.end).replace(/\s+/g, '');
}
