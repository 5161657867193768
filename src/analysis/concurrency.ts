import { ts } from 'ts-morph';
import { isFunctionExpression, unwrap } from './ast.ts';
import { callSites } from './call-index.ts';
import { calledRuntime, type WorkerCall } from './calls.ts';
import { type FlowRoot, rootOf, runsAtOnce } from './flow/immediate.ts';
import { identityOf } from './identity.ts';
import type { Model } from './model.ts';
import { type WorkerRun, workerRunOf } from './worker-set.ts';

/** The worker functions from which a function is reached, itself included. */
export const entriesOf = (model: Model, root: ts.Node): ReadonlySet<WorkerRun> =>
  model.once(findEntries, root, new Set());

function findEntries(model: Model, root: ts.Node): ReadonlySet<WorkerRun> {
  const entries = new Set<WorkerRun>();
  const own = workerRunOf(model, root);
  if (own !== undefined && (own.calls.length > 0 || own.fn.name?.getText() === 'run')) entries.add(own);
  for (const fn of new Set([root, own?.fn])) {
    if (fn === undefined) continue;
    for (const { call } of callSites(model, fn)) {
      if (workerRunOf(model, call) === undefined) continue;
      for (const entry of entriesOf(model, rootOf(model, call))) entries.add(entry);
    }
  }
  return entries;
}

/** True when several processes run a worker function, as far as its starts tell. */
export const runsInSeveral = (model: Model, run: WorkerRun): boolean => model.once(countProcesses, run, true);

function countProcesses(model: Model, run: WorkerRun): boolean {
  if (run.calls.length === 0) return true; // `run()` of a subclass: its instances are not counted.
  if (run.calls.length > 1) return true;
  const [call] = run.calls as [WorkerCall];
  const { node } = call;
  if (calledRuntime(model, node) === 'Process') return isRepeated(model, node, 0);
  const callee = unwrap(node.expression);
  const pool = ts.isNewExpression(node)
    ? node
    : ts.isPropertyAccessExpression(callee)
      ? callee.expression
      : undefined;
  if (pool === undefined) return true;
  const { makers, complete } = identityOf(model, pool);
  return !(complete && makers.length > 0 && makers.every(hasOneWorker));
}

export const hasOneWorker = (maker: ts.NewExpression | ts.CallExpression): boolean =>
  maker.arguments?.[0]?.getText() === '1';

/** True when a node may be evaluated several times: in a loop, a callback, or a function that is called several times. */
export function isRepeated(model: Model, node: ts.Node, hops = 0): boolean {
  if (loopAround(model, node) !== undefined) return true;
  const root = rootOf(model, node);
  return !ts.isSourceFile(root) && hops < 4 && isCalledAgain(model, root, hops);
}

/** The loop, or the callback that a call runs for every item, that a node is in, within its own function. */
export function loopAround(
  model: Model,
  node: ts.Node,
): ts.IterationStatement | ts.ArrowFunction | ts.FunctionExpression | undefined {
  for (let up = node; up.parent !== undefined; up = up.parent) {
    const { parent } = up;
    if (ts.isIterationStatement(parent, false) && !isRunBefore(parent, up)) return parent;
    if (!ts.isFunctionLike(parent)) continue;
    const at = runsAtOnce(model, parent);
    if (at === undefined) return undefined;
    if (at.runs === 'many' && isFunctionExpression(parent)) return parent;
  }
  return undefined;
}

/** The initializer of a `for`, and what a `for ... of` goes over, run once. */
const isRunBefore = (loop: ts.IterationStatement, part: ts.Node): boolean =>
  ((ts.isForOfStatement(loop) || ts.isForInStatement(loop)) && loop.expression === part) ||
  (ts.isForStatement(loop) && loop.initializer === part);

function isCalledAgain(model: Model, fn: FlowRoot, hops: number): boolean {
  const sites = callSites(model, fn);
  if (sites.length > 1) return true;
  return sites.some(({ call, asArgument }) => asArgument !== undefined || isRepeated(model, call, hops + 1));
}
