import { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody, namedFunctions, placeText, shownName } from './ast.ts';
import { calledRuntime, type Role, type WorkerCall } from './calls.ts';
import { handedIn } from './handed.ts';
import type { Model } from './model.ts';
import { startedFunctions } from './started-functions.ts';
import { plainCallsWithin, syntaxOf, taggedWithin } from './syntax.ts';

export type Body = FunctionNode & { readonly body: ts.ConciseBody };

/** A function that runs in child processes. */
export interface WorkerRun {
  readonly fn: Body;
  /** What brings it there; several where it is used in several ways. */
  readonly roles: ReadonlySet<Role>;
  /** Why it runs there, outermost first: `` `parse` runs in workers through `pool.map` (jobs.ts:41) ``, `` `clean` is called by `parse` (parse.ts:3) ``. */
  readonly chain: readonly string[];
  /** The calls that name it as their worker function; empty for a function that only other functions of the set call. */
  readonly calls: readonly WorkerCall[];
}

const NO_CALLEES: ReadonlyMap<Body, ts.Node> = new Map();
const NO_CALLS: readonly WorkerCall[] = [];
const AS_TASK: ReadonlySet<Role> = new Set(['task']);
const AS_TARGET: ReadonlySet<Role> = new Set(['target']);

/** What brings a function into child processes. */
type Cause =
  | { readonly kind: 'started'; readonly exportName: string }
  | { readonly kind: 'handed-in'; readonly call: WorkerCall }
  | { readonly kind: 'run-method' }
  | { readonly kind: 'called'; readonly by: Run; readonly place: ts.Node };

class Run implements WorkerRun {
  readonly fn: Body;
  /** Often that of the caller itself, so it is replaced and never added to. */
  roles: ReadonlySet<Role>;
  calls: readonly WorkerCall[] = NO_CALLS;
  readonly #cause: Cause;
  #chain: readonly string[] | undefined;

  constructor(fn: Body, roles: ReadonlySet<Role>, cause: Cause) {
    this.fn = fn;
    this.roles = roles;
    this.#cause = cause;
  }

  /** Told only of a function that something is found in. */
  get chain(): readonly string[] {
    this.#chain ??= chainOf(this.fn, this.#cause);
    return this.#chain;
  }
}

function chainOf(fn: Body, cause: Cause): readonly string[] {
  switch (cause.kind) {
    case 'started':
      return [`\`${cause.exportName}\` is run in parallel (${placeText(fn)})`];
    case 'handed-in': {
      const { name, node } = cause.call;
      return [
        `\`${shownName(fn) ?? 'this function'}\` runs in workers through \`${name}\` (${placeText(node)})`,
      ];
    }
    case 'run-method':
      return [`\`run()\` is what the child process runs (${placeText(fn)})`];
    case 'called': {
      const [callee, caller] = [fn, cause.by.fn].map((one) => shownName(one) ?? 'a function');
      return [...cause.by.chain, `\`${callee}\` is called by \`${caller}\` (${placeText(cause.place)})`];
    }
  }
}

/**
 * Every function that runs in child processes, across files: the worker functions, `run()` of subclasses of `Process`, and
 * what these call or hand to others as a callback. A function inside of another one runs with it and has no entry of its own
 * unless it is reached by name; `workerRunOf` answers for any node.
 */
export const workerSet = (model: Model): ReadonlyMap<ts.Node, WorkerRun> =>
  model.once(collect, model, new Map());

/** Why a node runs in child processes: the innermost function around it that does. Undefined for code of the parent only. */
export function workerRunOf(model: Model, node: ts.Node): WorkerRun | undefined {
  const set = workerSet(model);
  for (let up: ts.Node | undefined = node; up !== undefined; up = up.parent) {
    const run = set.get(up);
    if (run !== undefined) return run;
  }
  return undefined;
}

/** Functions of the set that a file declares, in the order of the text. */
export const workerRunsIn = (model: Model, file: ts.SourceFile): readonly WorkerRun[] =>
  [...(runsByFile(model).get(file) ?? [])].sort((a, b) => a.fn.pos - b.fn.pos);

/** Files in which rules may find something although they do not name the package: the set reaches into them. */
export const reachedFiles = (model: Model): Iterable<ts.SourceFile> => runsByFile(model).keys();

const runsByFile = (model: Model): ReadonlyMap<ts.SourceFile, readonly WorkerRun[]> =>
  model.once(groupByFile, model, new Map());

function groupByFile(model: Model): ReadonlyMap<ts.SourceFile, readonly WorkerRun[]> {
  const files = new Map<ts.SourceFile, WorkerRun[]>();
  for (const run of workerSet(model).values()) {
    const file = run.fn.getSourceFile();
    const list = files.get(file);
    if (list === undefined) files.set(file, [run]);
    else list.push(run);
  }
  return files;
}

function collect(model: Model): ReadonlyMap<ts.Node, WorkerRun> {
  const runs = new Map<ts.Node, Run>();
  const queue: Run[] = [];
  const reach = (fn: Body, roles: ReadonlySet<Role>, cause: Cause): void => {
    let run = runs.get(fn);
    if (run === undefined) {
      run = new Run(fn, roles, cause);
      runs.set(fn, run);
      queue.push(run);
    } else if (!hasAll(run.roles, roles)) {
      run.roles = new Set([...run.roles, ...roles]);
      queue.push(run);
    }
    if (cause.kind === 'handed-in' && !run.calls.includes(cause.call)) run.calls = [...run.calls, cause.call];
  };

  for (const { fn, exportName } of startedFunctions(model))
    reach(fn, AS_TASK, { kind: 'started', exportName });
  for (const file of model.candidates) {
    for (const { fn, role, call } of handedIn(model, file))
      reach(fn, new Set([role]), { kind: 'handed-in', call });
    for (const run of model.keep(runMethods, file, file, [])) reach(run, AS_TARGET, { kind: 'run-method' });
  }
  for (let by = queue.pop(); by !== undefined; by = queue.pop()) {
    for (const [callee, place] of calledWithin(model, by.fn)) {
      if (!hasAll(runs.get(callee)?.roles, by.roles)) reach(callee, by.roles, { kind: 'called', by, place });
    }
  }
  return runs;
}

function hasAll(some: ReadonlySet<Role> | undefined, wanted: ReadonlySet<Role>): boolean {
  if (some === undefined) return false;
  for (const role of wanted) if (!some.has(role)) return false;
  return true;
}

/** `run()` of every class of a file that extends `Process`. */
function runMethods(model: Model, file: ts.SourceFile): Body[] {
  const methods: Body[] = [];
  for (const node of syntaxOf(file).classes) {
    const base = model.baseOf(node);
    if (!base || model.runtimeClass(base) !== 'Process') continue;
    for (const member of node.members) {
      const isRun = ts.isMethodDeclaration(member) && member.name.getText() === 'run';
      if (isRun && isFunctionWithBody(member)) methods.push(member);
    }
  }
  return methods;
}

/** Functions with a body that a function calls, makes instances of, or hands on as a callback, and where. */
export function calledWithin(model: Model, fn: Body): ReadonlyMap<Body, ts.Node> {
  return model.keep(collectCalled, fn, fn, NO_CALLEES);
}

function collectCalled(model: Model, fn: Body): ReadonlyMap<Body, ts.Node> {
  const called = new Map<Body, ts.Node>();
  const add = (callee: Body | undefined, place: ts.Node): void => {
    const isInside =
      callee !== undefined && callee.pos >= fn.pos && callee.end <= fn.end && sameFile(callee, fn);
    if (callee === undefined || isInside || called.has(callee) || callee.getSourceFile().isDeclarationFile)
      return;
    if (!model.runtime.owns(callee)) called.set(callee, place);
  };
  const visit = (part: ts.Node): void => {
    const nodes: ts.Node[] = [...plainCallsWithin(part), ...taggedWithin(part)];
    for (const node of nodes.sort((a, b) => a.pos - b.pos || b.end - a.end))
      for (const [callee, place] of runBy(model, node)) add(callee, place);
  };
  for (const parameter of fn.parameters) if (parameter.initializer) visit(parameter.initializer);
  visit(fn.body);
  return called;
}

/** Functions with a body that one node itself runs when it is evaluated: it calls them, makes instances of them or hands them on. */
export function runBy(model: Model, node: ts.Node): [callee: Body, place: ts.Node][] {
  const found: [Body, ts.Node][] = [];
  const add = (callee: Body | undefined, place: ts.Node): void => {
    if (callee !== undefined) found.push([callee, place]);
  };
  const handOn = (call: ts.CallExpression | ts.NewExpression, callee?: FunctionNode): void => {
    for (const [value] of namedFunctions(call, callee)) add(model.functionOf(value), value);
  };
  if (ts.isCallExpression(node)) {
    const callee = model.calledFunction(node);
    add(callee, node);
    // What is handed to the runtime runs elsewhere, as a worker function of its own.
    if (calledRuntime(model, node) === undefined) handOn(node, callee);
  } else if (ts.isNewExpression(node)) {
    for (const part of instanceCode(model, node)) add(part, node);
    handOn(node);
  } else if (ts.isTaggedTemplateExpression(node)) add(model.functionOf(node.tag), node);
  return found;
}

/** The constructors that `new X()` runs. */
function instanceCode(model: Model, node: ts.NewExpression): Body[] {
  const constructors: Body[] = [];
  let declaration = model.classOf(node.expression);
  for (let hops = 0; declaration !== undefined && hops < 6; hops++) {
    for (const member of declaration.members)
      if (ts.isConstructorDeclaration(member) && isFunctionWithBody(member)) constructors.push(member);
    const base = model.baseOf(declaration);
    declaration = base && model.classOf(base);
  }
  return constructors;
}

const sameFile = (a: ts.Node, b: ts.Node): boolean => a.getSourceFile() === b.getSourceFile();
