import { ts } from 'ts-morph';
import { unwrap } from '../ast.ts';
import { type FlowRoot, rootOf } from '../flow/immediate.ts';
import { type Exit, type FlowClient, walkFlow } from '../flow/walk.ts';
import type { Model } from '../model.ts';
import { idOf, placeKey } from '../place-key.ts';
import { runtimeTypeOf } from '../runtime-type.ts';
import { callsWithin } from '../syntax.ts';
import { isHarmless } from './harmless.ts';
import { type LockOperation, lockOperation, MENTIONS_LOCK } from './operations.ts';
import { acquiringCall, disposedBy, holdNamed, isCertain, isKeptByName, withoutAwait } from './results.ts';

/** A lock that is held at a point. */
export interface Held {
  /** Names the lock within its function (`placeKey`). */
  readonly key: string;
  /** The expression that names it, in the function where it was taken. */
  readonly lock: ts.Expression;
  /** The call that took it: two places with the same one are in one critical section. */
  readonly at: ts.CallExpression;
  readonly sync: boolean;
  /** Given back by the construct that took it: `with`, `using`. */
  readonly scoped: boolean;
  /** Held on every path to this point, not only on some. */
  readonly always: boolean;
}

/** Locks that are held, by the place where they were taken. */
export type Locks = ReadonlyMap<string, Held>;
export const NO_LOCKS: Locks = new Map();

/** What a function or module does with locks. */
export interface LockFacts {
  /** Locks that its own code holds at a node: a call, an access, an `await`. */
  heldAt(node: ts.Node): Locks;
  readonly exits: readonly Exit<Locks>[];
  /** Locks that are held at the end of a `catch`, from where the function goes on. */
  readonly caught: ReadonlyMap<ts.CatchClause, Locks>;
  /** Every place where a lock is taken, with what is held there. */
  readonly taken: ReadonlyMap<ts.CallExpression, { operation: LockOperation; held: Locks }>;
  /** Keys of locks that it gives back with `release()` or by disposing what `hold()` gave. */
  readonly released: ReadonlySet<string>;
}

/** Locks of one function or module. */
export const lockFacts = (model: Model, root: FlowRoot): LockFacts => model.once(findLocks, root, NO_FACTS);

/** Locks that the code around a node holds there, what callers hold left out. */
export const locksAt = (model: Model, node: ts.Node): Locks =>
  lockFacts(model, rootOf(model, node)).heldAt(node);

const NO_FACTS: LockFacts = {
  heldAt: () => NO_LOCKS,
  exits: [],
  caught: new Map(),
  taken: new Map(),
  released: new Set(),
};

function findLocks(model: Model, root: FlowRoot): LockFacts {
  const text = ts.isSourceFile(root) ? root.text : root.getText();
  if (!MENTIONS_LOCK.test(text) && !model.once(callsHelper, root, false)) return NO_FACTS;
  const client = new LockClient(model);
  const exits = walkFlow(model, root, client, NO_LOCKS);
  return {
    heldAt: (node) => client.states.get(node) ?? NO_LOCKS,
    exits,
    caught: client.caught,
    taken: client.taken,
    released: client.released,
  };
}

/** A function that only calls helpers may hold a lock too: `await this.lock(); ... this.unlock()`, or `mutex.run(() => ...)`. */
function callsHelper(model: Model, root: FlowRoot): boolean {
  return callsWithin(root).some((node) => {
    if (!ts.isCallExpression(node) || node.arguments.length > 2) return false;
    const fn = model.calledFunction(node);
    return fn !== undefined && fn !== root && mayTakeLocks(model, fn);
  });
}

/** Its file mentions lock operations, and it has some itself or calls a function that may. */
function mayTakeLocks(model: Model, fn: FlowRoot): boolean {
  const file = fn.getSourceFile();
  if (file.isDeclarationFile || !MENTIONS_LOCK.test(file.text)) return false;
  return MENTIONS_LOCK.test(fn.getText()) || model.once(callsHelper, fn, false);
}

class LockClient implements FlowClient<Locks> {
  readonly states = new Map<ts.Node, Locks>();
  readonly taken = new Map<ts.CallExpression, { operation: LockOperation; held: Locks }>();
  readonly released = new Set<string>();
  readonly caught = new Map<ts.CatchClause, Locks>();
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  after(node: ts.Node, state: Locks): Locks {
    if (isPoint(node)) this.#record(node, state);
    else if (ts.isCatchClause(node)) this.caught.set(node, state);
    if (!ts.isCallExpression(node)) return state;
    const operation = lockOperation(this.#model, node);
    if (operation === undefined) return this.#helper(node, state);
    if (operation.kind === 'with') {
      if (!this.taken.has(node)) this.#take(operation, state); // The body is given by name.
      return state;
    }
    if (operation.kind === 'release') return this.#release(placeKey(this.#model, operation.lock), state);
    this.#take(operation, state);
    const scoped = operation.kind === 'hold' && !isKeptByName(node);
    return add(state, { ...this.#heldBy(operation, scoped), always: isCertain(operation) });
  }

  #record(node: ts.Node, state: Locks): void {
    const known = this.states.get(node);
    this.states.set(node, known === undefined ? state : this.merge(known, state));
  }

  #take(operation: LockOperation, state: Locks): void {
    const known = this.taken.get(operation.call);
    const held = known === undefined ? state : this.merge(known.held, state);
    this.taken.set(operation.call, { operation, held });
  }

  #heldBy({ lock, sync, call }: LockOperation, scoped: boolean): Held {
    const key = placeKey(this.#model, lock) ?? `?${idOf(call)}`;
    return { key, lock, at: call, sync, scoped, always: true };
  }

  #release(key: string | undefined, state: Locks): Locks {
    if (key === undefined) return NO_LOCKS; // It cannot be told which: none counts as held.
    this.released.add(key);
    const next = new Map(state);
    const own = [...state].filter(([, held]) => held.key === key && !held.scoped);
    const last = own.at(-1);
    if (last && own.length > 1 && runtimeTypeOf(this.#model, last[1].lock) === 'RLock') next.delete(last[0]);
    else for (const [id] of own) next.delete(id);
    return next;
  }

  /** A call of `hold[Symbol.asyncDispose]()`, or of a function that takes or gives back locks for its caller. */
  #helper(call: ts.CallExpression, state: Locks): Locks {
    const disposed = disposedBy(call);
    if (disposed !== undefined) {
      const hold = holdNamed(this.#model, disposed);
      return hold ? this.#release(placeKey(this.#model, hold.lock), state) : state;
    }
    const fn = this.#model.calledFunction(call);
    if (fn === undefined || fn.getSourceFile().isDeclarationFile || !MENTIONS_LOCK.test(fn.getText()))
      return state;
    const { takes, gives } = this.#model.once(helperEffects, fn, NO_EFFECTS);
    let next = state;
    for (const key of gives) {
      const own = translate(this.#model, key, fn, call);
      if (own !== undefined) next = this.#release(own, next);
    }
    for (const held of takes) {
      const key = translate(this.#model, held.key, fn, call);
      if (key !== undefined) next = add(next, { ...held, key, at: call, always: true });
    }
    return next;
  }

  merge(a: Locks, b: Locks): Locks {
    if (a === b) return a;
    const merged = new Map<string, Held>();
    for (const [id, held] of a) {
      const other = b.get(id);
      merged.set(id, held.always && other?.always !== true ? { ...held, always: false } : held);
    }
    for (const [id, held] of b) if (!a.has(id)) merged.set(id, { ...held, always: false });
    return merged;
  }

  same(a: Locks, b: Locks): boolean {
    if (a.size !== b.size) return false;
    for (const [id, held] of a) if (b.get(id)?.always !== held.always) return false;
    return true;
  }

  /** `if (!(await lock.acquire({ timeout: 100 }))) return;` holds it afterwards only. */
  assume(condition: ts.Expression, outcome: boolean, state: Locks): Locks {
    const node = unwrap(condition);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
      return this.assume(node.operand, !outcome, state);
    if (ts.isBinaryExpression(node)) {
      const { left, right, operatorToken } = node;
      const isAnd = operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
      const isOr = operatorToken.kind === ts.SyntaxKind.BarBarToken;
      if ((isAnd && outcome) || (isOr && !outcome))
        return this.assume(right, outcome, this.assume(left, outcome, state));
      const isEquality = /^[!=]==?$/.test(operatorToken.getText());
      const value = unwrap(right).kind;
      if (isEquality && (value === ts.SyntaxKind.TrueKeyword || value === ts.SyntaxKind.FalseKeyword)) {
        const asked = (value === ts.SyntaxKind.TrueKeyword) === operatorToken.getText().startsWith('=');
        return this.assume(left, asked === outcome, state);
      }
      return state;
    }
    if (outcome) return state;
    const call = acquiringCall(this.#model, node);
    if (call === undefined) return state;
    const next = new Map(state);
    for (const [id, held] of state) if (held.at === call) next.delete(id);
    return next;
  }

  dispose(declaration: ts.VariableDeclaration, state: Locks): Locks {
    const call = declaration.initializer && withoutAwait(declaration.initializer);
    const next = new Map(state);
    for (const [id, held] of state) if (held.at === call) next.delete(id);
    return next;
  }

  enter(call: ts.CallExpression | ts.NewExpression, state: Locks): Locks {
    if (!ts.isCallExpression(call)) return state;
    const operation = lockOperation(this.#model, call);
    if (operation?.kind === 'with') {
      this.#take(operation, state);
      return add(state, this.#heldBy(operation, true));
    }
    return locksOfWrapper(this.#model, call).reduce(add, state);
  }

  leave(call: ts.CallExpression | ts.NewExpression, _before: Locks, after: Locks): Locks {
    const next = new Map(after);
    for (const [id, held] of after) if (held.at === call && held.scoped) next.delete(id);
    return next;
  }

  mayThrow(node: ts.Node): boolean {
    const inner = ts.isAwaitExpression(node) ? unwrap(node.expression) : node;
    if (lockOperation(this.#model, inner) !== undefined || isHarmless(inner)) return false;
    if (ts.isCallExpression(inner) && disposedBy(inner) !== undefined) return false;
    const fn = ts.isCallExpression(inner) ? this.#model.calledFunction(inner) : undefined;
    if (fn === undefined || !MENTIONS_LOCK.test(fn.getText())) return true;
    return this.#model.once(helperEffects, fn, NO_EFFECTS).gives.length === 0; // It gives the lock back first.
  }
}

/** The key that a key of a called function has at the call. */
function translate(
  model: Model,
  key: string,
  fn: ts.SignatureDeclaration,
  call: ts.CallExpression,
): string | undefined {
  const [, root = '', rest = ''] = /^(#\d+|this)(.*)$/.exec(key) ?? [];
  if (root === 'this') {
    const callee = unwrap(call.expression);
    const receiver = ts.isPropertyAccessExpression(callee) ? placeKey(model, callee.expression) : undefined;
    return receiver && receiver + rest;
  }
  const index = fn.parameters.findIndex((parameter) => {
    const symbol = model.symbolAt(parameter.name);
    return symbol !== undefined && `#${idOf(symbol)}` === root;
  });
  if (index < 0) return key;
  const argument = call.arguments[index];
  const given = argument && placeKey(model, argument);
  return given && given + rest;
}

/** Locks that a function of the user holds while it calls the callback that it is given. */
export function locksOfWrapper(model: Model, call: ts.CallExpression): Held[] {
  const fn = model.calledFunction(call);
  if (fn === undefined || ts.isSourceFile(fn) || !mayTakeLocks(model, fn)) return [];
  return model.once(locksAroundCallback, fn, []).map((held) => {
    const key = translate(model, held.key, fn, call) ?? `?${idOf(held.at)}`;
    return { ...held, key, at: call, scoped: true };
  });
}

function add(state: Locks, held: Held): Locks {
  const next = new Map(state);
  next.set(`${held.key}@${idOf(held.at)}`, held);
  return next;
}

/** Nodes at which the state is kept. */
const isPoint = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) ||
  ts.isElementAccessExpression(node) ||
  ts.isCallExpression(node) ||
  ts.isAwaitExpression(node) ||
  ts.isYieldExpression(node) ||
  ts.isForOfStatement(node);

/** Locks that a function leaves held for its caller, and those of its caller that it gives back. */
interface Effects {
  readonly takes: readonly Held[];
  readonly gives: readonly string[];
}

const NO_EFFECTS: Effects = { takes: [], gives: [] };

function helperEffects(model: Model, root: FlowRoot): Effects {
  const { exits, released, taken } = lockFacts(model, root);
  const ends = exits.filter((exit) => exit.kind !== 'throw');
  const [first, ...others] = ends;
  const takes = [...(first?.state ?? NO_LOCKS)]
    .filter(([id, held]) => held.always && !held.scoped && others.every((exit) => exit.state.get(id)?.always))
    .map(([, held]) => held);
  const own = new Set(
    [...taken.keys()].map((call) =>
      placeKey(model, (call.expression as ts.PropertyAccessExpression).expression),
    ),
  );
  return { takes, gives: [...released].filter((key) => !own.has(key)) };
}

/** Locks that a function holds wherever it calls one of its parameters. */
function locksAroundCallback(model: Model, root: FlowRoot): readonly Held[] {
  if (ts.isSourceFile(root)) return [];
  const symbols = new Set(root.parameters.map((parameter) => model.symbolAt(parameter.name)));
  const facts = lockFacts(model, root);
  let common: Held[] | undefined;
  const meet = (held: Held[]): void => {
    common =
      common === undefined ? held : common.filter((one) => held.some((other) => other.key === one.key));
  };
  const isParameter = (node: ts.Expression): boolean =>
    ts.isIdentifier(node) && symbols.has(model.symbolAt(node));
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const held = () => [...facts.heldAt(node).values()].filter((one) => one.always);
      const operation = lockOperation(model, node);
      const body = operation?.kind === 'with' ? node.arguments[0] : undefined;
      if (operation && body && isParameter(unwrap(body))) {
        const key = placeKey(model, operation.lock) ?? `?${idOf(node)}`;
        meet([
          ...held(),
          { key, lock: operation.lock, at: node, sync: operation.sync, scoped: true, always: true },
        ]);
      } else if (isParameter(unwrap(node.expression))) meet(held());
      else if (
        !operation &&
        node.arguments.some((argument) => isParameter(unwrap(argument)) && isCallable(model, argument))
      )
        meet(held());
    }
    ts.forEachChild(node, visit);
  };
  visit(root.body);
  return common ?? [];
}

const isCallable = (model: Model, node: ts.Expression): boolean =>
  model.checker.getTypeAtLocation(node).getCallSignatures().length > 0;
