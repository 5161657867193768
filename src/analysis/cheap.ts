import { ts } from 'ts-morph';
import { type FunctionNode, unwrap } from './ast.ts';
import type { Model } from './model.ts';

/** Nodes of a function that is over in no time. */
const MAX_NODES = 80;

/**
 * True for a function that certainly does little: straight code without loops and `await`, that calls nothing but quick functions of
 * the language.
 */
export const isCheap = (model: Model, fn: FunctionNode & { readonly body: ts.ConciseBody }): boolean =>
  model.once(judge, fn, false);

function judge(model: Model, fn: FunctionNode & { readonly body: ts.ConciseBody }): boolean {
  let nodes = 0;
  const visit = (node: ts.Node): boolean => {
    if (++nodes > MAX_NODES) return false;
    if (ts.isIterationStatement(node, false) || ts.isAwaitExpression(node) || ts.isFunctionLike(node))
      return false;
    if (ts.isSpreadElement(node) || ts.isTaggedTemplateExpression(node)) return false;
    if (ts.isNewExpression(node) && !/^(Date|\w*Error)$/.test(node.expression.getText())) return false;
    if (ts.isCallExpression(node) && !isQuick(model, node)) return false;
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) !== true;
  };
  return visit(fn.body);
}

function isQuick(model: Model, call: ts.CallExpression): boolean {
  const callee = unwrap(call.expression);
  if (
    /^(Math\.\w+|Number|String|Boolean|BigInt|parseInt|parseFloat|Number\.\w+|Object\.is|isNaN|isFinite)$/.test(
      callee.getText(),
    )
  )
    return true;
  if (!ts.isPropertyAccessExpression(callee) || !QUICK.has(callee.name.text)) return false;
  const type = model.checker.getNonNullableType(model.checker.getTypeAtLocation(callee.expression));
  return (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike)) !== 0;
}

/** Methods of short texts and numbers. */
const QUICK = new Set([
  'toUpperCase',
  'toLowerCase',
  'trim',
  'trimStart',
  'trimEnd',
  'charAt',
  'charCodeAt',
  'codePointAt',
  'at',
  'slice',
  'substring',
  'startsWith',
  'endsWith',
  'padStart',
  'padEnd',
  'toString',
  'toFixed',
  'concat',
]);
