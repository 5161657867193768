import { ts } from 'ts-morph';
import { shortText, unwrap } from '../ast.ts';
import { calledRuntime } from '../calls.ts';
import { rootOf } from '../flow/immediate.ts';
import type { Model } from '../model.ts';
import { placeKey } from '../place-key.ts';
import type { Finding, Rule } from '../rule.ts';
import { workerRunOf } from '../worker-set.ts';

/** A loop ends when a queue between processes looks empty, which says nothing about what is still to come. */
export const queueEmptyLoop: Rule = {
  name: 'queue-empty-loop',
  category: 'race',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!/\.\s*(empty|qsize)\s*\(/.test(file.text)) return;
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const queue = askedQueue(model, node);
    const loop = queue && loopEndedBy(node as ts.CallExpression);
    if (queue && loop && isEndOfWork(model, loop, queue)) found.push(finding(model, node, queue));
    ts.forEachChild(node, visit);
  };
  visit(file);
  yield* found;
}

/** The queue that `queue.empty()` or `queue.qsize()` asks. */
function askedQueue(model: Model, node: ts.Node): ts.Expression | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || !/^(empty|qsize)$/.test(callee.name.text)) return undefined;
  return QUEUE_METHOD.test(calledRuntime(model, node) ?? '') ? callee.expression : undefined;
}

const QUEUE_METHOD = /^(Queue|JoinableQueue|SimpleQueue|QueueProxy|JoinableQueueProxy)\.\w+$/;

/** The loop that ends when the answer is "empty": by its condition, or by `break` and `return` in an `if`. */
function loopEndedBy(call: ts.CallExpression): ts.IterationStatement | undefined {
  let node: ts.Node = call;
  let empty = (unwrap(call.expression) as ts.PropertyAccessExpression).name.text === 'empty';
  for (;;) {
    const { parent } = node;
    if (ts.isParenthesizedExpression(parent) || ts.isAwaitExpression(parent)) node = parent;
    else if (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken) {
      empty = !empty;
      node = parent;
    } else if (ts.isBinaryExpression(parent) && parent.left === node) {
      const compared = comparison(parent);
      if (compared === undefined) return undefined; // With `&&` and `||` something else has its say.
      empty = compared === 'empty';
      node = parent;
    } else break;
  }
  const { parent } = node;
  if (ts.isIterationStatement(parent, false)) {
    const condition = ts.isForStatement(parent)
      ? parent.condition
      : 'expression' in parent
        ? parent.expression
        : undefined;
    return condition === node && !empty && !ts.isForOfStatement(parent) && !ts.isForInStatement(parent)
      ? parent
      : undefined;
  }
  if (!ts.isIfStatement(parent) || parent.expression !== node) return undefined;
  const branch = empty ? parent.thenStatement : parent.elseStatement;
  return branch && endsLoop(branch) ? enclosingLoop(parent) : undefined;
}

/** What it means that the number of items compares so: other numbers than 0 and 1 are limits, not ends. */
function comparison({ operatorToken, right }: ts.BinaryExpression): 'empty' | 'filled' | undefined {
  const text = `${operatorToken.getText()}${unwrap(right).getText()}`;
  if (/^(>|!==?)0$|^>=1$|^===?false$|^!==?true$/.test(text)) return 'filled';
  return /^(<=|===?)0$|^<1$|^===?true$|^!==?false$/.test(text) ? 'empty' : undefined;
}

function endsLoop(branch: ts.Statement): boolean {
  const last = ts.isBlock(branch) ? branch.statements.at(-1) : branch;
  return last !== undefined && (ts.isBreakStatement(last) || ts.isReturnStatement(last));
}

function enclosingLoop(node: ts.Node): ts.IterationStatement | undefined {
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (ts.isIterationStatement(up, false)) return up;
    if (ts.isFunctionLike(up)) return undefined;
  }
  return undefined;
}

/**
 * The loop takes items and is done when there are none. A loop inside of another one, or in a callback of a timer or event,
 * takes what there is and comes again; after the producers were joined nothing more can come.
 */
function isEndOfWork(model: Model, loop: ts.IterationStatement, queue: ts.Expression): boolean {
  if (enclosingLoop(loop) !== undefined || isInTimer(loop)) return false;
  const key = placeKey(model, queue);
  let takes = false;
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && /^(get|getNoWait)$/.test(node.name.text))
      takes ||= placeKey(model, node.expression) === key;
    else if (
      ts.isIdentifier(node) &&
      ts.isCallExpression(node.parent) &&
      node.parent.arguments.includes(node)
    )
      takes ||= placeKey(model, node) === key;
    ts.forEachChild(node, visit);
  };
  visit(loop);
  return takes && !isAfterJoin(model, loop);
}

function isInTimer(node: ts.Node): boolean {
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (!ts.isFunctionLike(up)) continue;
    const call = up.parent;
    return (
      ts.isCallExpression(call) &&
      /(^|\.)(setInterval|setTimeout|setImmediate|on|once|addListener)$/.test(call.expression.getText())
    );
  }
  return false;
}

function isAfterJoin(model: Model, loop: ts.Node): boolean {
  let joined = false;
  const visit = (node: ts.Node): void => {
    if (joined || node.pos >= loop.pos) return;
    if (ts.isCallExpression(node) && node.expression.getText().endsWith('.join'))
      joined = calledRuntime(model, node) === 'Process.join';
    ts.forEachChild(node, visit);
  };
  visit(rootOf(model, loop));
  return joined;
}

function finding(model: Model, node: ts.Node, queue: ts.Expression): Finding {
  const name = shortText(queue);
  const run = workerRunOf(model, node);
  return {
    node,
    message:
      `This loop ends when \`${name}\` looks empty. Other processes put and take items meanwhile: it can look empty while a producer ` +
      'is still at work, and hold an item that another process takes first. Let the producers put an end mark and write ' +
      `\`while ((item = await ${name}.get()) !== END)\`, or take a known number of items, or \`for await (const item of ${name})\` and ` +
      `\`${name}.close()\` by the producer.`,
    path: name,
    ...(run && { chain: run.chain }),
  };
}
