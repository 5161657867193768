import { ts } from 'ts-morph';
import { callSites } from '../call-index.ts';
import { type FlowRoot, rootOf } from '../flow/immediate.ts';
import type { Model } from '../model.ts';
import { placeKey } from '../place-key.ts';
import { workerRunOf, workerSet } from '../worker-set.ts';
import { type Held, locksAt, locksOfWrapper } from './held.ts';
import { lockOperation } from './operations.ts';

/**
 * Locks that are held whenever a function is entered: what all its callers in worker code hold. Undefined when it has no
 * caller there that can be seen, so that nothing is known.
 */
export const locksOnEntry = (model: Model, root: FlowRoot): readonly Held[] | undefined =>
  model.once(meetCallers, root, undefined);

function meetCallers(model: Model, root: FlowRoot): readonly Held[] | undefined {
  if (ts.isSourceFile(root)) return [];
  const run = workerSet(model).get(root);
  const isRun = run !== undefined && (run.calls.length > 0 || root.name?.getText() === 'run');
  let common: readonly Held[] | undefined = isRun ? [] : undefined;
  for (const { call, asArgument } of callSites(model, root)) {
    if (workerRunOf(model, call) === undefined) continue;
    const around = asArgument !== undefined && ts.isCallExpression(call) ? locksOfWrapper(model, call) : [];
    if (asArgument !== undefined && around.length === 0 && !isRunThere(model, call)) return [];
    const outer = allHeldAt(model, call);
    const held = outer === undefined && around.length === 0 ? undefined : [...(outer ?? []), ...around];
    if (held === undefined) continue; // A recursive call adds nothing.
    common =
      common === undefined ? held : common.filter((one) => held.some((other) => isSame(model, one, other)));
  }
  return common;
}

/** A body given by name to `lock.with`, or a callback that an array method runs. */
const isRunThere = (model: Model, call: ts.CallExpression | ts.NewExpression): boolean =>
  lockOperation(model, call)?.kind === 'with' ||
  (ts.isPropertyAccessExpression(call.expression) &&
    /^(map|forEach|filter|flatMap|reduce|some|every|find)$/.test(call.expression.name.text));

/** Two callers hold locks under names of their own: those of one kind are taken for the same. */
const isSame = (model: Model, a: Held, b: Held): boolean =>
  a.key === b.key || model.checker.getTypeAtLocation(a.lock) === model.checker.getTypeAtLocation(b.lock);

/** Locks that are certainly held at a node, by the code around it or by every caller; undefined when nothing is known. */
export function allHeldAt(model: Model, node: ts.Node): readonly Held[] | undefined {
  const entry = locksOnEntry(model, rootOf(model, node));
  const own = [...locksAt(model, node).values()].filter((held) => held.always);
  const operation = lockOperation(model, node);
  if (operation?.kind === 'with') {
    const { call, lock, sync } = operation;
    own.push({ key: placeKey(model, lock) ?? '', lock, at: call, sync, scoped: true, always: true });
  }
  return entry === undefined && own.length === 0 ? undefined : [...(entry ?? []), ...own];
}
