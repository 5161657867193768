import { ts } from 'ts-morph';
import {
  isFunctionExpression,
  isFunctionWithBody,
  propertyName,
  shortText,
  shownName,
  unwrap,
} from '../ast.ts';
import { describeCall } from '../calls.ts';
import { isCheap } from '../cheap.ts';
import { loopAround } from '../concurrency.ts';
import { numberOf, type Size, sizeOf } from '../estimate.ts';
import type { Model } from '../model.ts';
import { type PoolCall, poolCalls } from '../pool-calls.ts';
import type { Finding, Rule } from '../rule.ts';
import { resolveWorkers } from '../workers.ts';

/** A task is over sooner than it takes to send it, and every item is a task of its own. */
export const tinyTasks: Rule = {
  name: 'tiny-tasks',
  category: 'performance',
  severity: 'hint',
  check,
};

/** Fewer items than this cost nothing that one notices: a round trip takes about 0.05 ms. */
const MANY = 1000;
/** Chunks up to this size are hardly better than none. */
const SMALL_CHUNK = 4;

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const task of poolCalls(model, file)) {
    const how = sendsOneByOne(model, task);
    if (how === undefined) continue;
    const names = cheapWorkers(model, task.call);
    if (names !== undefined) yield finding(task, how, names);
  }
}

/** How a call sends its items one by one, where they are many. */
function sendsOneByOne(model: Model, { call, method, isExecutor }: PoolCall): string | undefined {
  const isMapping = !/^(apply|applyAsync|submit)$/.test(method);
  if (isMapping) {
    const chunk = isExecutor ? executorChunk(call) : chunkSize(call.arguments[2]);
    const size = chunk && numberOf(model, chunk);
    if (size === undefined || size > SMALL_CHUNK) return undefined;
    const items = call.arguments[1];
    const count = items && sizeOf(model, items);
    return count === undefined || isMany(count) ? `in chunks of ${size}` : undefined;
  }
  const loop = loopAround(model, call);
  if (loop === undefined) return undefined;
  let count: Size;
  if (ts.isForOfStatement(loop)) count = sizeOf(model, loop.expression);
  else if (isFunctionExpression(loop)) count = callbackCount(model, loop);
  else if (ts.isForStatement(loop) && loop.condition && ts.isBinaryExpression(loop.condition))
    count = numberOf(model, loop.condition.right);
  return isMany(count) ? 'as a task of its own' : undefined;
}

const isMany = (count: Size): boolean => count === 'unbounded' || (count !== undefined && count >= MANY);

function chunkSize(options: ts.Expression | undefined): ts.Expression | undefined {
  const value = options && unwrap(options);
  if (value === undefined || !ts.isObjectLiteralExpression(value)) return value;
  for (const property of value.properties)
    if (ts.isPropertyAssignment(property) && propertyName(property.name) === 'chunkSize')
      return property.initializer;
  return undefined;
}

/** `executor.map.with({ chunkSize: 1 })(f, items)`. */
function executorChunk(call: ts.CallExpression): ts.Expression | undefined {
  const callee = unwrap(call.expression);
  return ts.isCallExpression(callee) ? chunkSize(callee.arguments[0]) : undefined;
}

function callbackCount(model: Model, fn: ts.ArrowFunction | ts.FunctionExpression): Size {
  const call = fn.parent;
  if (!ts.isCallExpression(call)) return undefined;
  const callee = unwrap(call.expression);
  if (callee.getText() === 'Array.from') return sizeOf(model, call);
  return ts.isPropertyAccessExpression(callee) ? sizeOf(model, callee.expression) : undefined;
}

/** Names of the worker functions of a call when all of them are known to be cheap. */
function cheapWorkers(model: Model, call: ts.CallExpression): string | undefined {
  const workers = (describeCall(model, call)?.workers ?? []).flatMap((position) =>
    resolveWorkers(model, position),
  );
  if (workers.length === 0) return undefined;
  const names: string[] = [];
  for (const worker of workers) {
    if (!('node' in worker) || !isFunctionWithBody(worker.node) || !isCheap(model, worker.node))
      return undefined;
    names.push(shownName(worker.node) ?? 'the function');
  }
  return names.join(', ');
}

function finding({ call, method }: PoolCall, how: string, names: string): Finding {
  const name = shortText(call.expression);
  const advice = /^(apply|applyAsync|submit)$/.test(method)
    ? 'Send many items with one task'
    : 'Leave the chunk size out, or make it large';
  return {
    node: call,
    message:
      `\`${name}\` sends every item ${how}, and \`${names}\` is over sooner than the 0.05 ms that a round trip takes: this is slower than a ` +
      `plain loop. ${advice}, or do it in this process.`,
    path: name,
  };
}
