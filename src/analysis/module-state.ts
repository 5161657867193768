import { ts } from 'ts-morph';
import { enclosingFunction, isStaticMember, unwrap } from './ast.ts';
import type { Model } from './model.ts';
import { occurrencesIn } from './occurrences.ts';
import { syntaxOf } from './syntax.ts';
import { fieldsChangedBy, fieldsReadBy, returnedBy, type Use, useAt, withAliases } from './uses.ts';
import { type Runs, stateFiles, whereRuns } from './where-runs.ts';
import { workerRunOf } from './worker-set.ts';

/** Something that every process has its own copy of: a variable of a module, a static field, a member of `exports` or `globalThis`. */
export interface State {
  /** How the source calls it: `stats`, `Progress.done`, `globalThis.failures`. */
  readonly name: string;
  readonly declaration?: ts.Declaration;
  /** The value that it has after the import, where that is written at its declaration. */
  readonly initial?: ts.Expression;
  /** Every use in the files that matter, in no order across files. */
  readonly uses: readonly StateUse[];
}

/** A use, and the processes that it happens in. */
export interface StateUse extends Use {
  readonly runs: Runs;
}

/** The state of all modules that code of child processes uses. */
export const moduleState = (model: Model): readonly State[] => model.once(collect, model, []);

interface Found {
  readonly name: string;
  readonly declaration?: ts.Declaration;
  readonly uses: Use[];
}

/** A use of state in one file. */
interface Place {
  /** What the state is told from others by. */
  readonly key: ts.Declaration | string;
  readonly name: string;
  readonly declaration: ts.Declaration | undefined;
  /** Undefined where the place declares the state. */
  readonly use: Use | undefined;
}

function collect(model: Model): readonly State[] {
  const found = new Map<ts.Declaration | string, Found>();
  for (const file of stateFiles(model)) {
    for (const { key, name, declaration, use } of model.keep(placesIn, file, file, [])) {
      let state = found.get(key);
      if (state === undefined) {
        state = { name, ...(declaration && { declaration }), uses: [] };
        found.set(key, state);
      }
      if (use !== undefined) state.uses.push(use);
    }
  }
  return [...found.values()].flatMap(({ name, declaration, uses }) => {
    const all = withAliases(model, [...uses, ...usesByCall(model, uses)]);
    if (!all.some((use) => workerRunOf(model, use.place) !== undefined)) return [];
    const initial = declaration && initialValue(declaration);
    return [
      {
        name,
        ...(declaration && { declaration }),
        ...(initial && { initial }),
        uses: all.map((use) => ({ ...use, runs: whereRuns(model, use.place) })),
      },
    ];
  });
}

/** Every place in a file that uses state of a module, this one or another. */
function placesIn(model: Model, file: ts.SourceFile): readonly Place[] {
  const places: Place[] = [];
  const add: Add = (key, name, declaration, start) => {
    const use = declares(start, declaration) ? undefined : useAt(model, start); // `exports.a = ...` declares.
    places.push({ key, name, declaration, use });
  };
  const { byDeclaration, ambient, self } = occurrencesIn(model, file);
  for (const [declaration, nodes] of byDeclaration) {
    if (declaration.getSourceFile().isDeclarationFile) continue;
    if (isModuleVariable(declaration)) {
      const isGlobal = isInGlobal(declaration);
      for (const node of nodes) {
        const name = isGlobal ? `globalThis.${node.text}` : node.text;
        add(isGlobal ? name : declaration, name, declaration, node);
      }
    } else if (
      ts.isClassLike(declaration) ||
      ts.isSourceFile(declaration) ||
      ts.isModuleDeclaration(declaration)
    ) {
      for (const node of nodes) if (!isExportsName(node)) addMember(model, node, add);
    }
  }
  for (const [name, nodes] of ambient) for (const node of nodes) addAmbient(model, name, node, add);
  for (const node of self) if (isStaticThis(node)) addMember(model, node as ts.Expression, add);
  return places;
}

/** The place where a member of `exports` gets its first value. */
const declares = (start: ts.Node, declaration: ts.Node | undefined): boolean =>
  (start === declaration || start.parent === declaration) && enclosingFunction(start) === undefined;

/** Uses of what functions give that return the state: `store().items.push(1)`. */
function usesByCall(model: Model, uses: readonly Use[]): Use[] {
  const accessors = new Map<ts.Node, Use>();
  for (const use of uses) {
    const fn = returnedBy(use);
    if (fn !== undefined) accessors.set(fn, use);
  }
  if (accessors.size === 0) return [];
  return [...accessors].flatMap(([fn, { path }]) =>
    (model.once(callsByFunction, model, new Map<ts.Node, ts.CallExpression[]>()).get(fn) ?? []).map(
      (call) => ({
        ...useAt(model, call, path),
        byCall: true,
      }),
    ),
  );
}

/** Calls without arguments in the files that matter, by the function that they call. */
function callsByFunction(model: Model): ReadonlyMap<ts.Node, ts.CallExpression[]> {
  const calls = new Map<ts.Node, ts.CallExpression[]>();
  for (const file of stateFiles(model)) {
    for (const [call, fn] of model.keep(plainCalls, file, file, [])) {
      const list = calls.get(fn);
      if (list !== undefined) list.push(call);
      else calls.set(fn, [call]);
    }
  }
  return calls;
}

/** Calls without arguments in a file, and the functions that they call. */
function plainCalls(model: Model, file: ts.SourceFile): readonly [ts.CallExpression, ts.Node][] {
  const calls: [ts.CallExpression, ts.Node][] = [];
  for (const node of syntaxOf(file).calls) {
    if (!ts.isCallExpression(node) || node.arguments.length > 0) continue;
    const fn = model.calledFunction(node);
    if (fn !== undefined) calls.push([node, fn]);
  }
  return calls;
}

type Add = (
  key: ts.Declaration | string,
  name: string,
  declaration: ts.Declaration | undefined,
  start: ts.Expression,
) => void;

/** `Progress.done`, `library.cache`, `this.done` in a static method. */
function addMember(model: Model, owner: ts.Expression, add: Add): void {
  const { parent } = owner;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== owner) return;
  const symbol = model.symbolAt(parent.name);
  const declaration = symbol?.valueDeclaration;
  if (symbol === undefined || declaration === undefined || declaration.getSourceFile().isDeclarationFile)
    return;
  if (ts.isPropertyDeclaration(declaration) && isStaticMember(declaration)) {
    const className = declaration.parent.name?.text ?? 'class';
    add(declaration, `${className}.${parent.name.text}`, declaration, parent);
  } else if (isModuleVariable(declaration) || isExportsAssignment(declaration)) {
    add(declaration, parent.name.text, declaration, parent);
  }
}

/** `globalThis.failures`, `exports.best`, `module.exports.best`. */
function addAmbient(model: Model, name: string, node: ts.Identifier, add: Add): void {
  let owner: ts.Expression = node;
  if (name === 'module') {
    const member = node.parent;
    const isExports = ts.isPropertyAccessExpression(member) && member.name.text === 'exports';
    if (!isExports || member.expression !== node) return;
    owner = member;
  }
  while (ts.isExpression(owner.parent) && unwrap(owner.parent) !== owner.parent) owner = owner.parent;
  const { parent } = owner;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== owner) return;
  const member = parent.name.text;
  const symbol = model.symbolAt(parent.name);
  const declaration = symbol?.declarations?.[0];
  if (name === 'globalThis' || name === 'global') {
    if (declaration?.getSourceFile().isDeclarationFile) return; // `globalThis.fetch = ...` replaces what is there.
    add(`globalThis.${member}`, `globalThis.${member}`, declaration, parent);
  } else if ((name === 'exports' || name === 'module') && /\.c?jsx?$/.test(node.getSourceFile().fileName)) {
    add(
      declaration ?? `${node.getSourceFile().fileName} ${member}`,
      `exports.${member}`,
      declaration,
      parent,
    );
  }
}

/** `exports` and `module` of a CommonJS module itself. */
const isExportsName = (node: ts.Identifier): boolean => node.text === 'exports' || node.text === 'module';

/** A variable that belongs to a module or namespace, also one of a pattern. */
function isModuleVariable(declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node)) node = node.parent.parent;
  if (!ts.isVariableDeclaration(node) || !ts.isVariableDeclarationList(node.parent)) return false;
  const list = node.parent;
  if (list.flags & ts.NodeFlags.BlockScoped) {
    const scope = list.parent.parent;
    return ts.isVariableStatement(list.parent) && (ts.isSourceFile(scope) || ts.isModuleBlock(scope));
  }
  for (let up: ts.Node = list; up.parent !== undefined; up = up.parent)
    if (ts.isFunctionLike(up)) return false;
  return true;
}

/** `declare global { var failures }` */
function isInGlobal(declaration: ts.Node): boolean {
  for (let up = declaration; up.parent !== undefined; up = up.parent)
    if (ts.isModuleDeclaration(up) && (up.flags & ts.NodeFlags.GlobalAugmentation) !== 0) return true;
  return false;
}

const isExportsAssignment = (declaration: ts.Node): boolean =>
  ts.isPropertyAccessExpression(declaration) || ts.isBinaryExpression(declaration);

function isStaticThis(node: ts.Node): boolean {
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (ts.isClassStaticBlockDeclaration(up)) return true;
    if (ts.isClassElement(up)) return isStaticMember(up);
    if (ts.isFunctionDeclaration(up) || ts.isFunctionExpression(up)) return false;
  }
  return false;
}

/** The initial value of a variable; that of a pattern is the part that is written as a literal. */
function initialValue(declaration: ts.Declaration): ts.Expression | undefined {
  if (ts.isVariableDeclaration(declaration) || ts.isPropertyDeclaration(declaration))
    return declaration.initializer;
  if (ts.isPropertyAccessExpression(declaration) && ts.isBinaryExpression(declaration.parent))
    return declaration.parent.left === declaration ? declaration.parent.right : undefined;
  return ts.isBinaryExpression(declaration) ? declaration.right : undefined;
}

/** What a variable is given at its declaration, a part of it where that is a pattern. */
export function sourceOf(declaration: ts.Declaration): ts.Expression | undefined {
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node)) node = node.parent.parent;
  return ts.isVariableDeclaration(node) ? node.initializer : undefined;
}

/** The path of a use for a message: `stats.byKind`, `jobs[*].done`. */
export const shownPath = (state: State, use: Use): string =>
  state.name + use.path.map((step) => (step === '*' ? '[…]' : `.${step}`)).join('');

/** True when what one use writes may be what the other reads; different members are told apart, also behind methods of the user's classes. */
export function concerns(model: Model, write: Use, read: Use): boolean {
  const written = write.path[0] ?? '*';
  if (written === '*' && write.method !== undefined && write.through !== undefined) {
    const fields = fieldsChangedBy(model, write.through);
    const seen = read.path[0] !== undefined ? new Set([read.path[0]]) : fieldsSeen(model, read);
    return [...fields].some((field) => seen.has(field));
  }
  const seen = read.path[0] ?? '*';
  return written === '*' || seen === '*' || written === seen;
}

const fieldsSeen = (model: Model, read: Use): ReadonlySet<string> =>
  read.through ? fieldsReadBy(model, read.through) : new Set();
