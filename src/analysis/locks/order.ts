import { ts } from 'ts-morph';
import { callSites } from '../call-index.ts';
import { type FlowRoot, rootsOf } from '../flow/immediate.ts';
import { type Context, identityOf } from '../identity.ts';
import type { Model } from '../model.ts';
import { sentTo } from '../parameters.ts';
import { runtimeTypeOf } from '../runtime-type.ts';
import { reachedFiles, workerRunOf, workerSet } from '../worker-set.ts';
import { locksOnEntry } from './callers.ts';
import { type Held, lockFacts } from './held.ts';
import { type LockOperation, MENTIONS_LOCK } from './operations.ts';

/** One lock is taken while another one is held. */
export interface Nesting {
  readonly outer: string;
  readonly inner: string;
  readonly held: Held;
  readonly operation: LockOperation;
  /** Ids of what else is held: two nestings under a common lock cannot meet. */
  readonly under: ReadonlySet<string>;
  /** The start or call through which the names stand for these locks; undefined where they always do. */
  readonly through: ts.Node | undefined;
}

/** Nestings that close a circle, each with the earlier ones that lead back. */
export interface Circle {
  readonly closing: Nesting;
  readonly back: readonly Nesting[];
}

/** Every circle in the order in which locks are taken, in the order of the files. */
export const lockCircles = (model: Model): readonly Circle[] => model.once(findCircles, model, []);

function findCircles(model: Model): readonly Circle[] {
  const circles: Circle[] = [];
  const earlier: Nesting[] = [];
  for (const nesting of nestings(model)) {
    const back = pathBack(earlier, nesting);
    const isTold = circles.some(({ closing, back: [first] }) => isPair(closing, first, nesting));
    if (back !== undefined && !isTold) circles.push({ closing: nesting, back });
    earlier.push(nesting);
  }
  return circles;
}

/** The same two locks in the same order, taken at another place: one report for a pair is enough. */
const isPair = (closing: Nesting, first: Nesting | undefined, other: Nesting): boolean =>
  (closing.outer === other.outer && closing.inner === other.inner) ||
  (first !== undefined && first.outer === other.outer && first.inner === other.inner);

/** The shortest way from the inner lock of a nesting back to its outer one. */
function pathBack(nestings: readonly Nesting[], to: Nesting): readonly Nesting[] | undefined {
  const queue: Nesting[][] = [[]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const end = path.at(-1)?.inner ?? to.inner;
    if (end === to.outer) return path;
    if (seen.has(end) || path.length > 4) continue;
    seen.add(end);
    for (const next of nestings) {
      const all = [...path, to];
      if (next.outer === end && all.every((one) => !haveCommonLock(one, next))) queue.push([...path, next]);
    }
  }
  return undefined;
}

function haveCommonLock(a: Nesting, b: Nesting): boolean {
  for (const id of a.under) if (b.under.has(id)) return true;
  return false;
}

function nestings(model: Model): Nesting[] {
  const found: Nesting[] = [];
  for (const file of new Set([...model.candidates, ...reachedFiles(model)])) {
    for (const root of MENTIONS_LOCK.test(file.text) ? rootsOf(model, file) : []) {
      for (const { operation, held } of lockFacts(model, root).taken.values()) {
        if (operation.timed || isCounter(model, operation.lock)) continue;
        const entry = workerRunOf(model, operation.call) ? (locksOnEntry(model, root) ?? []) : [];
        const outer = [...entry, ...held.values()].filter((one) => !isCounter(model, one.lock));
        if (outer.length === 0) continue;
        for (const [context, through] of contextsOf(model, root))
          found.push(...nestingsIn(model, operation, outer, context, through));
      }
    }
  }
  return found;
}

const isCounter = (model: Model, lock: ts.Expression): boolean =>
  /Semaphore$/.test(runtimeTypeOf(model, lock) ?? '');

function* nestingsIn(
  model: Model,
  operation: LockOperation,
  outer: readonly Held[],
  context: Context | undefined,
  through: ts.Node | undefined,
): Iterable<Nesting> {
  const idOfLock = (lock: ts.Expression): string | undefined => {
    const { ids } = identityOf(model, lock, context);
    return ids.size === 1 ? [...ids][0] : undefined;
  };
  const inner = idOfLock(operation.lock);
  if (inner === undefined) return;
  for (const held of outer) {
    const id = idOfLock(held.lock);
    if (id === undefined || id === inner) continue;
    const under = outer.flatMap((other) =>
      other === held || !other.always ? [] : (idOfLock(other.lock) ?? []),
    );
    yield { outer: id, inner, held, operation, under: new Set(under), through };
  }
}

/** What the parameters of a function stand for, for every place that runs it. */
function contextsOf(model: Model, root: FlowRoot): readonly [Context | undefined, ts.Node | undefined][] {
  if (ts.isSourceFile(root) || root.parameters.length === 0) return [[undefined, undefined]];
  const contexts: [Context, ts.Node][] = [];
  for (const call of workerSet(model).get(root)?.calls ?? []) {
    const context = new Map(
      root.parameters.flatMap((parameter, index) => {
        const given = sentTo(model, call, root, index);
        return given ? [[parameter, given] as const] : [];
      }),
    );
    contexts.push([context, call.node]);
  }
  for (const { call, asArgument } of callSites(model, root)) {
    if (asArgument !== undefined) continue;
    const context = new Map(
      root.parameters.flatMap((parameter, index) => {
        const expression = call.arguments?.[index];
        return expression ? [[parameter, { expression, accesses: [] }] as const] : [];
      }),
    );
    contexts.push([context, call]);
  }
  return contexts.length === 0 || contexts.length > 12 ? [[undefined, undefined]] : contexts;
}
