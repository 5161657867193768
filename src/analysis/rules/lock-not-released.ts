import { ts } from 'ts-morph';
import { placeText, shortText, spanOf } from '../ast.ts';
import { finallyFix } from '../fixes/finally.ts';
import { type FlowRoot, rootOf, rootsOf } from '../flow/immediate.ts';
import type { Exit } from '../flow/walk.ts';
import { identityOf } from '../identity.ts';
import { type Locks, lockFacts } from '../locks/held.ts';
import { type LockOperation, lockOperation, MENTIONS_LOCK } from '../locks/operations.ts';
import type { Model } from '../model.ts';
import { idOf, placeKey } from '../place-key.ts';
import type { Finding, Rule } from '../rule.ts';
import { usesOf } from '../value-uses.ts';
import { workerRunOf, workerSet } from '../worker-set.ts';

/** A lock is taken, and on some way out of the function it is still held. */
export const lockNotReleased: Rule = {
  name: 'lock-not-released',
  category: 'lifecycle',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!MENTIONS_LOCK.test(file.text)) return;
  for (const root of rootsOf(model, file)) {
    for (const { operation } of lockFacts(model, root).taken.values()) {
      if (operation.kind === 'with' || isOwn(model, root, operation.lock)) continue;
      const key = placeKey(model, operation.lock);
      const way = key === undefined ? undefined : wayOut(model, root, operation, key);
      if (way !== undefined) yield finding(model, root, operation, way);
    }
  }
}

/** The lock is made by the function itself: it is gone with it, as in a test. */
const isOwn = (model: Model, root: FlowRoot, lock: ts.Expression): boolean =>
  identityOf(model, lock).makers.some((maker) => rootOf(model, maker) === root);

/** How a function is left with the lock held. */
interface WayOut {
  readonly how: string;
  readonly node: ts.Node;
  /** The code itself leaves this way, and not only when something that it calls throws. */
  readonly isWritten: boolean;
}

function wayOut(model: Model, root: FlowRoot, operation: LockOperation, key: string): WayOut | undefined {
  const { exits, released } = lockFacts(model, root);
  const id = `${key}@${idOf(operation.call)}`;
  const inLoop = isTakenByEachRound(model, root, operation, key);
  const held = exits.filter(({ state }: Exit<Locks>) => isHeld(state, id, inLoop));
  const swallowed = swallowedBy(model, root, key, id);
  if (swallowed)
    return {
      how: `is still held after the \`catch\` in line ${lineOf(swallowed)}`,
      node: swallowed,
      isWritten: false,
    };
  if (held.length === 0) return undefined;
  if (!released.has(key)) {
    const left = held.find((exit) => exit.kind !== 'throw');
    return left && (isForgotten(model, root, operation) || isGuardForgotten(model, operation))
      ? { how: 'is never given back', node: left.node, isWritten: true }
      : undefined;
  }
  if (releasesLater(model, root, key)) return undefined;
  const returned = held.find((exit) => exit.kind !== 'throw');
  if (returned)
    return { how: `is still held at ${exitText(returned)}`, node: returned.node, isWritten: true };
  const thrown = held.find((exit) => ts.isThrowStatement(exit.node)) ?? held[0];
  if (thrown === undefined) return undefined;
  const isWritten = ts.isThrowStatement(thrown.node);
  const what = isWritten ? 'the `throw`' : `\`${shortText(thrown.node)}\`, if that throws,`;
  return { how: `stays held after ${what} in line ${lineOf(thrown.node)}`, node: thrown.node, isWritten };
}

const isHeld = (state: Locks, id: string, inLoop: boolean): boolean => {
  const held = state.get(id);
  return held !== undefined && !held.scoped && (held.always || inLoop);
};

/** A `catch` that goes on with the lock held, with no release after it. */
function swallowedBy(model: Model, root: FlowRoot, key: string, id: string): ts.CatchClause | undefined {
  const { caught, released } = lockFacts(model, root);
  if (!released.has(key)) return undefined;
  const releases = releasesOf(model, root, key);
  for (const [clause, state] of caught) {
    const tried = clause.parent;
    if (
      isHeld(state, id, false) &&
      tried.finallyBlock === undefined &&
      releases.every((release) => release.pos < tried.end)
    )
      return clause;
  }
  return undefined;
}

/**
 * Every round of a loop takes the lock, and only code in the loop gives it back: held on some path after the loop then means that
 * a `break` or `continue` leaves a round with it.
 */
function isTakenByEachRound(model: Model, root: FlowRoot, { call }: LockOperation, key: string): boolean {
  const loop = statementOf(call)?.parent.parent;
  if (!loop || !ts.isIterationStatement(loop, false)) return false;
  return releasesOf(model, root, key).every((release) => release.pos >= loop.pos && release.end <= loop.end);
}

const lineOf = (node: ts.Node): string => placeText(node).replace(/^.*:/, '');

const exitText = ({ kind, node }: Exit<Locks>): string =>
  kind === 'return' ? `the \`return\` in line ${lineOf(node)}` : 'the end of the function';

/**
 * Nothing in the file gives it back. A function that takes a lock for its callers is left alone: only worker functions, which
 * the runtime calls, and modules count.
 */
function isForgotten(model: Model, root: FlowRoot, operation: LockOperation): boolean {
  const { text } = root.getSourceFile();
  if (/\.\s*release\b|ispose\]|\brelease\b/.test(text)) return false;
  const isEntry = ts.isSourceFile(root) || (workerSet(model).get(root)?.calls.length ?? 0) > 0;
  return isEntry && operation.kind === 'acquire';
}

/** `const held = await lock.hold()` that goes nowhere and is not disposed. */
function isGuardForgotten(model: Model, { kind, call }: LockOperation): boolean {
  if (kind !== 'hold' || !ts.isAwaitExpression(call.parent)) return false;
  if (!ts.isVariableDeclaration(call.parent.parent)) return false;
  const { members, escapes, disposed, captured } = usesOf(model, call.parent);
  return !escapes && !disposed && !captured && ![...members.keys()].some((name) => /ispose/.test(name));
}

/** A function inside of this one, such as a callback of `finally`, gives the lock back. */
const releasesLater = (model: Model, root: FlowRoot, key: string): boolean =>
  releasesOf(model, root, key).some((release) => rootOf(model, release) !== root);

/** The process ends with the code, and the runtime gives back what it has held: a module, and what a `Process` runs. */
function endsProcess(model: Model, root: FlowRoot): boolean {
  if (ts.isSourceFile(root)) return true;
  const roles = workerSet(model).get(root)?.roles ?? new Set();
  return roles.size === 1 && roles.has('target');
}

function finding(model: Model, root: FlowRoot, operation: LockOperation, way: WayOut): Finding {
  const lock = shortText(operation.lock);
  const run = workerRunOf(model, operation.call);
  const fix = fixFor(model, root, operation);
  return {
    node: operation.call,
    ...(way.isWritten && !endsProcess(model, root) && { severity: 'error' as const }),
    message:
      `\`${lock}\` ${way.how}: the process lives on with it, and everybody else who takes it waits for ever. Write ` +
      `\`await ${lock}.with(() => { ... })\` or \`await using held = await ${lock}.hold()\`, or release it in \`finally\`.`,
    path: lock,
    ...(run && { chain: run.chain }),
    related: [
      {
        file: way.node.getSourceFile().fileName,
        ...spanOf(endOf(way.node)),
        message: 'left here while it is held',
      },
    ],
    ...(fix && { fixes: [fix] }),
  };
}

/** For the end of a function, its last token instead of all of it. */
const endOf = (node: ts.Node): ts.Node => {
  if (ts.isSourceFile(node)) return node.endOfFileToken;
  return 'body' in node && node.body ? ((node.body as ts.Node).getLastToken() ?? node) : node;
};

/** Only where the lock is given back once, by a statement of the same block. */
function fixFor(
  model: Model,
  root: FlowRoot,
  { lock, call, kind }: LockOperation,
): ReturnType<typeof finallyFix> {
  const releases = releasesOf(model, root, placeKey(model, lock));
  const [release] = releases;
  const take = statementOf(call);
  const give = release && releases.length === 1 ? statementOf(release) : undefined;
  return kind === 'acquire' && take && give ? finallyFix(model, take, give) : undefined;
}

/** The calls in a function that give a lock back, those in functions inside of it included. */
function releasesOf(model: Model, root: FlowRoot, key: string | undefined): ts.CallExpression[] {
  const releases: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    const operation = lockOperation(model, node);
    if (operation?.kind === 'release' && placeKey(model, operation.lock) === key)
      releases.push(operation.call);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return releases;
}

function statementOf(call: ts.CallExpression): ts.Statement | undefined {
  const { parent } = ts.isAwaitExpression(call.parent) ? call.parent : call;
  return ts.isExpressionStatement(parent) ? parent : undefined;
}
