import { ts } from 'ts-morph';
import { isFunctionWithBody, placeText, propertyName, shortText, spanOf, unwrap } from '../ast.ts';
import { describeCall } from '../calls.ts';
import { loopAround } from '../concurrency.ts';
import { type FlowRoot, rootOf, rootsOf } from '../flow/immediate.ts';
import { type FlowClient, walkFlow } from '../flow/walk.ts';
import { identityOf } from '../identity.ts';
import type { Model } from '../model.ts';
import { placeKey } from '../place-key.ts';
import { referencesTo } from '../references.ts';
import type { Finding, Rule } from '../rule.ts';
import { resolveWorkers } from '../workers.ts';

/** A process that fills a bounded queue is joined before anybody takes what it puts. */
export const joinBeforeDrain: Rule = {
  name: 'join-before-drain',
  category: 'lifecycle',
  severity: 'error',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!model.isCandidate(file) || !/\.join\(/.test(file.text)) return;
  for (const root of rootsOf(model, file)) {
    const queues = filledQueues(model, root);
    if (queues.length > 0) yield* joinsTooEarly(model, root, queues);
  }
}

/** A bounded queue that processes started in a function put to. */
interface Filled {
  readonly key: string;
  readonly name: string;
  /** The processes, as they were made. */
  readonly makers: ReadonlySet<ts.Node>;
}

function filledQueues(model: Model, root: FlowRoot): Filled[] {
  const filled = new Map<string, { key: string; name: string; makers: Set<ts.Node> }>();
  const visit = (node: ts.Node): void => {
    if (
      ts.isNewExpression(node) &&
      rootOf(model, node) === root &&
      model.runtimeClass(node.expression) === 'Process'
    ) {
      for (const queue of queuesPutTo(model, node)) {
        const key = placeKey(model, queue);
        if (key === undefined || !isBounded(model, queue)) continue;
        const known = filled.get(key) ?? { key, name: shortText(queue), makers: new Set<ts.Node>() };
        filled.set(key, known);
        known.makers.add(node);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return [...filled.values()];
}

/** Arguments of a process on which its target calls `put` again and again. */
function queuesPutTo(model: Model, made: ts.NewExpression): ts.Expression[] {
  const options = made.arguments?.[0] && unwrap(made.arguments[0]);
  if (!options || !ts.isObjectLiteralExpression(options)) return [];
  const args = options.properties.find((property) => propertyName(property.name) === 'args');
  const list = args && ts.isPropertyAssignment(args) ? unwrap(args.initializer) : undefined;
  if (!list || !ts.isArrayLiteralExpression(list)) return [];
  const targets = (describeCall(model, made)?.workers ?? [])
    .flatMap((position) => resolveWorkers(model, position))
    .flatMap((worker) => ('node' in worker && isFunctionWithBody(worker.node) ? [worker.node] : []));
  return list.elements.filter((_, index) =>
    targets.some((target) => {
      const parameter = target.parameters[index];
      return parameter !== undefined && putsOften(model, parameter);
    }),
  );
}

/** `put` in a loop, by the function itself or by one that it hands its parameter to. */
function putsOften(model: Model, parameter: ts.ParameterDeclaration, hops = 0): boolean {
  const symbol = ts.isIdentifier(parameter.name) ? model.symbolAt(parameter.name) : undefined;
  if (symbol === undefined) return false;
  return referencesTo(model, symbol).some((reference) => {
    const { parent } = reference;
    if (ts.isPropertyAccessExpression(parent))
      return parent.name.text === 'put' && loopAround(model, parent) !== undefined;
    if (!ts.isCallExpression(parent) || hops > 2) return false;
    const fn = model.calledFunction(parent);
    const inner = fn?.parameters[parent.arguments.indexOf(reference)];
    if (inner === undefined) return false;
    return (
      putsOften(model, inner, hops + 1) || (loopAround(model, parent) !== undefined && puts(model, inner))
    );
  });
}

function puts(model: Model, parameter: ts.ParameterDeclaration): boolean {
  const symbol = ts.isIdentifier(parameter.name) ? model.symbolAt(parameter.name) : undefined;
  return (
    symbol !== undefined &&
    referencesTo(model, symbol).some(
      (one) => ts.isPropertyAccessExpression(one.parent) && one.parent.name.text === 'put',
    )
  );
}

/** `new Queue(64)`, not `new Queue()`: what is put to a queue without a limit is kept for the one who takes it. */
function isBounded(model: Model, queue: ts.Expression): boolean {
  const { makers, complete } = identityOf(model, queue);
  return (
    complete &&
    makers.length > 0 &&
    makers.every((maker) => {
      const size = maker.arguments?.[0];
      const name = ts.isNewExpression(maker) ? model.runtimeClass(maker.expression) : undefined;
      return (
        /^(Joinable)?Queue$/.test(name ?? '') && size !== undefined && !/^(0|undefined)$/.test(size.getText())
      );
    })
  );
}

/** What was joined and not yet read, and what is being read, by the keys of the queues. */
interface State {
  readonly read: ReadonlySet<string>;
  readonly joined: ReadonlyMap<string, ts.CallExpression>;
}

function joinsTooEarly(model: Model, root: FlowRoot, queues: readonly Filled[]): Finding[] {
  const found = new Map<ts.Node, Finding>();
  const byKey = new Map(queues.map((queue) => [queue.key, queue]));
  const read = (state: State, key: string): State => {
    const join = state.joined.get(key);
    const queue = byKey.get(key);
    if (join && queue && !found.has(join)) found.set(join, finding(join, queue));
    return { ...state, read: new Set([...state.read, key]) };
  };
  const client: FlowClient<State> = {
    after(node, state) {
      let next = state;
      for (const key of readBy(model, node, byKey)) next = read(next, key);
      if (!ts.isCallExpression(node)) return next;
      const makers = joinedBy(model, node);
      for (const { key, makers: own } of queues) {
        if (next.read.has(key) || ![...makers].some((maker) => own.has(maker))) continue;
        next = { ...next, joined: new Map([...next.joined, [key, node]]) };
      }
      return next;
    },
    merge: (a, b) => ({
      read: new Set<string>([...a.read, ...b.read]),
      joined: new Map<string, ts.CallExpression>([...a.joined, ...b.joined]),
    }),
    same: (a, b) => a.read.size === b.read.size && a.joined.size === b.joined.size,
  };
  walkFlow<State>(model, root, client, { read: new Set(), joined: new Map() });
  return [...found.values()];
}

/** Queues that a node takes from, or gives to a function that may do so. */
function readBy(model: Model, node: ts.Node, queues: ReadonlyMap<string, unknown>): string[] {
  const keys: (string | undefined)[] = [];
  if (ts.isCallExpression(node)) {
    const callee = unwrap(node.expression);
    if (ts.isPropertyAccessExpression(callee) && /^(get|getNoWait)$/.test(callee.name.text))
      keys.push(placeKey(model, callee.expression));
    for (const argument of node.arguments) {
      const value = unwrap(argument);
      if (ts.isIdentifier(value)) keys.push(placeKey(model, value));
      else if (ts.isArrowFunction(value) || ts.isFunctionExpression(value))
        keys.push(...keysIn(model, value, queues));
    }
  } else if (ts.isForOfStatement(node)) keys.push(placeKey(model, node.expression));
  return keys.flatMap((key) => (key !== undefined && queues.has(key) ? [key] : []));
}

/** Queues that a callback names: it may read them. */
function keysIn(model: Model, fn: ts.Node, queues: ReadonlyMap<string, unknown>): string[] {
  const keys: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && /^(get|getNoWait)$/.test(node.name.text)) {
      const key = placeKey(model, node.expression);
      if (key !== undefined && queues.has(key)) keys.push(key);
    }
    ts.forEachChild(node, visit);
  };
  visit(fn);
  return keys;
}

/** The processes that `p.join()` without a limit waits for. */
function joinedBy(model: Model, node: ts.CallExpression): ReadonlySet<ts.Node> {
  const callee = unwrap(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'join' || node.arguments.length > 0)
    return NOBODY;
  return new Set(identityOf(model, callee.expression).makers);
}

const NOBODY: ReadonlySet<ts.Node> = new Set();

function finding(join: ts.CallExpression, queue: Filled): Finding {
  const [maker] = queue.makers;
  return {
    node: join,
    message:
      `\`${shortText(join)}\` waits for a process that fills \`${queue.name}\`, and \`${queue.name}\` is read only afterwards: it holds so many ` +
      'items and no more, so the process cannot end and `join()` rejects with UndrainedQueueError. Take the items first, then join.',
    path: queue.name,
    ...(maker && {
      related: [
        {
          file: maker.getSourceFile().fileName,
          ...spanOf(maker),
          message: `fills \`${queue.name}\` (${placeText(maker)})`,
        },
      ],
    }),
  };
}
