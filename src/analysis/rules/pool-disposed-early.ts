import { ts } from 'ts-morph';
import { placeText, shortText, spanOf, unwrap } from '../ast.ts';
import { calledRuntime } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import { awaitFix } from '../fixes/await.ts';
import { type FlowRoot, rootOf, runsAtOnce } from '../flow/immediate.ts';
import { type FlowClient, walkFlow } from '../flow/walk.ts';
import { usingRoot } from '../handles.ts';
import type { Model } from '../model.ts';
import { placeKey } from '../place-key.ts';
import { type PoolCall, poolCallOf, poolCalls } from '../pool-calls.ts';
import { chainOf } from '../promise-chain.ts';
import { referencesTo } from '../references.ts';
import type { Finding, Rule } from '../rule.ts';

/** Tasks are given to a pool that is ended before they are done, or that was ended before. */
export const poolDisposedEarly: Rule = {
  name: 'pool-disposed-early',
  category: 'lifecycle',
  severity: 'error',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  const roots = new Set<FlowRoot>();
  for (const call of poolCalls(model, file)) {
    roots.add(rootOf(model, call.call));
    for (const returned of returnsOf(model, call)) {
      const how = endedOnReturn(model, call, returned);
      if (how) yield leaving(call, returned, how);
    }
  }
  for (const root of roots) yield* usesAfterEnd(model, root);
}

/** The `return` statements, or the body of the function, that give the unfinished result of a call to the caller. */
function returnsOf(model: Model, { call }: PoolCall): ts.Expression[] {
  const root = rootOf(model, call);
  const follow = (expression: ts.Expression, hops: number): ts.Expression[] => {
    const { end } = chainOf(expression);
    const { parent } = end;
    if (ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === end)) {
      const fn = enclosing(parent);
      if (fn === root) return [end];
      const at = fn && runsAtOnce(model, fn); // items.map((item) => pool.apply(f, [item]))
      const callee = at && unwrap(at.call.expression);
      const isMap =
        callee && ts.isPropertyAccessExpression(callee) && /^(map|flatMap)$/.test(callee.name.text);
      return at && isMap && hops < 4 ? follow(at.call, hops + 1) : [];
    }
    if (ts.isArrayLiteralExpression(parent)) return follow(parent, hops + 1);
    if (ts.isPropertyAssignment(parent) && parent.initializer === end) return follow(parent.parent, hops + 1);
    if (ts.isConditionalExpression(parent) && parent.condition !== end) return follow(parent, hops + 1);
    if (
      ts.isCallExpression(parent) &&
      /^Promise\.(all|allSettled|race|any)$/.test(parent.expression.getText())
    )
      return follow(parent, hops + 1);
    if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) && hops < 4) {
      const symbol = model.symbolAt(parent.name);
      const references = symbol ? referencesTo(model, symbol) : [];
      // Waited for somewhere, it is done when it is returned.
      if (references.some((one) => ts.isAwaitExpression(one.parent) || isArgument(one))) return [];
      return references.flatMap((one) => (ts.isReturnStatement(one.parent) ? [one] : []));
    }
    return [];
  };
  return follow(call, 0);
}

const isArgument = (node: ts.Expression): boolean =>
  ts.isCallExpression(node.parent) ||
  ts.isArrayLiteralExpression(node.parent) ||
  ts.isForOfStatement(node.parent);

function enclosing(node: ts.Node): ts.Node | undefined {
  for (let up: ts.Node | undefined = node; up !== undefined; up = up.parent)
    if (ts.isFunctionLike(up)) return up;
  return undefined;
}

/** What ends the pool when the function is left by this `return`. */
function endedOnReturn(
  model: Model,
  { call, pool, isExecutor, gives }: PoolCall,
  returned: ts.Node,
): string | undefined {
  if (isExecutor && gives !== 'iterator') return undefined; // `shutdown()` waits for its tasks.
  if (usingRoot(model, pool) === rootOf(model, call)) return '`await using` ends the pool';
  const key = placeKey(model, pool);
  for (let up: ts.Node = returned; up.parent !== undefined && !ts.isFunctionLike(up); up = up.parent) {
    const { parent } = up;
    if (!ts.isTryStatement(parent) || parent.finallyBlock === undefined || parent.finallyBlock === up)
      continue;
    const ender = enderIn(model, parent.finallyBlock, key, gives === 'iterator');
    if (ender) return `\`finally\` calls \`${ender}()\``;
  }
  return undefined;
}

/** `close()` lets the tasks that were given be done, but not those that an iterator has still to give. */
function enderIn(model: Model, block: ts.Block, key: string | undefined, lazy: boolean): string | undefined {
  let ender: string | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isCallExpression(node)) {
      const name = calledRuntime(model, node)?.replace(/^\w+\./, '');
      const callee = unwrap(node.expression);
      const isOwn = ts.isPropertyAccessExpression(callee) && placeKey(model, callee.expression) === key;
      if (name && isOwn && (name === 'terminate' || (lazy && /^(close|shutdown)$/.test(name)))) ender = name;
    }
    ts.forEachChild(node, visit);
  };
  visit(block);
  return ender;
}

function leaving({ call, gives }: PoolCall, returned: ts.Expression, how: string): Finding {
  const name = shortText(call.expression);
  const isLazy = gives === 'iterator';
  const fix = isLazy || gives === 'handle' ? undefined : awaitFix(returned);
  const advice = isLazy
    ? 'Make the function an `async function*` and write `yield*`, or collect the results first'
    : 'Write `return await`';
  return {
    node: returned,
    message:
      `The result of \`${name}\` is returned before it is there, and ${how} as soon as the function is left: the tasks fail with ` +
      `PoolClosedError. ${advice}.`,
    path: name,
    ...(returned !== call && {
      related: [
        { file: call.getSourceFile().fileName, ...spanOf(call), message: 'the tasks are given here' },
      ],
    }),
    ...(fix && { fixes: [fix] }),
  };
}

/** Pools that were ended, by their name in the function. */
type Ended = ReadonlyMap<string, ts.CallExpression>;
const ENDERS = /^(Pool\.(close|terminate)|ProcessPoolExecutor\.shutdown)$/;

function usesAfterEnd(model: Model, root: FlowRoot): Finding[] {
  const text = ts.isSourceFile(root) ? root.text : root.getText();
  if (!/\.(close|terminate|shutdown)\(/.test(text)) return [];
  const found = new Map<ts.Node, Finding>();
  const client: FlowClient<Ended> = {
    after(node, state) {
      const key = renamed(model, node);
      if (key !== undefined && state.has(key)) return without(state, key);
      if (!ts.isCallExpression(node)) return state;
      const name = calledRuntime(model, node);
      if (name === undefined) return state;
      const callee = unwrap(node.expression);
      if (ENDERS.test(name) && ts.isPropertyAccessExpression(callee)) {
        const ended = placeKey(model, callee.expression);
        return ended === undefined ? state : new Map([...state, [ended, node]]);
      }
      const task = poolCallOf(model, node);
      const own = task && placeKey(model, task.pool);
      const by = own === undefined ? undefined : state.get(own);
      if (task && by && !found.has(node) && !isErrorExpected(node)) found.set(node, late(task, by));
      return state;
    },
    merge: (a, b) => (a === b ? a : new Map([...a, ...b])),
    same: (a, b) => a.size === b.size,
  };
  walkFlow(model, root, client, new Map());
  return [...found.values()];
}

/** The name that is given a new value at a node. */
function renamed(model: Model, node: ts.Node): string | undefined {
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) return placeKey(model, node.name);
  const isAssignment = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (isAssignment) return placeKey(model, node.left);
  // In a loop, the name stands for the next pool.
  if (!ts.isForOfStatement(node) || !ts.isVariableDeclarationList(node.initializer)) return undefined;
  const [declaration] = node.initializer.declarations;
  return declaration && ts.isIdentifier(declaration.name) ? placeKey(model, declaration.name) : undefined;
}

function without(state: Ended, key: string): Ended {
  const next = new Map(state);
  next.delete(key);
  return next;
}

function late({ call }: PoolCall, by: ts.CallExpression): Finding {
  const name = shortText(call.expression);
  return {
    node: call,
    message:
      by.pos > call.pos
        ? `\`${name}\` fails with PoolClosedError in the second round of the loop: \`${shortText(by)}\` (${placeText(by)}) ends the pool in ` +
          'the first one. End it after the loop.'
        : `\`${name}\` fails with PoolClosedError: the pool was ended before, by \`${shortText(by)}\` (${placeText(by)}). End it when the ` +
          'last task was given, or declare it with `await using`.',
    path: name,
    related: [
      { file: by.getSourceFile().fileName, ...spanOf(by), message: 'ended here' },
      { file: call.getSourceFile().fileName, ...spanOf(call), message: 'tasks are given here' },
    ],
  };
}
