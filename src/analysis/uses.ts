import { ts } from 'ts-morph';
import { enclosingFunction, isFunctionExpression, isFunctionWithBody, propertyName } from './ast.ts';
import type { Model } from './model.ts';
import { occurrencesIn, usesOf } from './occurrences.ts';
import type { Body } from './worker-set.ts';

/**
 * How a value is used at one place. `assign` puts a new value at the path, `update` one that depends on the old (`+=`, `++`),
 * `change` alters what is there (`push`, `delete`, a function that does so), `read` is all else.
 */
export interface Use {
  readonly kind: 'read' | 'assign' | 'update' | 'change';
  /** The access path: `stats.byKind` in `stats.byKind.set(...)`. */
  readonly node: ts.Expression;
  /** The assignment or call that writes, or the access itself. */
  readonly place: ts.Node;
  /** Members from the value on, `*` for an element: `['byKind']`. Empty for the value or variable itself. */
  readonly path: readonly string[];
  /** What is assigned. */
  readonly value?: ts.Expression;
  /** Only where nothing is there yet: `??=`, `||=`. */
  readonly lazy?: boolean;
  /** Method that is called on it. */
  readonly method?: string;
  /** Function of the user's that is called on it, or that changes it as an argument. */
  readonly through?: Body;
  /** Reached through a call of a function that returns it: `store()` for `return instance`. */
  readonly byCall?: boolean;
  /** The value has no type that tells whether the method changes it. */
  readonly unsure?: boolean;
}

/** Methods of the containers of the language that change them. */
const CHANGING = new Set(
  (
    'push pop shift unshift splice sort reverse fill copyWithin set add delete clear append ' +
    'write writeUInt8 writeUInt16LE writeUInt32LE writeInt32LE writeDoubleLE writeFloatLE setInt8 setUint8 setInt16 setUint16 ' +
    'setInt32 setUint32 setFloat32 setFloat64 setBigInt64 setBigUint64'
  ).split(' '),
);
/** Methods of them that give a part of what they hold. */
const SELECTING = new Set(['get', 'at', 'find', 'findLast', 'values', 'entries', 'subarray']);
/** Methods of them that hand their elements to a callback. */
const VISITING = new Set(['forEach', 'map', 'flatMap', 'filter', 'some', 'every', 'find']);

/** How the value of `start`, a name or a member, is used where it stands. */
export function useAt(model: Model, start: ts.Expression, prefix: readonly string[] = []): Use {
  const path = [...prefix];
  let node: ts.Expression = start;
  for (;;) {
    const { parent } = node;
    if (isWrapper(parent)) node = parent;
    else if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
      const call = callOf(parent);
      if (call === undefined) {
        path.push(parent.name.text);
        node = parent;
        continue;
      }
      const used = useByMethod(model, node, parent, call, path);
      if (used !== undefined) return used;
      path.push('*');
      node = call;
    } else if (ts.isElementAccessExpression(parent) && parent.expression === node) {
      const key = parent.argumentExpression;
      path.push(ts.isStringLiteralLike(key) ? key.text : '*');
      node = parent;
    } else break;
  }
  return useInContext(model, node, path);
}

const isWrapper = (node: ts.Node): node is ts.ParenthesizedExpression =>
  ts.isParenthesizedExpression(node) ||
  ts.isAsExpression(node) ||
  ts.isNonNullExpression(node) ||
  ts.isSatisfiesExpression(node);

/** The call whose callee a member is. */
function callOf(member: ts.Expression): ts.CallExpression | undefined {
  let node: ts.Node = member;
  while (isWrapper(node.parent)) node = node.parent;
  return ts.isCallExpression(node.parent) && node.parent.expression === node ? node.parent : undefined;
}

/** What a method does to its owner; undefined where it gives a part of it. */
function useByMethod(
  model: Model,
  node: ts.Expression,
  callee: ts.PropertyAccessExpression,
  call: ts.CallExpression,
  path: readonly string[],
): Use | undefined {
  const method = callee.name.text;
  const changing = CHANGING.has(method);
  if (!changing && SELECTING.has(method)) return undefined;
  const base = { node, place: call, path, method };
  const symbol = changing ? model.symbolAt(callee.name) : undefined;
  if (changing && symbol === undefined) return { ...base, kind: 'change', unsure: true };
  if (symbol !== undefined && model.runtime.nameOf(symbol) !== undefined) return { ...base, kind: 'read' };
  if (symbol?.declarations?.some(isOfLanguage)) return { ...base, kind: 'change' };
  const fn = model.calledFunction(call);
  if (fn === undefined || ts.isArrowFunction(fn)) return { ...base, kind: 'read' };
  const changes = fieldsChangedBy(model, fn).size > 0;
  return { ...base, kind: changes ? 'change' : 'read', through: fn };
}

/** Declared by TypeScript's libraries or by those of Node. */
const isOfLanguage = (declaration: ts.Declaration): boolean =>
  /\/(typescript\/lib\/|lib\.[^/]*\.d\.ts$)|\/@types\/node\//.test(declaration.getSourceFile().fileName);

/** Fields of its `this` that a function changes, itself or through other methods; `??=` does not count. */
export const fieldsChangedBy = (model: Model, fn: Body): ReadonlySet<string> =>
  model.keep(findChangedFields, fn, fn, new Set<string>());

/** Fields of its `this` that a function reads, itself or through other methods. */
export const fieldsReadBy = (model: Model, fn: Body): ReadonlySet<string> =>
  model.keep(findReadFields, fn, fn, new Set<string>());

function findChangedFields(model: Model, fn: Body): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const use of usesOfThis(model, fn)) {
    if (use.kind === 'read' || use.lazy) continue;
    if (use.path[0] !== undefined) fields.add(use.path[0]);
    else if (use.through) for (const field of fieldsChangedBy(model, use.through)) fields.add(field);
  }
  return fields;
}

function findReadFields(model: Model, fn: Body): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const use of usesOfThis(model, fn)) {
    if (use.kind !== 'assign' && use.path[0] !== undefined) fields.add(use.path[0]);
    else if (use.through) for (const field of fieldsReadBy(model, use.through)) fields.add(field);
  }
  return fields;
}

function usesOfThis(model: Model, fn: Body): Use[] {
  return occurrencesIn(model, fn.getSourceFile())
    .self.filter((node) => node.pos >= fn.pos && node.end <= fn.end && thisOwner(node) === fn)
    .map((node) => useAt(model, node as ts.Expression));
}

/** The function whose `this` is meant. */
function thisOwner(node: ts.Node): ts.Node | undefined {
  let fn: ts.Node | undefined = enclosingFunction(node);
  while (fn !== undefined && ts.isArrowFunction(fn)) fn = enclosingFunction(fn);
  return fn;
}

function useInContext(model: Model, node: ts.Expression, path: readonly string[]): Use {
  const { parent } = node;
  const base = { node, path };
  if (ts.isBinaryExpression(parent) && parent.left === node) {
    const kind = parent.operatorToken.kind;
    if (kind === ts.SyntaxKind.EqualsToken)
      return { ...base, kind: 'assign', place: parent, value: parent.right };
    if (LAZY.has(kind)) return { ...base, kind: 'assign', place: parent, value: parent.right, lazy: true };
    if (kind >= ts.SyntaxKind.FirstCompoundAssignment && kind <= ts.SyntaxKind.LastCompoundAssignment)
      return { ...base, kind: 'update', place: parent, value: parent.right };
  }
  if (
    (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) &&
    (parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken)
  ) {
    return { ...base, kind: 'update', place: parent };
  }
  if (ts.isDeleteExpression(parent)) return { ...base, kind: 'change', place: parent };
  const pattern = assignedPattern(node);
  if (pattern !== undefined) return { ...base, kind: 'assign', place: pattern };
  if (ts.isCallExpression(parent) && parent.expression !== node) {
    const through = changedByCall(model, parent, parent.arguments.indexOf(node));
    if (through !== undefined) return { ...base, kind: 'change', place: parent, ...through };
  }
  return { ...base, kind: 'read', place: node };
}

const LAZY = new Set([
  ts.SyntaxKind.QuestionQuestionEqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
]);

/** The assignment or loop whose pattern a name or member is in: `[a, b] = ...`, `({ n: a.b } = ...)`, `for (a of ...)`. */
function assignedPattern(node: ts.Expression): ts.Node | undefined {
  let inner: ts.Node = node;
  for (;;) {
    const { parent } = inner;
    const isPart =
      ts.isArrayLiteralExpression(parent) ||
      ts.isObjectLiteralExpression(parent) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent) ||
      (ts.isPropertyAssignment(parent) && parent.initializer === inner) ||
      (ts.isShorthandPropertyAssignment(parent) && parent.name === inner) ||
      ts.isParenthesizedExpression(parent);
    if (!isPart) break;
    inner = parent;
  }
  const { parent } = inner;
  if ((ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && parent.initializer === inner)
    return parent.initializer;
  const isTarget =
    inner !== node &&
    ts.isBinaryExpression(parent) &&
    parent.left === inner &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isTarget ? parent : undefined;
}

const ASSIGNING =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|deleteProperty))$/;

/** Whether a call changes what its argument holds. */
function changedByCall(
  model: Model,
  call: ts.CallExpression,
  index: number,
): { through?: Body; method?: string } | undefined {
  if (index === 0 && ASSIGNING.test(call.expression.getText())) return { method: call.expression.getText() };
  if (index < 0) return undefined;
  const fn = model.calledFunction(call);
  if (fn === undefined || fn.getSourceFile().isDeclarationFile || model.runtime.owns(fn)) return undefined;
  const parameter = fn.parameters[index];
  if (parameter === undefined || parameter.dotDotDotToken) return undefined;
  return changesOf(model, parameter).some((use) => !use.unsure) ? { through: fn } : undefined;
}

/** True where something outside of the expression changes: not a local variable that is given another value. */
export const writes = (use: Use): boolean =>
  use.kind === 'change' || (use.kind !== 'read' && use.path.length > 0);

/** How a function changes what a parameter of it holds. */
export const changesOf = (model: Model, parameter: ts.ParameterDeclaration): readonly Use[] =>
  model.keep(findChanges, parameter, parameter, []);

function findChanges(model: Model, parameter: ts.ParameterDeclaration): readonly Use[] {
  if (!isFunctionWithBody(parameter.parent)) return [];
  const file = parameter.getSourceFile();
  // A parameter that is given another value does not stand for the argument any more.
  return usesOfName(model, file, parameter.name, []).filter(writes);
}

/** Uses of what a declared name or pattern stands for, within a file; constants that stand for a part of it are followed. */
export function usesOfName(
  model: Model,
  file: ts.SourceFile,
  name: ts.BindingName,
  prefix: readonly string[],
  seen: Set<ts.Node> = new Set(),
): Use[] {
  if (seen.has(name)) return [];
  seen.add(name);
  if (!ts.isIdentifier(name)) {
    return name.elements.flatMap((element, index) => {
      if (!ts.isBindingElement(element) || element.dotDotDotToken) return [];
      const member = ts.isObjectBindingPattern(name)
        ? (propertyName(element.propertyName ?? element.name) ?? '*')
        : String(index);
      return usesOfName(model, file, element.name, [...prefix, member], seen);
    });
  }
  const nodes = usesOf(model, file, model.directSymbolAt(name));
  return withAliases(
    model,
    nodes.map((node) => useAt(model, node, prefix)),
    seen,
  ).filter((use) => !(use.kind === 'assign' && use.path.length === prefix.length && prefix.length > 0));
}

/** The function that returns what the use speaks of, as it is. */
export function returnedBy(use: Use): Body | undefined {
  if (use.kind !== 'read' && !use.lazy) return undefined;
  let node: ts.Node = use.kind === 'read' ? use.node : use.place;
  while (isWrapper(node.parent)) node = node.parent;
  const { parent } = node;
  const isResult = ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node);
  const fn = isResult ? enclosingFunction(node) : undefined;
  return use.method === undefined && fn !== undefined && isFunctionWithBody(fn) ? fn : undefined;
}

/** The uses, and those of the constants, loop variables and callback parameters that stand for a part of the same value. */
export function withAliases(model: Model, uses: readonly Use[], seen: Set<ts.Node> = new Set()): Use[] {
  return uses.flatMap((use) => {
    const alias = use.kind === 'read' ? aliasOf(use) : undefined;
    if (alias === undefined) return [use];
    return [use, ...usesOfName(model, use.node.getSourceFile(), alias.name, alias.path, seen)];
  });
}

function aliasOf(use: Use): { name: ts.BindingName; path: readonly string[] } | undefined {
  const { parent } = use.node;
  if (use.method !== undefined) {
    const callback = ts.isCallExpression(use.place) ? use.place.arguments[0] : undefined;
    if (!VISITING.has(use.method) || !callback || !isFunctionExpression(callback)) return undefined;
    const name = callback.parameters[0]?.name;
    return name && { name, path: [...use.path, '*'] };
  }
  if (ts.isVariableDeclaration(parent) && parent.initializer === use.node) {
    const isConst = (ts.getCombinedNodeFlags(parent) & ts.NodeFlags.Const) !== 0;
    return isConst ? { name: parent.name, path: use.path } : undefined;
  }
  if (ts.isForOfStatement(parent) && parent.expression === use.node) {
    const [variable] = ts.isVariableDeclarationList(parent.initializer)
      ? parent.initializer.declarations
      : [];
    return variable && { name: variable.name, path: [...use.path, '*'] };
  }
  return undefined;
}
