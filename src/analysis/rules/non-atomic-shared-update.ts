import { ts } from 'ts-morph';
import { placeText, shortText, spanOf, unwrap } from '../ast.ts';
import { entriesOf, loopAround, runsInSeveral } from '../concurrency.ts';
import { atomicFix } from '../fixes/atomic.ts';
import { rootOf } from '../flow/immediate.ts';
import { certainlyDiffer, type Identity, identityOf } from '../identity.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { indexKind } from '../shared/index-kind.ts';
import { keyRepeats } from '../shared/repeats.ts';
import {
  type SharedWrite,
  sharedUpdates,
  sharedUpdatesIn,
  sharedWrites,
  type Update,
} from '../shared/updates.ts';
import { type WorkerRun, workerRunOf } from '../worker-set.ts';

/** Workers read a shared place, compute, and write it, without a lock or atomic operation that makes it one step. */
export const nonAtomicSharedUpdate: Rule = {
  name: 'non-atomic-shared-update',
  category: 'race',
  severity: 'error',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const update of sharedUpdatesIn(model, file)) {
    const contention = contentionOf(model, update);
    if (contention === undefined) continue;
    if (update.locks.length === 0) yield unprotected(model, update, contention);
    else if (contention === 'sure') {
      const other = guardedByAnother(model, update);
      if (other) yield differentLocks(model, update, other);
    }
  }
}

/**
 * How sure it is that several processes are at the same place at the same time: `sure`, `likely` where a member of the item that
 * has few values tells the place, `open` where it depends on whether an item comes twice.
 */
type Contention = 'sure' | 'likely' | 'open';

function contentionOf(model: Model, update: Update): Contention | undefined {
  const { index } = update.place;
  const kind = index && indexKind(model, index);
  if (kind === 'unknown' || !isReachedBySeveral(model, update)) return undefined;
  if (index === undefined || kind !== 'own') return 'sure';
  const repeats = keyRepeats(model, index);
  if (repeats === 'yes') return 'sure';
  // Who begins at a place that may be empty, and adds to it once, expects others there.
  if (repeats === 'no' || !addsToNothing(update) || loopAround(model, update.node) !== undefined)
    return undefined;
  return repeats === 'likely' ? 'likely' : 'open';
}

/** `(await counts.get(key)) ?? 0` and the like: no one has filled in the entry before. */
function addsToNothing({ place, kind, node, reads }: Update): boolean {
  if (place.kind !== 'entry' || kind === 'checked') return false;
  const isDefault = (expression: ts.Node): boolean =>
    (ts.isBinaryExpression(expression) &&
      /^(\?\?|\|\|)$/.test(expression.operatorToken.getText()) &&
      ts.isLiteralExpression(unwrap(expression.right))) ||
    (ts.forEachChild(expression, (child) => isDefault(child) || undefined) ?? false);
  return [node, ...reads.map((read) => statementOf(read))].some(isDefault);
}

function statementOf(node: ts.Node): ts.Node {
  let up = node;
  while (up.parent !== undefined && !ts.isStatement(up)) up = up.parent;
  return up;
}

/** Several processes run the code of an update, on one and the same object. */
function isReachedBySeveral(model: Model, update: Update): boolean {
  const { holder } = update.place;
  const identity = identityOf(model, holder);
  if (isOwn(model, holder, identity) || isForOneTask(model, update.node)) return false;
  const runs = [...entriesOf(model, rootOf(model, update.node))];
  if (runs.length > 1 || runs.some((run) => runsInSeveral(model, run))) return true;
  return sharedWrites(model).some((other) => isByOther(model, other, runs[0], identity));
}

/** `if (id === 0) total.value += 1`: only the task that was given this number does it. */
function isForOneTask(model: Model, node: ts.Node): boolean {
  for (let up = node; up.parent !== undefined && !ts.isFunctionLike(up); up = up.parent) {
    const { parent } = up;
    if (!ts.isIfStatement(parent) || parent.thenStatement !== up) continue;
    const test = unwrap(parent.expression);
    if (!ts.isBinaryExpression(test) || !/^===?$/.test(test.operatorToken.getText())) continue;
    const kinds = [indexKind(model, test.left), indexKind(model, test.right)];
    if (kinds.includes('own') && kinds.includes('same')) return true;
  }
  return false;
}

/** A write of the same place in another worker function. */
function isByOther(
  model: Model,
  other: SharedWrite,
  run: WorkerRun | undefined,
  identity: Identity,
): boolean {
  const runs = entriesOf(model, rootOf(model, other.node));
  if (run === undefined || runs.size === 0 || runs.has(run)) return false;
  return [...identityOf(model, other.holder).ids].some((id) => identity.ids.has(id));
}

/** Every process, or every task, has an object of its own. */
function isOwn(model: Model, holder: ts.Expression, { makers }: Identity): boolean {
  if (makers.length === 0) return false;
  return makers.every((maker) => {
    // A view of a segment is made by every process, and its pages are those of all.
    if (maker.arguments?.[0]?.getText().endsWith('.buffer')) return false;
    if (workerRunOf(model, maker) !== undefined || loopAround(model, maker) !== undefined) return true;
    const { parent } = maker; // Made at module level and used by name: each process makes one.
    const symbol = ts.isIdentifier(holder) ? model.symbolAt(holder) : undefined;
    return ts.isVariableDeclaration(parent) && symbol?.valueDeclaration === parent;
  });
}

const SEVERITIES = { sure: 'error', likely: 'warning', open: 'hint' } as const;

function unprotected(model: Model, update: Update, contention: Contention): Finding {
  const { node, place, kind, reads } = update;
  const shown = shortText(place.kind === 'entry' ? place.holder : place.node);
  const run = workerRunOf(model, node);
  const fix = kind === 'compound' && !update.split ? atomicFix(model, node, place) : undefined;
  const [read] = reads;
  const several =
    contention === 'sure'
      ? 'so several processes do this at the same time and updates get lost'
      : `so updates get lost when two tasks have the same key \`${place.index ? shortText(place.index) : ''}\` at the same time`;
  return {
    node,
    severity: SEVERITIES[contention],
    message: `${whatHappens(update, shown)} ${run?.chain[0] ?? 'It runs in workers'}, ${several}. ${advice(update)}`,
    path: shown,
    ...(run && { chain: run.chain }),
    ...(read &&
      kind !== 'compound' && {
        related: [{ file: read.getSourceFile().fileName, ...spanOf(read), message: 'read here' }],
      }),
    ...(fix && { fixes: [fix] }),
  };
}

function whatHappens({ kind, split, reads }: Update, shown: string): string {
  if (split)
    return `\`${shown}\` is read ${where(reads)} and written in two critical sections: it can change in between.`;
  if (kind === 'compound') return `This reads \`${shown}\` and writes it in two steps.`;
  if (kind === 'stale')
    return `This writes \`${shown}\` from a value of it that was read before ${where(reads)}.`;
  return `\`${shown}\` is tested ${where(reads)} and written here in two steps.`;
}

const where = ([read]: readonly ts.Expression[]): string => (read ? `(${placeText(read)})` : '');

function advice({ place, split, kind }: Update): string {
  if (split) return 'Put the read and the write into one `await lock.with(() => { ... })`.';
  if (place.kind === 'entry')
    return 'Hold a lock around both: `await lock.with(async () => { ... })`. A dict and a value of a manager also have `update(...)`, which is one step.';
  const atomic =
    place.kind === 'value'
      ? kind === 'compound'
        ? '`add(n)` or `sub(n)`'
        : '`compareExchange(expected, replacement)`'
      : kind === 'compound'
        ? '`Atomics.add(array, index, n)`'
        : '`Atomics.compareExchange(array, index, expected, replacement)`';
  return `Write ${atomic}, or hold one lock around it: \`await lock.with(() => { ... })\`.`;
}

/** An update of the same place under a lock that is certainly another one. */
function guardedByAnother(model: Model, update: Update): Update | undefined {
  const identity = identityOf(model, update.place.holder);
  if (!identity.complete || identity.ids.size !== 1) return undefined;
  const locks = update.locks.map((held) => identityOf(model, held.lock));
  for (const other of sharedUpdates(model)) {
    if (other === update) return undefined; // Said at the later one.
    if (other.locks.length === 0 || contentionOf(model, other) !== 'sure') continue;
    const same = identityOf(model, other.place.holder);
    if (!same.complete || same.ids.size !== 1 || ![...same.ids].every((id) => identity.ids.has(id))) continue;
    const others = other.locks.map((held) => identityOf(model, held.lock));
    if (locks.every((one) => others.every((two) => certainlyDiffer(one, two)))) return other;
  }
  return undefined;
}

function differentLocks(model: Model, update: Update, other: Update): Finding {
  const shown = shortText(update.place.node);
  const [own] = update.locks;
  const [theirs] = other.locks;
  const run = workerRunOf(model, update.node);
  return {
    node: update.node,
    message:
      `\`${shown}\` is changed here under \`${own ? shortText(own.lock) : ''}\`, but ${placeText(other.node)} changes it under ` +
      `\`${theirs ? shortText(theirs.lock) : ''}\`, which is another lock: the two do not exclude each other and updates get lost. ` +
      'Use one lock for everything that changes it, such as its own: `getLock()`.',
    path: shown,
    ...(run && { chain: run.chain }),
    related: [
      {
        file: other.node.getSourceFile().fileName,
        ...spanOf(other.node),
        message: 'changed here under another lock',
      },
    ],
  };
}
