import { ts } from 'ts-morph';
import { isFunctionExpression, shortText, unwrap } from '../ast.ts';
import { callSites } from '../call-index.ts';
import { hasOneWorker, loopAround } from '../concurrency.ts';
import { mapFix } from '../fixes/map.ts';
import { rootOf } from '../flow/immediate.ts';
import { madeIn } from '../handles.ts';
import { identityOf } from '../identity.ts';
import { isCarried, isLeftEarly } from '../loops.ts';
import type { Model } from '../model.ts';
import { type PoolCall, poolCalls } from '../pool-calls.ts';
import { chainOf } from '../promise-chain.ts';
import { referencesTo } from '../references.ts';
import type { Finding, Rule } from '../rule.ts';
import { usesOf } from '../value-uses.ts';

/** Each task is waited for before the next one is given: only one worker is busy. */
export const serialAwaitInLoop: Rule = {
  name: 'serial-await-in-loop',
  category: 'performance',
  severity: 'warning',
  check,
};

/** Lists that are written in the loop and are shorter gain little. */
const FEW = 4;

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  const told = new Set<ts.Node>();
  for (const task of poolCalls(model, file)) {
    if (!/^(apply|applyAsync|submit)$/.test(task.method) || !isWaitedFor(model, task.call)) continue;
    const loop = serialLoop(model, task.call);
    if (loop === undefined || told.has(loop) || hasOneOnly(model, task)) continue;
    if (isCarried(model, loop, task.call.arguments.slice(1))) continue;
    told.add(loop);
    yield taskFinding(model, task, loop);
  }
  for (const made of madeIn(model, file, new Set(['Process']))) {
    const loop = serialLoop(model, made);
    if (loop === undefined || told.has(loop) || isCarried(model, loop, made.arguments ?? [])) continue;
    const { members } = usesOf(model, made);
    const isInside = (node: ts.Node): boolean => node.pos >= loop.pos && node.end <= loop.end;
    const join = members.get('join')?.find((node) => isInside(node) && isAwaited(node.parent));
    if (join === undefined || !members.get('start')?.some(isInside)) continue;
    told.add(loop);
    yield processFinding(join);
  }
}

/** It is awaited at once, or by its name in the same block. */
function isWaitedFor(model: Model, call: ts.CallExpression): boolean {
  const { parent } = call;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return isAwaited(call);
  const symbol = model.symbolAt(parent.name);
  const block = parent.parent.parent.parent;
  return (
    symbol !== undefined &&
    referencesTo(model, symbol).some((one) => isAwaited(one) && blockOf(one) === block)
  );
}

function blockOf(node: ts.Node): ts.Node | undefined {
  for (let up = node.parent; up !== undefined; up = up.parent) if (ts.isBlock(up)) return up;
  return undefined;
}

/** `await` stands before the call, or before the `get()` or `result()` of what it gives. */
function isAwaited(call: ts.Node): boolean {
  let node = call;
  for (;;) {
    const { parent } = node;
    if (ts.isParenthesizedExpression(parent)) node = parent;
    else if (
      ts.isPropertyAccessExpression(parent) &&
      /^(get|result|then|catch)$/.test(parent.name.text) &&
      ts.isCallExpression(parent.parent)
    )
      node = parent.parent;
    else return ts.isAwaitExpression(parent);
  }
}

/** The `for` loop over things that are there already, whose rounds do not depend on each other and are not run side by side. */
function serialLoop(
  model: Model,
  node: ts.Node,
): ts.ForStatement | ts.ForOfStatement | ts.ForInStatement | undefined {
  const loop = loopAround(model, node);
  if (loop === undefined || isFunctionExpression(loop)) return undefined;
  if (!ts.isForStatement(loop) && !ts.isForOfStatement(loop) && !ts.isForInStatement(loop)) return undefined;
  if (ts.isForOfStatement(loop) && loop.awaitModifier) return undefined;
  if (ts.isForStatement(loop) && (loop.condition === undefined || loop.incrementor === undefined))
    return undefined;
  const list = ts.isForOfStatement(loop) ? unwrap(loop.expression) : loop;
  if (ts.isArrayLiteralExpression(list) && list.elements.length < FEW) return undefined;
  return isLeftEarly(loop) || isOneOfMany(model, loop) ? undefined : loop;
}

/** The function with the loop is itself run for many things at the same time. */
function isOneOfMany(model: Model, loop: ts.Node): boolean {
  if (loopAround(model, loop) !== undefined && isFunctionExpression(loopAround(model, loop) as ts.Node))
    return true;
  const root = rootOf(model, loop);
  if (ts.isSourceFile(root)) return false;
  return callSites(model, root).some(({ call, asArgument }) => {
    if (asArgument !== undefined) return true;
    const around = loopAround(model, call);
    return (around !== undefined && isFunctionExpression(around)) || isKept(call);
  });
}

/** The promise of a call is kept and waited for later, so that others can run meanwhile. */
function isKept(call: ts.CallExpression | ts.NewExpression): boolean {
  const { parent } = chainOf(call).end;
  return (
    ts.isVariableDeclaration(parent) || ts.isArrayLiteralExpression(parent) || ts.isCallExpression(parent)
  );
}

const hasOneOnly = (model: Model, { pool }: PoolCall): boolean => {
  const { makers } = identityOf(model, pool);
  return makers.length > 0 && makers.every(hasOneWorker);
};

function taskFinding(model: Model, { call, method }: PoolCall, loop: ts.IterationStatement): Finding {
  const name = shortText(call.expression);
  const pool = name.slice(0, name.lastIndexOf('.'));
  const fix = mapFix(model, call, loop);
  const advice =
    method === 'submit'
      ? `Collect the futures and write \`await Promise.all(futures)\`, or go over \`${pool}.map(f, items)\``
      : `Write \`await ${pool}.map(f, items)\` (\`starmap\` for several arguments), or go over \`${pool}.imap(f, items)\``;
  return {
    node: call,
    message:
      `Each round of this loop waits for its task before it gives the next one to \`${unwrap(call.expression).getText()}\`: only one worker is ` +
      `ever busy. ${advice}.`,
    path: name,
    ...(fix && { fixes: [fix] }),
  };
}

function processFinding(join: ts.Node): Finding {
  return {
    node: join.parent,
    message:
      'Each round of this loop starts a process and waits for its end: they run one after the other. Start them all first, then ' +
      'write `await Promise.all(processes.map((process) => process.join()))`, or use a `Pool`.',
    path: shortText(join),
  };
}
