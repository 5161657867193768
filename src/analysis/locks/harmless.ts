import { ts } from 'ts-morph';
import { isFunctionExpression, unwrap } from '../ast.ts';

/** Calls of the language that do not fail when they are given what their types ask for. */
export function isHarmless(node: ts.Node): boolean {
  if (!ts.isCallExpression(node))
    return ts.isNewExpression(node) && /^(Map|Set|Date)$/.test(node.expression.getText());
  const callee = unwrap(node.expression);
  if (isFunctionExpression(callee)) return true;
  const text = callee.getText();
  if (
    /^(Math|Atomics|Number|console|Date|performance)\.\w+$|^Promise\.(resolve|withResolvers)$|^(Number|String|Boolean|parseInt|parseFloat)$/.test(
      text,
    )
  )
    return true;
  return ts.isPropertyAccessExpression(callee) && HARMLESS.has(callee.name.text);
}

const HARMLESS = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'slice',
  'get',
  'set',
  'has',
  'add',
  'sub',
  'includes',
  'indexOf',
  'toString',
  'toFixed',
  'join',
  'notify',
  'notifyAll',
  'exchange',
  'compareExchange',
  'qsize',
  'empty',
]);
