import { ts } from 'ts-morph';
import { unwrap } from '../ast.ts';
import { calledRuntime } from '../calls.ts';
import { type FlowRoot, rootOf, rootsOf, visitFlow } from '../flow/immediate.ts';
import { allHeldAt } from '../locks/callers.ts';
import type { Held } from '../locks/held.ts';
import type { Model } from '../model.ts';
import { reachedFiles, workerRunOf } from '../worker-set.ts';
import {
  accessedPlace,
  isSamePlace,
  isSharedArray,
  readEntry,
  type SharedPlace,
  storedEntry,
} from './places.ts';

/** A read of a shared place and a write that depends on it. */
export interface Update {
  readonly place: SharedPlace;
  /** What the user edits: the assignment, increment or call that writes. */
  readonly node: ts.Expression;
  /** `compound` reads and writes in one expression, `stale` writes what was made from an earlier read, `checked` writes after a test. */
  readonly kind: 'compound' | 'stale' | 'checked';
  /** The reads that the write depends on; empty for `+=` and `++`. */
  readonly reads: readonly ts.Expression[];
  /** Locks of the critical section that covers reads and write. */
  readonly locks: readonly Held[];
  /** Some lock is held at the write, but not one that covers the read, too. */
  readonly split: boolean;
}

/** Every update of a shared place in code that runs in workers. */
export const sharedUpdates = (model: Model): readonly Update[] =>
  concernedFiles(model).flatMap((file) => sharedUpdatesIn(model, file));

/** Those in one file. */
export const sharedUpdatesIn = (model: Model, file: ts.SourceFile): readonly Update[] =>
  model.once(collect, file, []);

function collect(model: Model, file: ts.SourceFile): readonly Update[] {
  if (!MAY_UPDATE.test(file.text)) return [];
  return [...workerRoots(model, file)].flatMap((root) => updatesIn(model, root));
}

/** Text that every file with an update contains: a quick test before types are asked. */
const MAY_UPDATE = /\.value\b|\[[^\]]+\]\s*(\+\+|--|\W{0,3}=[^=>])|(\+\+|--)\w|\.\s*set\s*\(/;

const concernedFiles = (model: Model): readonly ts.SourceFile[] => [
  ...new Set([...model.candidates, ...reachedFiles(model)]),
];

/** A write of a shared place in code that runs in workers, atomic ones included. */
export interface SharedWrite {
  readonly node: ts.Node;
  readonly holder: ts.Expression;
}

/** Every write of a shared place in code that runs in workers. */
export const sharedWrites = (model: Model): readonly SharedWrite[] => model.once(collectWrites, model, []);

function collectWrites(model: Model): readonly SharedWrite[] {
  const writes: SharedWrite[] = [];
  for (const root of concernedFiles(model).flatMap((file) => [...workerRoots(model, file)])) {
    visitFlow(model, root, (node) => {
      const holder = writtenPlace(model, node)?.place.holder ?? changedAtomically(model, node);
      if (holder) writes.push({ node, holder });
    });
  }
  return writes;
}

/** What `v.add(1)` or `Atomics.add(cells, i, 1)` changes. */
function changedAtomically(model: Model, node: ts.Node): ts.Expression | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  if (callee.expression.getText() === 'Atomics') {
    const [array] = node.arguments;
    return array && !/^(load|wait|notify)/.test(callee.name.text) && isSharedArray(model, array)
      ? array
      : undefined;
  }
  if (!/^(add|sub|exchange|compareExchange)$/.test(callee.name.text)) return undefined;
  return calledRuntime(model, node)?.startsWith('Value.') ? callee.expression : undefined;
}

/** Functions and modules of a file whose code runs in workers. */
function* workerRoots(model: Model, file: ts.SourceFile): Iterable<FlowRoot> {
  for (const root of rootsOf(model, file))
    if (workerRunOf(model, ts.isSourceFile(root) ? root : root.body) !== undefined) yield root;
}

function updatesIn(model: Model, root: FlowRoot): Update[] {
  const updates: Update[] = [];
  visitFlow(model, root, (node) => {
    const written = writtenPlace(model, node);
    if (written === undefined) return;
    const { place, value } = written;
    const update = describe(model, root, place, node as ts.Expression, value);
    if (update) updates.push(update);
  });
  return updates;
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

/** The place that a node writes, and the value that it stores; without a value for `+=` and `++`. */
function writtenPlace(
  model: Model,
  node: ts.Node,
): { place: SharedPlace; value?: ts.Expression } | undefined {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
    const place = accessedPlace(model, unwrap(node.left));
    if (place === undefined) return undefined;
    return node.operatorToken.kind === ts.SyntaxKind.EqualsToken ? { place, value: node.right } : { place };
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const changes =
      node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    const place = changes ? accessedPlace(model, unwrap(node.operand)) : undefined;
    return place && { place };
  }
  const stored = storedEntry(model, node);
  return stored && { place: stored, value: stored.value };
}

function describe(
  model: Model,
  root: FlowRoot,
  place: SharedPlace,
  node: ts.Expression,
  value: ts.Expression | undefined,
): Update | undefined {
  const held = allHeldAt(model, pointOf(node)) ?? [];
  if (value === undefined) return { place, node, kind: 'compound', reads: [], locks: held, split: false };
  const covers = (read: ts.Expression): readonly Held[] => {
    const there = allHeldAt(model, read) ?? [];
    return held.filter((one) => there.some((other) => other.key === one.key && other.at === one.at));
  };
  const direct = readsIn(model, value, place);
  const stored = [...direct, ...readsBehind(model, value, place)];
  if (stored.length > 0) {
    const locks = stored.map(covers).reduce((a, b) => a.filter((one) => b.includes(one)));
    const kind = direct.length > 0 ? 'compound' : 'stale';
    return { place, node, kind, reads: stored, locks, split: locks.length === 0 && held.length > 0 };
  }
  const tested = testsBefore(root, node).flatMap((test) => [
    ...readsIn(model, test, place),
    ...readsBehind(model, test, place),
  ]);
  if (tested.length === 0 || onlySpares(node, value)) return undefined;
  // Testing again under the lock is enough, whatever was tested before.
  const locks = tested.map(covers).find((one) => one.length > 0) ?? [];
  return { place, node, kind: 'checked', reads: tested, locks, split: locks.length === 0 && held.length > 0 };
}

/** `if (v.value !== 1) v.value = 1;`: whoever writes, the value is that one. The test only spares a write. */
function onlySpares(node: ts.Expression, value: ts.Expression): boolean {
  const statement = node.parent;
  const block = ts.isBlock(statement.parent) && statement.parent.statements.length === 1;
  const test = block ? statement.parent.parent : statement.parent;
  if (!ts.isExpressionStatement(statement) || !ts.isIfStatement(test) || test.elseStatement) return false;
  const condition = unwrap(test.expression);
  const stored = unwrap(value);
  return (
    ts.isLiteralExpression(stored) &&
    ts.isBinaryExpression(condition) &&
    /^!==?$/.test(condition.operatorToken.getText()) &&
    [condition.left, condition.right].some((side) => unwrap(side).getText() === stored.getText())
  );
}

/** The node at which the flow keeps what is held. */
const pointOf = (node: ts.Expression): ts.Node => {
  if (ts.isBinaryExpression(node)) return unwrap(node.left);
  return ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node) ? unwrap(node.operand) : node;
};

/** Reads of a place within an expression, those in functions that run later left out. */
function readsIn(model: Model, expression: ts.Node, place: SharedPlace): ts.Expression[] {
  const reads: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (node !== place.node) {
      const read = place.kind === 'entry' ? readEntry(model, node) : accessedPlace(model, node);
      if (read && isSamePlace(model, read, place)) reads.push(read.node);
    }
    ts.forEachChild(node, visit);
  };
  visit(expression);
  return reads;
}

/** Reads of a place that local variables used in an expression were made from. */
function readsBehind(
  model: Model,
  expression: ts.Node,
  place: SharedPlace,
  seen = new Set<ts.Node>(),
): ts.Expression[] {
  const reads: ts.Expression[] = [];
  const root = rootOf(model, place.node);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const promise = promiseBehind(model, node);
      if (promise && !seen.has(promise)) {
        seen.add(promise);
        reads.push(...readsIn(model, promise, place));
      }
      const declaration = localVariable(model, node, root);
      if (declaration?.initializer && !seen.has(declaration)) {
        seen.add(declaration);
        reads.push(...readsIn(model, declaration.initializer, place));
        reads.push(...readsBehind(model, declaration.initializer, place, seen));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(expression);
  return reads;
}

/** `counts.get(key)` for `n` in `counts.get(key).then((n) => ...)`. */
function promiseBehind(model: Model, node: ts.Identifier): ts.Expression | undefined {
  const declaration = model.symbolAt(node)?.valueDeclaration;
  const call = declaration && ts.isParameter(declaration) ? declaration.parent.parent : undefined;
  if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression))
    return undefined;
  return call.expression.name.text === 'then' ? call.expression.expression : undefined;
}

function localVariable(
  model: Model,
  node: ts.Identifier,
  root: FlowRoot,
): ts.VariableDeclaration | undefined {
  if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return undefined;
  let declaration: ts.Node | undefined = model.symbolAt(node)?.valueDeclaration;
  while (
    declaration &&
    (ts.isBindingElement(declaration) ||
      ts.isObjectBindingPattern(declaration) ||
      ts.isArrayBindingPattern(declaration))
  )
    declaration = declaration.parent;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return undefined;
  return declaration.pos >= root.pos &&
    declaration.end <= root.end &&
    declaration.getSourceFile() === root.getSourceFile()
    ? declaration
    : undefined;
}

/** Conditions that decide whether a node is reached: of the branches around it, and of early exits before it. */
function testsBefore(root: FlowRoot, node: ts.Node): ts.Expression[] {
  const tests: ts.Expression[] = [];
  for (let up = node; up.parent !== undefined && up !== root; up = up.parent) {
    const { parent } = up;
    if (ts.isIfStatement(parent) && parent.expression !== up) tests.push(parent.expression);
    else if (ts.isConditionalExpression(parent) && parent.condition !== up) tests.push(parent.condition);
    else if (ts.isWhileStatement(parent) && parent.expression !== up) tests.push(parent.expression);
    else if (ts.isBinaryExpression(parent) && parent.right === up && isLogical(parent.operatorToken.kind))
      tests.push(parent.left);
    else if (ts.isBlock(parent)) {
      for (const statement of parent.statements) {
        if (statement === up) break;
        if (ts.isIfStatement(statement) && leaves(statement.thenStatement)) tests.push(statement.expression);
      }
    }
  }
  return tests;
}

const isLogical = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.AmpersandAmpersandToken ||
  kind === ts.SyntaxKind.BarBarToken ||
  kind === ts.SyntaxKind.QuestionQuestionToken;

function leaves(statement: ts.Statement): boolean {
  if (ts.isBlock(statement)) return statement.statements.some(leaves);
  return (
    ts.isReturnStatement(statement) ||
    ts.isThrowStatement(statement) ||
    ts.isContinueStatement(statement) ||
    ts.isBreakStatement(statement)
  );
}
