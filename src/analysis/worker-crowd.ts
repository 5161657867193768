import { ts } from 'ts-morph';
import { isFunctionExpression } from './ast.ts';
import { calledRuntime, type WorkerCall, workerCalls } from './calls.ts';
import type { Model } from './model.ts';
import { calledWithin, type WorkerRun, workerSet } from './worker-set.ts';

/** True for a function that several processes run at the same time, or one process after the other. */
export const runsSeveralTimes = (model: Model, run: WorkerRun): boolean =>
  model.once(collectCrowd, model, new Set<ts.Node>()).has(run.fn);

function collectCrowd(model: Model): ReadonlySet<ts.Node> {
  const set = workerSet(model);
  const crowd = new Set<ts.Node>();
  const queue: WorkerRun[] = [];
  const add = (run: WorkerRun | undefined): void => {
    if (run === undefined || crowd.has(run.fn)) return;
    crowd.add(run.fn);
    queue.push(run);
  };
  for (const run of set.values()) {
    const several = run.calls.filter((call) => isHandedOften(model, call));
    if (several.length > 0 || run.calls.length > 1) add(run);
  }
  for (let run = queue.pop(); run !== undefined; run = queue.pop()) {
    for (const callee of calledWithin(model, run.fn).keys()) add(set.get(callee));
  }
  return crowd;
}

/** The call makes many tasks of the function, or is made many times itself. */
export const isHandedOften = (model: Model, call: WorkerCall): boolean =>
  model.keep(findWhetherOften, call.node, call.node, false);

function findWhetherOften(model: Model, node: WorkerCall['node']): boolean {
  const name = calledRuntime(model, node) ?? '';
  if (/\.(map|mapAsync|imap|imapUnordered|starmap|starmapAsync)$/.test(name)) return true;
  if (/^(Pool|ProcessPoolExecutor)$/.test(name)) return true; // The initializer, in every worker.
  return isRepeated(node) || (name === '' && wrapsMany(model, node));
}

/** A function of the user's that makes many tasks of the function that it is given. */
function wrapsMany(model: Model, call: WorkerCall['node']): boolean {
  const fn = ts.isCallExpression(call) ? model.calledFunction(call) : undefined;
  if (fn === undefined) return false;
  const inside = workerCalls(model, fn.getSourceFile()).filter(
    ({ node }) => node.pos >= fn.pos && node.end <= fn.end,
  );
  return inside.some((one) => one.node !== call && isHandedOften(model, one));
}

/** Inside of a loop, or of a callback that is called for every element. */
export function isRepeated(node: ts.Node): boolean {
  for (let inner = node; inner.parent !== undefined; inner = inner.parent) {
    const up = inner.parent;
    const isLoop =
      ts.isForStatement(up) ||
      ts.isForOfStatement(up) ||
      ts.isForInStatement(up) ||
      ts.isWhileStatement(up) ||
      ts.isDoStatement(up);
    if (isLoop && up.statement === inner) return true;
    if (isFunctionExpression(inner) && ts.isCallExpression(up)) {
      const callee = up.expression;
      if (ts.isPropertyAccessExpression(callee) && /^(map|forEach|flatMap|from)$/.test(callee.name.text))
        return true;
    }
    if (ts.isFunctionLike(inner) && !isFunctionExpression(inner)) return false;
  }
  return false;
}

/** The functions of the set that call another one, and where each does first. */
export const callersOf = (model: Model, run: WorkerRun): readonly Caller[] =>
  model.once(collectCallers, model, new Map<ts.Node, Caller[]>()).get(run.fn) ?? [];

export interface Caller {
  readonly run: WorkerRun;
  readonly place: ts.Node;
}

function collectCallers(model: Model): ReadonlyMap<ts.Node, readonly Caller[]> {
  const callers = new Map<ts.Node, Caller[]>();
  for (const run of workerSet(model).values()) {
    for (const [callee, place] of calledWithin(model, run.fn)) {
      const list = callers.get(callee);
      if (list === undefined) callers.set(callee, [{ run, place }]);
      else list.push({ run, place });
    }
  }
  return callers;
}

/** The worker functions that lead to a function of the set, and where each does so. A worker function leads to itself. */
export function entriesOf(model: Model, run: WorkerRun): readonly Caller[] {
  const entries: Caller[] = [];
  const seen = new Set<WorkerRun>([run]);
  const queue: Caller[] = [{ run, place: run.fn }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const callers = callersOf(model, next.run);
    if (next.run.calls.length > 0 || callers.length === 0) entries.push(next);
    else {
      for (const caller of callers) {
        if (seen.has(caller.run)) continue;
        seen.add(caller.run);
        queue.push(caller);
      }
    }
  }
  return entries;
}
