import { ts } from 'ts-morph';
import { type FunctionNode, isFunctionExpression, isFunctionWithBody, unwrap } from '../ast.ts';
import { calledRuntime } from '../calls.ts';
import type { Model } from '../model.ts';
import { syntaxOf } from '../syntax.ts';

/** Code with a flow of its own: a function that is not run at the place where it is written, or a module. */
export type FlowRoot = (FunctionNode & { readonly body: ts.ConciseBody }) | ts.SourceFile;

/** How often a call runs a callback before it returns (or before its promise resolves). */
export type Runs = 'once' | 'many';

/** How a function expression is run by the call that it is an argument of, or undefined when it is kept for later. */
export function runsAtOnce(
  model: Model,
  fn: ts.Node,
): { call: ts.CallExpression | ts.NewExpression; runs: Runs } | undefined {
  if (!isFunctionExpression(fn)) return undefined;
  let outer: ts.Node = fn;
  while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
  const call = outer.parent;
  if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return undefined;
  if (call.expression === outer) return { call, runs: 'once' };
  const runs = model.once(callbackRuns, fn, undefined);
  return runs && { call, runs };
}

function callbackRuns(model: Model, fn: ts.ArrowFunction | ts.FunctionExpression): Runs | undefined {
  let outer: ts.Expression = fn;
  while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
  const call = outer.parent as ts.CallExpression | ts.NewExpression;
  const index = call.arguments?.indexOf(outer) ?? -1;
  if (index < 0) return undefined;
  const callee = unwrap(call.expression);
  if (ts.isNewExpression(call)) return callee.getText() === 'Promise' ? 'once' : undefined;
  const runtime = calledRuntime(model, call);
  if (runtime !== undefined) {
    if (/\.(with|withSync)$|^runMain$/.test(runtime)) return 'once';
    return runtime.endsWith('.waitFor') ? 'many' : undefined;
  }
  const own = model.calledFunction(call);
  if (own !== undefined && !own.getSourceFile().isDeclarationFile) {
    const parameter = own.parameters[index];
    return parameter && model.once(isCalledInside, parameter, false) ? 'once' : undefined;
  }
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  if (callee.getText() === 'Array.from') return 'many';
  return index === 0 && ARRAY_METHODS.has(callee.name.text) ? 'many' : undefined;
}

const ARRAY_METHODS = new Set([
  'map',
  'forEach',
  'flatMap',
  'filter',
  'reduce',
  'reduceRight',
  'some',
  'every',
  'find',
  'findIndex',
  'findLast',
  'sort',
  'toSorted',
]);

/** True when a function calls its parameter itself, and not in a function that it makes. */
function isCalledInside(model: Model, parameter: ts.ParameterDeclaration): boolean {
  const { body } = parameter.parent as FunctionNode;
  const symbol = model.symbolAt(parameter.name);
  if (body === undefined || symbol === undefined) return false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node) && runsAtOnce(model, node) === undefined) return false;
    if (ts.isCallExpression(node)) {
      const names = [unwrap(node.expression), ...node.arguments.map(unwrap)];
      // Handed on counts as called: `withLock(lock, body) { return lock.with(body); }`.
      if (names.some((name) => ts.isIdentifier(name) && model.symbolAt(name) === symbol)) return true;
    }
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return visit(body);
}

/** The code whose flow a node is part of: the nearest function around it that is not run at once, or its module. */
export function rootOf(model: Model, node: ts.Node): FlowRoot {
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (ts.isSourceFile(up)) return up;
    if (isFunctionWithBody(up) && runsAtOnce(model, up) === undefined) return up;
  }
  return node.getSourceFile();
}

/** Calls `visit` for every node of a root, in the order of the text, functions that are kept for later left out. */
export function visitFlow(model: Model, root: FlowRoot, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isClassLike(node)) return;
    if (ts.isFunctionLike(node) && runsAtOnce(model, node) === undefined) return;
    visit(node);
    ts.forEachChild(node, walk);
  };
  if (ts.isSourceFile(root)) for (const statement of root.statements) walk(statement);
  else walk(root.body);
}

/** Every root of a file: its functions that are not run at once, and the module itself. */
export function rootsOf(model: Model, file: ts.SourceFile): readonly FlowRoot[] {
  return model.once(collectRoots, file, []);
}

function collectRoots(model: Model, file: ts.SourceFile): readonly FlowRoot[] {
  return [file, ...syntaxOf(file).functions.filter((fn) => runsAtOnce(model, fn) === undefined)];
}
