import { ts } from 'ts-morph';
import { enclosingFunction, isAsync, shortText, spanOf, unwrap } from '../ast.ts';
import { asyncAcquireFix } from '../fixes/async-acquire.ts';
import { rootsOf, visitFlow } from '../flow/immediate.ts';
import { type Held, lockFacts } from '../locks/held.ts';
import { lockOperation } from '../locks/operations.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { workerRunOf } from '../worker-set.ts';

/** A lock that was taken by blocking the thread is held across an `await`. */
export const awaitUnderSyncLock: Rule = {
  name: 'await-under-sync-lock',
  category: 'race',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!/\b(acquireSync|withSync)\b/.test(file.text)) return;
  for (const root of rootsOf(model, file)) {
    const facts = lockFacts(model, root);
    const told = new Set<ts.Node>();
    const found: Finding[] = [];
    visitFlow(model, root, (node) => {
      const operation = lockOperation(model, node);
      if (operation?.kind === 'with' && operation.sync) {
        const body = operation.call.arguments[0];
        const fn = body && model.functionOf(body);
        if (body && fn && isAsync(fn)) found.push(asyncBody(operation.lock, body, unwrap(body) === fn));
        return;
      }
      if (!isWait(node)) return;
      for (const held of facts.heldAt(node).values()) {
        if (!held.sync || !held.always || held.scoped || told.has(held.at) || isPart(held.at, node)) continue;
        // A function that is called here and not waited for goes on when the code around it has given the lock back.
        if (enclosingFunction(node) !== enclosingFunction(held.at)) continue;
        told.add(held.at);
        found.push(waiting(model, node, held));
      }
    });
    yield* found;
  }
}

const isWait = (node: ts.Node): boolean =>
  ts.isAwaitExpression(node) ||
  ts.isYieldExpression(node) ||
  (ts.isForOfStatement(node) && node.awaitModifier !== undefined);

const isPart = (part: ts.Node, node: ts.Node): boolean => part.pos >= node.pos && part.end <= node.end;

function waiting(model: Model, node: ts.Node, held: Held): Finding {
  const lock = shortText(held.lock);
  const run = workerRunOf(model, node);
  const fix = asyncAcquireFix(held);
  const what = ts.isYieldExpression(node) ? '`yield`' : '`await`';
  return {
    node: ts.isForOfStatement(node) ? (node.awaitModifier ?? node) : node,
    message:
      `\`${lock}\` was taken with \`acquireSync()\` and is still held at this ${what}: other code of this process runs meanwhile, and ` +
      'where it takes the lock, it blocks the very thread that has to finish this and give it back. Write ' +
      `\`await ${lock}.acquire()\` or \`await ${lock}.with(async () => { ... })\`, or release it before waiting.`,
    path: lock,
    ...(run && { chain: run.chain }),
    related: [{ file: held.at.getSourceFile().fileName, ...spanOf(held.at), message: 'taken here' }],
    ...(fix && { fixes: [fix] }),
  };
}

function asyncBody(lockNode: ts.Expression, body: ts.Expression, inline: boolean): Finding {
  const lock = shortText(lockNode);
  return {
    node: inline ? (body.getFirstToken() ?? body) : body,
    message:
      `\`${lock}.withSync()\` releases the lock as soon as this asynchronous function gives its promise, at its first \`await\`: the ` +
      `rest of it runs without the lock. Write \`await ${lock}.with(async () => { ... })\`, or make the function synchronous.`,
    path: lock,
  };
}
