import { ts } from 'ts-morph';
import { type FunctionNode, namedFunctions } from './ast.ts';
import { calledRuntime } from './calls.ts';
import type { Model } from './model.ts';
import { plainCallsWithin } from './syntax.ts';
import { reachedFiles } from './worker-set.ts';

/** A place that runs a function: a call of it, or a call that is given it as a callback. */
export interface CallSite {
  readonly call: ts.CallExpression | ts.NewExpression;
  /** Number of the argument where the function is given by name; undefined where it is called. */
  readonly asArgument?: number;
}

/** Every place in the files that concern the package at which a function is called or given away by name. */
export const callSites = (model: Model, fn: ts.Node): readonly CallSite[] =>
  model.once(indexCalls, model, new Map()).get(fn) ?? [];

function indexCalls(model: Model): ReadonlyMap<ts.Node, readonly CallSite[]> {
  const index = new Map<ts.Node, CallSite[]>();
  for (const file of new Set([...model.candidates, ...reachedFiles(model)])) {
    for (const [fn, site] of model.keep(callsIn, file, file, [])) {
      const sites = index.get(fn);
      if (sites === undefined) index.set(fn, [site]);
      else sites.push(site);
    }
  }
  return index;
}

/** The functions that a file calls or gives away, and where. */
function callsIn(model: Model, file: ts.SourceFile): readonly (readonly [FunctionNode, CallSite])[] {
  const found: [FunctionNode, CallSite][] = [];
  const add = (fn: FunctionNode | undefined, site: CallSite): void => {
    if (fn !== undefined && !fn.getSourceFile().isDeclarationFile) found.push([fn, site]);
  };
  const addArguments = (call: ts.CallExpression | ts.NewExpression, callee?: FunctionNode): void => {
    for (const [value, asArgument] of namedFunctions(call, callee))
      add(model.functionOf(value), { call, asArgument });
  };
  for (const node of plainCallsWithin(file)) {
    if (ts.isCallExpression(node)) {
      const callee = model.calledFunction(node);
      add(callee, { call: node });
      const runtime = calledRuntime(model, node);
      // A worker function runs elsewhere; the body of `lock.with(body)` runs here.
      if (runtime === undefined || /\.(with|withSync|waitFor)$/.test(runtime)) addArguments(node, callee);
    } else {
      for (const member of model.classOf(node.expression)?.members ?? [])
        if (ts.isConstructorDeclaration(member)) add(member, { call: node });
      if (model.runtimeClass(node.expression) === undefined) addArguments(node);
    }
  }
  return found;
}
