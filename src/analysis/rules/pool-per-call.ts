import { ts } from 'ts-morph';
import { placeText, shortText, shownName, unwrap } from '../ast.ts';
import { callSites } from '../call-index.ts';
import { loopAround } from '../concurrency.ts';
import { type FlowRoot, rootOf } from '../flow/immediate.ts';
import { madeIn } from '../handles.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { usesOf } from '../value-uses.ts';

/** A pool is made again for every round of a loop, or for every request. */
export const poolPerCall: Rule = {
  name: 'pool-per-call',
  category: 'performance',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const made of madeIn(model, file, new Set(['Pool', 'ProcessPoolExecutor']))) {
    if (!isForItself(made) || isUnused(model, made)) continue;
    const loop = loopAround(model, made);
    if (loop !== undefined) {
      if (!dependsOn(model, made, loop) && !isLeft(loop))
        yield finding(made, 'in every round of the loop', []);
      continue;
    }
    const root = rootOf(model, made);
    if (ts.isSourceFile(root) || dependsOn(model, made, root)) continue;
    const again = repetition(model, root, 0);
    if (again) yield finding(made, again.what, again.chain);
  }
}

/** It has a name of its own in this block, or none: a list of pools, or one that replaces another, is something else. */
function isForItself(made: ts.NewExpression): boolean {
  const { parent } = made;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAccessExpression(parent);
}

/** No task is given to it: a program that only tries how pools start and end has nothing to use one pool for. */
function isUnused(model: Model, made: ts.NewExpression): boolean {
  const { members, escapes, captured } = usesOf(model, made);
  return !escapes && !captured && !TASKS.some((name) => members.has(name));
}

const TASKS = [
  'map',
  'starmap',
  'apply',
  'mapAsync',
  'starmapAsync',
  'applyAsync',
  'imap',
  'imapUnordered',
  'submit',
];

/** Its arguments use what changes from round to round or call to call. */
function dependsOn(model: Model, made: ts.NewExpression, scope: ts.Node): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) {
      const declaration = model.symbolAt(node)?.valueDeclaration;
      const isOwn =
        declaration !== undefined &&
        declaration.getSourceFile() === scope.getSourceFile() &&
        declaration.pos >= scope.pos &&
        declaration.end <= scope.end &&
        !(declaration.pos >= made.pos && declaration.end <= made.end);
      if (isOwn) return true;
    }
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return (made.arguments ?? []).some(visit);
}

/** The loop is left once it got through: it tries again, it does not go over something. */
function isLeft(loop: ts.Node): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isReturnStatement(node) || ts.isBreakStatement(node)) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return ts.isIterationStatement(loop, false) && visit(loop.statement);
}

/** Why a function is called again and again: it handles requests, or it is called in a loop. */
function repetition(
  model: Model,
  root: FlowRoot,
  hops: number,
): { what: string; chain: string[] } | undefined {
  if (ts.isSourceFile(root) || hops > 2) return undefined;
  const name = shownName(root) ?? 'this function';
  const own = handlerOf(root);
  if (own) return { what: `for every call of the handler that \`${own}\` is given`, chain: [] };
  for (const { call, asArgument } of callSites(model, root)) {
    const link = `\`${name}\` is called (${placeText(call)})`;
    if (asArgument !== undefined) {
      const handler = ts.isCallExpression(call) ? handling(call, asArgument) : undefined;
      if (handler)
        return { what: `for every call of the handler that \`${handler}\` is given`, chain: [link] };
      continue;
    }
    const loop = loopAround(model, call);
    if (loop !== undefined && !isLeft(loop))
      return { what: `for every call of \`${name}\`, which a loop calls`, chain: [link] };
    const outer = repetition(model, rootOf(model, call), hops + 1);
    if (outer) return { what: outer.what, chain: [...outer.chain, link] };
  }
  return undefined;
}

/** The call that is given a function as a handler of requests. */
function handlerOf(root: ts.Node): string | undefined {
  let node = root;
  while (ts.isParenthesizedExpression(node.parent)) node = node.parent;
  const call = node.parent;
  return ts.isCallExpression(call)
    ? handling(call, call.arguments.indexOf(node as ts.Expression))
    : undefined;
}

function handling(call: ts.CallExpression, index: number): string | undefined {
  if (index < 0) return undefined;
  const callee = unwrap(call.expression);
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
  if (name === 'createServer') return shortText(callee);
  const [first] = call.arguments;
  if (!ts.isPropertyAccessExpression(callee) || !first || !ts.isStringLiteralLike(first) || index === 0)
    return undefined;
  const isEvent =
    /^(on|addListener)$/.test(name) && /^(request|connection|message|data|job|upgrade)$/.test(first.text);
  const isRoute = /^(get|post|put|patch|delete|all|use|route)$/.test(name) && first.text.startsWith('/');
  return isEvent || isRoute ? shortText(callee) : undefined;
}

function finding(made: ts.NewExpression, what: string, chain: readonly string[]): Finding {
  const shown = shortText(made);
  return {
    node: made,
    message:
      `\`${shown}\` starts its worker processes again ${what}: each of them starts Node and loads your modules before it does ` +
      'anything. Make one pool before, use it for all, and close it at the end.',
    path: shown,
    ...(chain.length > 0 && { chain }),
  };
}
