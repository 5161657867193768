import { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody, propertyName, unwrap } from './ast.ts';
import { type Condition, conditionsAround, mayHold } from './conditions.ts';
import type { Model } from './model.ts';
import { judge } from './shape.ts';
import { callsWithin } from './syntax.ts';
import { type Access, ELEMENT, prop, startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

/** What a worker function is there for. Functions of a pool and of an executor run `task`s, a `Process` has a `target`. */
export type Role = 'task' | 'target' | 'initializer' | 'finalizer';

/** A value that plays a part in a call: an argument, or a part of it. */
export interface Position {
  readonly expression: ts.Expression;
  readonly accesses: readonly Access[];
  /** How a message calls it when it has no name: `items[*]`. */
  readonly label: string;
}

/** The place of a worker function. */
export interface WorkerPosition extends Position {
  readonly role: Role;
}

/** A call that hands functions or values to other processes. */
export interface WorkerCall {
  readonly node: ts.CallExpression | ts.NewExpression;
  /** `pool.map`, `new Process`, or the name of a wrapper. */
  readonly name: string;
  readonly workers: readonly WorkerPosition[];
  readonly sends: readonly Position[];
  /** Values put into a queue, a connection or an object of a manager. */
  readonly messages: readonly Position[];
}

type Arguments = readonly ts.Expression[];
type Positions = (args: Arguments) => { workers: WorkerPosition[]; sends: Position[] };
type Messages = (args: Arguments) => Position[];

const at = (expression: ts.Expression | undefined, label: string, ...accesses: Access[]): Position[] =>
  expression === undefined ? [] : [{ expression, accesses, label }];

const worker = (expression: ts.Expression | undefined, role: Role, ...accesses: Access[]): WorkerPosition[] =>
  at(expression, role === 'task' ? 'function' : role, ...accesses).map((position) => ({ ...position, role }));

const mapping =
  (...accesses: Access[]): Positions =>
  ([fn, items]) => ({
    workers: worker(fn, 'task'),
    sends: at(items, `items${'[*]'.repeat(accesses.length)}`, ...accesses),
  });

const applying: Positions = ([fn, args]) => ({
  workers: worker(fn, 'task'),
  sends: at(args, 'args[*]', ELEMENT),
});

/** Options of a pool may be the first or the second argument. */
const workerOptions: Positions = (args) => ({
  workers: args.flatMap((arg) => [
    ...worker(arg, 'initializer', prop('initializer')),
    ...worker(arg, 'finalizer', prop('finalizer')),
  ]),
  sends: args.flatMap((arg) => at(arg, 'initArgs[*]', prop('initArgs'), ELEMENT)),
});

const processOptions: Positions = ([options]) => ({
  workers: worker(options, 'target', prop('target')),
  sends: at(options, 'args[*]', prop('args'), ELEMENT),
});

/** `update` of a proxy runs its function on the manager. */
const updating =
  (index: number): Positions =>
  (args) => ({ workers: worker(args[index], 'task'), sends: [] });

/** What each function of the package takes. */
const POSITIONS: Readonly<Record<string, Positions>> = {
  Pool: workerOptions,
  ProcessPoolExecutor: workerOptions,
  Process: processOptions,
  'Pool.map': mapping(ELEMENT),
  'Pool.mapAsync': mapping(ELEMENT),
  'Pool.imap': mapping(ELEMENT),
  'Pool.imapUnordered': mapping(ELEMENT),
  'Pool.starmap': mapping(ELEMENT, ELEMENT),
  'Pool.starmapAsync': mapping(ELEMENT, ELEMENT),
  'Pool.apply': applying,
  'Pool.applyAsync': applying,
  'ProcessPoolExecutor.submit': ([fn, ...args]) => ({
    workers: worker(fn, 'task'),
    sends: args.flatMap((arg, index) => at(arg, `argument ${index + 1}`)),
  }),
  'ProcessPoolExecutor.map': ([fn, ...iterables]) => ({
    workers: worker(fn, 'task'),
    sends: iterables.flatMap((items) => at(items, 'items[*]', ELEMENT)),
  }),
  'DictProxy.update': updating(1),
  'ValueProxy.update': updating(0),
};

const first: Messages = ([item]) => at(item, 'item');
const each: Messages = ([items]) => at(items, 'items[*]', ELEMENT);

/** What of the arguments of a function of the package goes to another process as a message. */
const MESSAGES: Readonly<Record<string, Messages>> = {
  'Queue.put': first,
  'Queue.putNoWait': first,
  'SimpleQueue.put': first,
  'Connection.send': first,
  'QueueProxy.put': first,
  'QueueProxy.putNoWait': first,
  'DictProxy.set': ([key, value]) => [...at(key, 'key'), ...at(value, 'value')],
  'ListProxy.append': first,
  'ListProxy.set': ([, item]) => at(item, 'item'),
  'ListProxy.splice': ([, , ...items]) => items.flatMap((item) => at(item, 'item')),
  'NamespaceProxy.set': ([, value]) => at(value, 'value'),
  'ValueProxy.set': first,
  'Manager.dict': ([init]) => at(init, 'init[*][1]', ELEMENT, prop('1')),
  'Manager.list': each,
  'Manager.namespace': ([init]) => at(init, 'init'),
  'Manager.create': ([, ...args]) => args.flatMap((arg, index) => at(arg, `argument ${index + 1}`)),
};

/** Functions of the package that start processes when they are called. */
export const STARTING = new Set([
  'Pool',
  'ProcessPoolExecutor',
  'Process.start',
  'Manager.start',
  'SharedMemoryManager.start',
]);

/** Name in the package of what a call or `new` calls: `Pool`, `Pool.map`. A class that extends one of the package counts. */
export function calledRuntime(model: Model, node: ts.CallExpression | ts.NewExpression): string | undefined {
  const callee = unwrap(node.expression);
  if (ts.isNewExpression(node)) return model.runtimeClass(callee);
  if (callee.kind === ts.SyntaxKind.SuperKeyword) {
    for (let up: ts.Node = node; up !== undefined; up = up.parent) {
      const base = ts.isClassLike(up) ? model.baseOf(up) : undefined;
      if (base) return model.runtimeClass(base);
    }
    return undefined;
  }
  return runtimeMethod(model, callee, 0);
}

function runtimeMethod(model: Model, callee: ts.Expression, hops: number): string | undefined {
  if (ts.isCallExpression(callee)) {
    const inner = runtimeMethod(model, unwrap(callee.expression), hops);
    return inner === 'ExecutorMap.with' ? 'ProcessPoolExecutor.map' : undefined; // executor.map.with({...})(fn, items)
  }
  const name = model.runtimeName(callee);
  if (name !== undefined) return name;
  if (ts.isPropertyAccessExpression(callee))
    return model.mayBeMember(callee) ? methodByOrigin(model, callee) : undefined;
  if (!ts.isIdentifier(callee) || hops > 3) return undefined;
  // const submit = executor.submit.bind(executor)
  const declaration = model.symbolAt(callee)?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const value = unwrap(declaration.initializer);
  const isBind =
    ts.isCallExpression(value) &&
    ts.isPropertyAccessExpression(value.expression) &&
    value.expression.name.text === 'bind';
  return isBind && ts.isPropertyAccessExpression(value.expression)
    ? runtimeMethod(model, unwrap(value.expression.expression), hops + 1)
    : undefined;
}

/** Where the package is not installed its methods have no types, but `const pool = new Pool()` still tells. */
function methodByOrigin(model: Model, callee: ts.PropertyAccessExpression): string | undefined {
  const receiver = unwrap(callee.expression);
  if (!ts.isIdentifier(receiver) || model.directSymbolAt(callee.name) !== undefined) return undefined;
  const declaration = model.symbolAt(receiver)?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const value = unwrap(declaration.initializer);
  const owner = ts.isNewExpression(value) ? model.runtimeClass(value.expression) : undefined;
  return owner && `${owner}.${callee.name.text}`;
}

/** The node that a diagnostic about a position points at: inside of options that are written at the call. */
export function placeOf({ expression, accesses }: Position): ts.Expression {
  let node = expression;
  for (const step of accesses) {
    const literal = unwrap(node);
    if (step.kind !== 'prop' || !ts.isObjectLiteralExpression(literal)) break;
    const property = literal.properties.find((one) => propertyName(one.name) === step.name);
    if (property === undefined) break;
    if (ts.isPropertyAssignment(property)) node = property.initializer;
    else if (ts.isShorthandPropertyAssignment(property)) node = property.name;
    else break;
  }
  return node;
}

/** Every call of a file that gives work or arguments to other processes, directly or through wrappers. */
export function workerCalls(model: Model, file: ts.SourceFile): readonly WorkerCall[] {
  return model.keep(callsWithWork, file, file, []);
}

const callsWithWork = (model: Model, file: ts.SourceFile): readonly WorkerCall[] =>
  everyCall(model, file).filter(givesWork);

/** Every call of a file that sends a message to other processes, directly or through wrappers. */
export function messageCalls(model: Model, file: ts.SourceFile): readonly WorkerCall[] {
  return everyCall(model, file).filter((call) => call.messages.length > 0);
}

const everyCall = (model: Model, file: ts.SourceFile): readonly WorkerCall[] =>
  model.keep(collectCalls, file, file, []);

const givesWork = (call: WorkerCall): boolean => call.workers.length > 0 || call.sends.length > 0;

function collectCalls(model: Model, file: ts.SourceFile): readonly WorkerCall[] {
  return model.isCandidate(file) ? handedOverWithin(model, file) : [];
}

const handedOverWithin = (model: Model, root: ts.Node): WorkerCall[] =>
  callsWithin(root).flatMap((node) => handsOver(model, node) ?? []);

/** What a call gives to other processes as work or arguments, or undefined. */
export function describeCall(
  model: Model,
  node: ts.CallExpression | ts.NewExpression,
): WorkerCall | undefined {
  const call = handsOver(model, node);
  return call && givesWork(call) ? call : undefined;
}

/** The same with messages. */
export const handsOver = (model: Model, node: ts.CallExpression | ts.NewExpression): WorkerCall | undefined =>
  model.keep(describe, node, node, undefined);

function describe(model: Model, node: ts.CallExpression | ts.NewExpression): WorkerCall | undefined {
  const args = node.arguments ?? [];
  const name = calledRuntime(model, node);
  const shown = (): string => `${ts.isNewExpression(node) ? 'new ' : ''}${node.expression.getText()}`;
  if (name !== undefined) {
    const isSubclass = ts.isNewExpression(node) && model.runtimeName(node.expression) === undefined;
    const positions = isSubclass ? undefined : POSITIONS[name]; // A subclass passes its options on in `super(...)`.
    const messages = MESSAGES[name];
    if (positions !== undefined || messages !== undefined) {
      const spread = args.findIndex(ts.isSpreadElement);
      const plain = spread < 0 ? args : args.slice(0, spread);
      const work = positions?.(plain) ?? { workers: [], sends: [] };
      return { node, name: shown(), ...work, messages: messages?.(plain) ?? [] };
    }
    if (!isSubclass) return undefined;
  }
  const fn = ts.isNewExpression(node) ? constructorOf(model, node) : model.calledFunction(node);
  if (fn === undefined || !model.isCandidate(fn.getSourceFile())) return undefined;
  const { workers, sends, messages } = summaryOf(model, fn);
  if (workers.length === 0 && sends.length === 0 && messages.length === 0) return undefined;
  const given = <P extends ParameterPart>(part: P): (Position & Omit<P, 'index' | 'conditions'>)[] => {
    const argument = args[part.index];
    const spread = args.slice(0, part.index + 1).some(ts.isSpreadElement);
    if (argument === undefined || spread || fn.parameters[part.index]?.dotDotDotToken) return [];
    const { index: _, conditions, ...rest } = part;
    if (!mayHold(conditions, args)) return [];
    return [{ ...rest, expression: argument }];
  };
  return {
    node,
    name: shown(),
    workers: workers.flatMap(given),
    sends: sends.flatMap(given),
    messages: messages.flatMap(given),
  };
}

function constructorOf(
  model: Model,
  node: ts.NewExpression,
): (FunctionNode & { body: ts.ConciseBody }) | undefined {
  for (const member of model.classOf(node.expression)?.members ?? []) {
    if (ts.isConstructorDeclaration(member) && isFunctionWithBody(member)) return member;
  }
  return undefined;
}

/** A part of a parameter of a wrapper. */
interface ParameterPart {
  readonly index: number;
  readonly accesses: readonly Access[];
  readonly label: string;
  /** What other parameters have to be for it to be handed over. */
  readonly conditions: readonly Condition[];
}

/** Which parameters of a function become worker functions, and which are sent. */
export interface Summary {
  readonly workers: readonly (ParameterPart & { readonly role: Role })[];
  readonly sends: readonly ParameterPart[];
  readonly messages: readonly ParameterPart[];
}

const EMPTY: Summary = { workers: [], sends: [], messages: [] };

/** Summary of a user's function: "parameter k is a worker, parameter j is sent". */
export const summaryOf = (model: Model, fn: FunctionNode & { body: ts.ConciseBody }): Summary =>
  model.keep(summarise, fn, fn, EMPTY);

function summarise(model: Model, fn: FunctionNode): Summary {
  const workers = new Map<string, ParameterPart & { role: Role }>();
  const sends = new Map<string, ParameterPart>();
  const messages = new Map<string, ParameterPart>();
  if (fn.parameters.length === 0 || fn.body === undefined) return EMPTY;
  const partOf = (
    parameter: ts.ParameterDeclaration,
    accesses: readonly Access[],
    place: ts.Node,
  ): ParameterPart | undefined => {
    if (parameter.parent !== fn) return undefined;
    const index = fn.parameters.indexOf(parameter);
    const steps = accesses.map((step) =>
      step.kind === 'prop' ? `.${step.name}` : step.kind === 'element' ? '[*]' : '',
    );
    const name = ts.isIdentifier(parameter.name) ? parameter.name.text : `argument ${index + 1}`;
    const conditions = conditionsAround(model, place, fn);
    return { index, accesses, label: name + steps.join(''), conditions };
  };
  // Handed over in several places, whichever of them is reached is enough.
  const note = <P extends ParameterPart>(parts: Map<string, P>, part: P): void => {
    const key = `${part.index} ${part.label}`;
    parts.set(key, parts.has(key) ? { ...part, conditions: [] } : part);
  };
  // What a constructor keeps in a field is handed over by the methods.
  for (const call of handedOverWithin(model, ts.isConstructorDeclaration(fn) ? fn.parent : fn.body)) {
    for (const position of call.workers) {
      new Trace(model, (origin) => {
        const part =
          origin.kind === 'parameter' ? partOf(origin.node, origin.accesses, call.node) : undefined;
        if (part) note(workers, { ...part, role: position.role });
      }).follow(position.expression, position.accesses, startState(''));
    }
    for (const [positions, parts] of [
      [call.sends, sends],
      [call.messages, messages],
    ] as const) {
      for (const position of positions) {
        for (const use of judge(model, position).parameters) {
          const part = partOf(use.node, use.accesses, call.node);
          if (part) note(parts, part);
        }
      }
    }
  }
  return { workers: [...workers.values()], sends: [...sends.values()], messages: [...messages.values()] };
}
