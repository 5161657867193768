import { ts } from 'ts-morph';
import { type FunctionNode, isAsync, isFunctionExpression, unwrap } from './ast.ts';
import type { Model } from './model.ts';

/**
 * True for an asynchronous function that does nothing but wait for input and output and pick from the answers. What is not known
 * to be quick counts as work.
 */
export const onlyWaits = (model: Model, fn: FunctionNode & { readonly body: ts.ConciseBody }): boolean =>
  isAsync(fn) && model.once(judge, fn, false);

function judge(model: Model, fn: FunctionNode & { readonly body: ts.ConciseBody }): boolean {
  let waits = false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node) && !isFunctionExpression(node)) return true; // Judged where it is called: then it counts as work.
    if (ts.isIterationStatement(node, false) && !containsAwait(node)) return false;
    if (ts.isCallExpression(node)) {
      if (isInputOutput(model, node))
        waits ||= !isTimer(model, node); // To sleep is what examples and tests do.
      else if (!isQuick(node)) return false;
    } else if (
      ts.isNewExpression(node) &&
      !/^(URL|URLSearchParams|Headers|Request|Date|AbortController|\w*Error)$/.test(node.expression.getText())
    ) {
      return false;
    }
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) !== true;
  };
  return visit(fn.body) && waits;
}

function containsAwait(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node)) return true;
  return ts.forEachChild(node, (child) => containsAwait(child) || undefined) ?? false;
}

/** Modules whose functions wait for something outside of the process. */
const MODULES = /^((node:)?(fs\/promises|dns\/promises|timers\/promises)|axios|got|ky|node-fetch|undici)$/;

/** A function of `node:timers/promises`. */
const isTimer = (model: Model, call: ts.CallExpression): boolean => {
  const declaration = model.symbolAt(call.expression)?.declarations?.[0];
  return declaration?.getSourceFile().fileName.endsWith('timers/promises.d.ts') === true;
};

/** `fetch`, or a function of a module for input and output. */
function isInputOutput(model: Model, call: ts.CallExpression): boolean {
  let callee = unwrap(call.expression);
  const text = callee.getText();
  if (/Sync$/.test(text)) return false;
  while (ts.isPropertyAccessExpression(callee)) {
    if (/(^|\.)fs\.promises$|^fsPromises$/.test(callee.getText())) return true;
    callee = unwrap(callee.expression);
  }
  if (!ts.isIdentifier(callee)) return false;
  const declaration = model.directSymbolAt(callee)?.declarations?.[0];
  if (declaration === undefined) return false;
  if (callee.text === 'fetch' && text === 'fetch' && declaration.getSourceFile().isDeclarationFile)
    return true;
  for (let up: ts.Node = declaration; up.parent !== undefined; up = up.parent) {
    if (ts.isImportDeclaration(up))
      return ts.isStringLiteral(up.moduleSpecifier) && MODULES.test(up.moduleSpecifier.text);
    if (ts.isVariableDeclaration(up) && up.initializer) {
      const required = /^require\((['"])(.+)\1\)$/.exec(up.initializer.getText())?.[2];
      return required !== undefined && MODULES.test(required);
    }
  }
  return false;
}

/** Calls that take the answer apart or put the question together. */
function isQuick(call: ts.CallExpression): boolean {
  const callee = unwrap(call.expression);
  if (
    /^(Promise\.(all|allSettled|race|any)|console\.\w+|path\.\w+|join|resolve|basename|Number|String|Boolean|Date\.now|encodeURIComponent|AbortSignal\.timeout|performance\.now)$/.test(
      callee.getText(),
    )
  )
    return true;
  return ts.isPropertyAccessExpression(callee) && QUICK.has(callee.name.text);
}

const QUICK = new Set([
  'json',
  'text',
  'arrayBuffer',
  'blob',
  'bytes',
  'get',
  'map',
  'push',
  'catch',
  'then',
  'toString',
  'trim',
  'isFile',
  'isDirectory',
  'close',
  'finally',
]);
