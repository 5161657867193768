import { ts } from 'ts-morph';
import { propertyName, shortText, unwrap } from '../ast.ts';
import { loopAround } from '../concurrency.ts';
import { constantOf, numberOf, sizeOf } from '../estimate.ts';
import { madeIn } from '../handles.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { usesOf } from '../value-uses.ts';

/** Many more worker processes than there are cores. */
export const oversubscribedPool: Rule = {
  name: 'oversubscribed-pool',
  category: 'performance',
  severity: 'warning',
  check,
};

/** More workers than this, or than so many for each core, only cost. */
const MAX_WORKERS = 64;
const MAX_PER_CORE = 4;

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const made of madeIn(model, file, new Set(['Pool', 'ProcessPoolExecutor']))) {
    const count = workerCount(made);
    const why = count && excess(model, count);
    if (count && why) yield finding(count, why);
  }
  for (const made of madeIn(model, file, new Set(['Process']))) {
    const items = itemsAround(model, made);
    if (items === undefined || !usesOf(model, made).members.has('start')) continue;
    const shown =
      typeof items === 'number'
        ? `${items} processes`
        : 'one process for every item of a list that can be of any length';
    yield finding(made, `starts ${shown} at the same time`);
  }
}

/** The number of workers that a pool or executor is made with. */
function workerCount(made: ts.NewExpression): ts.Expression | undefined {
  for (const argument of made.arguments ?? []) {
    const value = unwrap(argument);
    if (!ts.isObjectLiteralExpression(value)) {
      if (argument === made.arguments?.[0]) return argument;
      continue;
    }
    for (const property of value.properties) {
      if (!/^(processes|maxWorkers)$/.test(propertyName(property.name) ?? '')) continue;
      if (ts.isPropertyAssignment(property)) return property.initializer;
      if (ts.isShorthandPropertyAssignment(property)) return property.name;
    }
  }
  return undefined;
}

function excess(model: Model, count: ts.Expression): string | undefined {
  const workers = workersOf(model, count, 0);
  if (workers === undefined) return undefined;
  if (workers.kind === 'items') return 'starts one worker for every item of a list that can be of any length';
  if (workers.kind === 'cores')
    return workers.factor > MAX_PER_CORE ? `starts ${workers.factor} workers for every core` : undefined;
  return workers.count > MAX_WORKERS ? `starts ${workers.count} workers` : undefined;
}

/** A number of workers: fixed, so many for each core, or as many as there are items. */
type Workers =
  | { readonly kind: 'fixed'; readonly count: number }
  | { readonly kind: 'cores'; readonly factor: number }
  | { readonly kind: 'items' };

function workersOf(model: Model, expression: ts.Expression, hops: number): Workers | undefined {
  const node = unwrap(expression);
  if (hops > 8) return undefined;
  const fixed = numberOf(model, node);
  if (fixed !== undefined) return { kind: 'fixed', count: fixed };
  if (isCores(model, node)) return { kind: 'cores', factor: 1 };
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'length')
    return sizeOf(model, node.expression) === 'unbounded' ? { kind: 'items' } : undefined;
  if (ts.isIdentifier(node)) {
    const value = constantOf(model, node);
    return value && workersOf(model, value, hops + 1);
  }
  if (ts.isBinaryExpression(node)) return combined(model, node, hops);
  if (ts.isConditionalExpression(node))
    return largest([workersOf(model, node.whenTrue, hops + 1), workersOf(model, node.whenFalse, hops + 1)]);
  if (!ts.isCallExpression(node)) return undefined;
  const name = node.expression.getText();
  const given = node.arguments.map((argument) => workersOf(model, argument, hops + 1));
  if (name === 'Math.max') return largest(given);
  if (/^Math\.(floor|ceil|round|trunc)$/.test(name)) return given[0];
  // The smallest counts: one that is not known may be small.
  return name === 'Math.min' && given.every((one) => one !== undefined && isExcess(one))
    ? given[0]
    : undefined;
}

function combined(model: Model, node: ts.BinaryExpression, hops: number): Workers | undefined {
  const left = workersOf(model, node.left, hops + 1);
  const right = workersOf(model, node.right, hops + 1);
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AsteriskToken:
      if (left?.kind === 'cores' && right?.kind === 'fixed')
        return { kind: 'cores', factor: left.factor * right.count };
      if (left?.kind === 'fixed' && right?.kind === 'cores')
        return { kind: 'cores', factor: left.count * right.factor };
      return undefined;
    case ts.SyntaxKind.SlashToken:
      return left?.kind === 'cores' && right?.kind === 'fixed'
        ? { kind: 'cores', factor: left.factor / right.count }
        : undefined;
    case ts.SyntaxKind.PlusToken:
    case ts.SyntaxKind.MinusToken:
      return left?.kind === 'cores' && right?.kind === 'fixed' ? left : undefined;
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.BarBarToken:
      return largest([left, right]);
    default:
      return undefined;
  }
}

const isExcess = (workers: Workers): boolean =>
  workers.kind === 'items' ||
  (workers.kind === 'cores' ? workers.factor > MAX_PER_CORE : workers.count > MAX_WORKERS);

const largest = (all: readonly (Workers | undefined)[]): Workers | undefined =>
  all.find((one) => one !== undefined && isExcess(one)) ?? all.find((one) => one !== undefined);

/** `cpuCount()`, `availableParallelism()`, `os.cpus().length`. */
function isCores(model: Model, node: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'length')
    return /(^|\.)cpus\(\)$/.test(node.expression.getText());
  if (!ts.isCallExpression(node)) return false;
  return (
    model.runtimeName(node.expression) === 'cpuCount' ||
    /(^|\.)availableParallelism$/.test(node.expression.getText())
  );
}

/** How many processes a loop or callback makes without waiting in between, where that is too many. */
function itemsAround(model: Model, made: ts.NewExpression): number | 'unbounded' | undefined {
  const loop = loopAround(model, made);
  if (loop === undefined || waits(loop)) return undefined;
  let size: ReturnType<typeof sizeOf>;
  if (ts.isForOfStatement(loop)) size = sizeOf(model, loop.expression);
  else if (ts.isForStatement(loop)) size = roundsOf(model, loop);
  else if (ts.isArrowFunction(loop) || ts.isFunctionExpression(loop)) size = callbackRounds(model, loop);
  return size === 'unbounded' || (size !== undefined && size > MAX_WORKERS) ? size : undefined;
}

/** A loop that waits may keep the number of running processes down. */
function waits(loop: ts.Node): boolean {
  const visit = (node: ts.Node): boolean =>
    ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)
      ? true
      : (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  return visit(loop);
}

/** Rounds of `for (let i = 0; i < n; i++)`. */
function roundsOf(model: Model, loop: ts.ForStatement): number | undefined {
  const { condition } = loop;
  if (!condition || !ts.isBinaryExpression(condition) || !/^<=?$/.test(condition.operatorToken.getText()))
    return undefined;
  return numberOf(model, condition.right);
}

function callbackRounds(
  model: Model,
  fn: ts.ArrowFunction | ts.FunctionExpression,
): ReturnType<typeof sizeOf> {
  const call = fn.parent;
  if (!ts.isCallExpression(call)) return undefined;
  const callee = unwrap(call.expression);
  if (callee.getText() === 'Array.from') return sizeOf(model, call);
  return ts.isPropertyAccessExpression(callee) ? sizeOf(model, callee.expression) : undefined;
}

function finding(node: ts.Expression, why: string): Finding {
  const shown = shortText(node);
  return {
    node,
    message:
      `\`${shown}\` ${why}: more processes than cores take turns, and each has its own memory and start-up. Write ` +
      '`new Pool(Math.min(cpuCount(), items.length))`, or leave the number out: it is `cpuCount()`.',
    path: shown,
  };
}
