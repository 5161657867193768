import { ts } from 'ts-morph';
import { isAsync, isFunctionExpression, shortText, unwrap } from '../ast.ts';
import { awaitFix } from '../fixes/await.ts';
import { rootOf, runsAtOnce } from '../flow/immediate.ts';
import { usingRoot } from '../handles.ts';
import type { Model } from '../model.ts';
import { placeKey } from '../place-key.ts';
import { type PoolCall, poolCalls } from '../pool-calls.ts';
import { chainOf } from '../promise-chain.ts';
import type { Finding, Rule } from '../rule.ts';
import { type Uses, usesOf } from '../value-uses.ts';

/** The promise of a call that runs tasks is dropped. */
export const floatingResult: Rule = {
  name: 'floating-result',
  category: 'lifecycle',
  severity: 'error',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of poolCalls(model, file)) {
    if (call.gives === 'handle') continue;
    const each = forEachAround(model, call.call);
    if (each) {
      yield finding(
        call,
        `the promise of every item is dropped by \`${shortText(each.expression)}\``,
        undefined,
      );
      continue;
    }
    const { end, continued, handled } = chainOf(call.call);
    const uses = usesOf(model, end);
    if (!isDropped(uses)) continue;
    const ends = endsPool(model, call);
    if (uses.voided || continued || handled) {
      if (ends) yield finding(call, 'nobody waits for it, and the pool is ended while its tasks run', end);
    } else if (call.gives === 'iterator') {
      yield finding(call, 'nobody reads its results', undefined);
    } else yield finding(call, 'its promise is dropped', end);
  }
}

/** Nobody keeps the result, or nobody looks at what keeps it. */
const isDropped = ({ dropped, voided, escapes, awaited, members, captured, disposed }: Uses): boolean =>
  dropped || voided || !(escapes || awaited || captured || disposed || members.size > 0);

/** The `forEach` whose callback gives the promise, or awaits it in a function of its own that nobody waits for. */
function forEachAround(model: Model, call: ts.CallExpression): ts.CallExpression | undefined {
  for (let up: ts.Node = call; up.parent !== undefined; up = up.parent) {
    if (!isFunctionExpression(up)) {
      if (ts.isFunctionLike(up)) return undefined;
      continue;
    }
    const at = runsAtOnce(model, up);
    const callee = at && unwrap(at.call.expression);
    if (at === undefined || callee === undefined) return undefined;
    const isForEach = ts.isPropertyAccessExpression(callee) && callee.name.text === 'forEach';
    if (isForEach && ts.isCallExpression(at.call) && isAsync(up))
      return ts.isExpressionStatement(at.call.parent) ? at.call : undefined;
    if (isAsync(up)) return undefined;
  }
  return undefined;
}

/** The function that makes the call ends the pool at its own end: by `await using`, or by `terminate()`. */
function endsPool(model: Model, { call, pool, isExecutor }: PoolCall): boolean {
  if (isExecutor) return false; // `shutdown()` waits for its tasks.
  const root = rootOf(model, call);
  if (usingRoot(model, pool) === root) return true;
  const key = placeKey(model, pool);
  const { end } = chainOf(call);
  let ends = false;
  const visit = (node: ts.Node): void => {
    if (node === end) return; // `.finally(() => pool.terminate())` ends it when its tasks are done.
    if (ts.isPropertyAccessExpression(node) && node.name.text === 'terminate' && node.pos > call.pos)
      ends ||= placeKey(model, node.expression) === key;
    ts.forEachChild(node, visit);
  };
  visit(root);
  return ends;
}

function finding({ call, gives }: PoolCall, why: string, end: ts.Expression | undefined): Finding {
  const name = shortText(call.expression);
  const isStatement = end !== undefined && ts.isExpressionStatement(end.parent);
  const fix = isStatement ? awaitFix(end) : undefined;
  const advice =
    gives === 'iterator'
      ? `Read them: \`for await (const result of ${name}(...))\`, or call \`map\``
      : `Write \`await ${name}(...)\`, or keep the promise and wait for it with \`await Promise.all(...)\``;
  return {
    node: call,
    message:
      `\`${name}\` runs tasks, but ${why}: what fails becomes an unhandled rejection, and the next lines run before there are results. ` +
      `${advice}.`,
    path: name,
    ...(fix && { fixes: [fix] }),
  };
}
