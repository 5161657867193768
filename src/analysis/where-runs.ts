import { ts } from 'ts-morph';
import { isFunctionExpression, unwrap } from './ast.ts';
import { calledRuntime, workerCalls } from './calls.ts';
import { endsInChildren, leaves } from './entry.ts';
import { proofOf } from './guards.ts';
import type { Model } from './model.ts';
import { type Body, calledWithin, reachedFiles, runBy, workerRunOf } from './worker-set.ts';
import { childModules } from './workers.ts';

/**
 * In which processes a place of the source runs: `worker` in child processes (and perhaps in the main one too), `import` in every
 * process that imports the module, `main` in the main process only, `unknown` where nothing tells.
 */
export type Runs = 'worker' | 'import' | 'main' | 'unknown';

/** Answers for one node. */
export function whereRuns(model: Model, node: ts.Node): Runs {
  const guard = guardAround(model, node);
  if (guard !== undefined) return guard === 'main' ? 'main' : 'worker';
  if (workerRunOf(model, node) !== undefined) return 'worker';
  const { seeds, main, imported } = reached(model);
  for (let up = node; !ts.isSourceFile(up); up = up.parent) {
    if (!ts.isFunctionLike(up)) continue;
    if (seeds.has(up)) return 'main';
    if (imported.has(up)) return 'import';
    if (main.has(up)) return 'main';
    if (!isFunctionExpression(up) || !isHandedOn(up)) return 'unknown';
  }
  return childModules(model).has(node.getSourceFile()) ? 'import' : 'main';
}

/** A callback: it runs where the code around it runs. */
function isHandedOn(fn: ts.Node): boolean {
  let node = fn;
  while (ts.isParenthesizedExpression(node.parent)) node = node.parent;
  return ts.isCallExpression(node.parent) || ts.isNewExpression(node.parent);
}

/** The process that a condition around a node, or an early end before it, leaves over: `main`, `child`, or undefined for both. */
export function guardAround(model: Model, node: ts.Node): 'main' | 'child' | undefined {
  for (let inner = node; inner.parent !== undefined; inner = inner.parent) {
    const up = inner.parent;
    const guard = guardBetween(model, up, inner);
    if (guard !== undefined) return guard;
  }
  return undefined;
}

function guardBetween(model: Model, up: ts.Node, inner: ts.Node): 'main' | 'child' | undefined {
  if (ts.isIfStatement(up))
    return byCondition(model, up.expression, up.thenStatement, up.elseStatement, inner);
  if (ts.isConditionalExpression(up))
    return byCondition(model, up.condition, up.whenTrue, up.whenFalse, inner);
  if (ts.isWhileStatement(up)) return byCondition(model, up.expression, up.statement, undefined, inner);
  if (ts.isBinaryExpression(up) && inner === up.right) {
    if (up.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
      return byCondition(model, up.left, up.right, undefined, inner);
    if (up.operatorToken.kind === ts.SyntaxKind.BarBarToken)
      return byCondition(model, up.left, undefined, up.right, inner);
  }
  if (ts.isCallExpression(up) && inner !== up.expression && calledRuntime(model, up) === 'runMain')
    return 'main';
  if ((ts.isBlock(up) || ts.isSourceFile(up)) && !ts.isFunctionDeclaration(inner)) {
    for (const statement of up.statements) {
      if (statement === inner) break;
      if (endsInChildren(model, statement)) return 'main';
      if (endsInMain(model, statement)) return 'child';
    }
  }
  return undefined;
}

function byCondition(
  model: Model,
  condition: ts.Expression,
  yes: ts.Node | undefined,
  no: ts.Node | undefined,
  inner: ts.Node,
): 'main' | 'child' | undefined {
  if (inner !== yes && inner !== no) return undefined;
  const { whenTrue, whenFalse } = proofOf(model, condition);
  const [here, there] = inner === yes ? [whenTrue, whenFalse] : [whenFalse, whenTrue];
  return here ? 'main' : there ? 'child' : undefined;
}

function endsInMain(model: Model, statement: ts.Statement): boolean {
  if (!ts.isIfStatement(statement) || !leaves(statement.thenStatement)) return false;
  const condition = unwrap(statement.expression);
  return proofOf(model, condition).whenTrue;
}

interface Reached {
  /** Functions of the parent that hand something to workers. */
  readonly seeds: ReadonlySet<ts.Node>;
  /** Functions that code of the main process reaches. */
  readonly main: ReadonlySet<ts.Node>;
  /** Functions that run while a module is imported by a child. */
  readonly imported: ReadonlySet<ts.Node>;
}

/** Files that rules about state look at: those that name the package, those that children import, those that workers reach. */
export const stateFiles = (model: Model): ReadonlySet<ts.SourceFile> =>
  model.once(collectStateFiles, model, new Set());

function collectStateFiles(model: Model): ReadonlySet<ts.SourceFile> {
  const files = new Set<ts.SourceFile>();
  for (const some of [model.candidates, childModules(model), reachedFiles(model)])
    for (const file of some) if (!file.isDeclarationFile && !model.runtime.owns(file)) files.add(file);
  return files;
}

const reached = (model: Model): Reached =>
  model.once(reach, model, { seeds: new Set(), main: new Set(), imported: new Set() });

function reach(model: Model): Reached {
  const seeds = new Set<Body>();
  const main = new Set<Body>();
  const imported = new Set<Body>();
  const queue: [Body, 'main' | 'import'][] = [];
  const add = (fn: Body, runs: 'main' | 'import'): void => {
    const set = runs === 'main' ? main : imported;
    if (set.has(fn) || workerRunOf(model, fn) !== undefined) return;
    set.add(fn);
    queue.push([fn, runs]);
  };
  for (const file of stateFiles(model)) {
    for (const call of workerCalls(model, file)) {
      if (workerRunOf(model, call.node) !== undefined) continue;
      for (let up: ts.Node = call.node; up.parent !== undefined; up = up.parent) {
        if (!ts.isFunctionLike(up)) continue;
        seeds.add(up as Body);
        add(up as Body, 'main');
      }
    }
  }
  for (const file of stateFiles(model)) {
    const isMain = !childModules(model).has(file);
    for (const { callee, guard, callbacks } of model.keep(runOnImport, file, file, [])) {
      if (guard === 'child') continue;
      const inMain = isMain || guard === 'main' || callbacks.some((one) => seeds.has(one));
      add(callee, inMain ? 'main' : 'import');
    }
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [fn, runs] = next;
    for (const [callee, guard] of model.keep(calleesUnderGuards, fn, fn, []))
      if (guard !== 'child') add(callee, guard === 'main' ? 'main' : runs);
  }
  return { seeds, main, imported };
}

interface ImportRun {
  readonly callee: Body;
  readonly guard: 'main' | 'child' | undefined;
  /** The callbacks that it is in. */
  readonly callbacks: readonly Body[];
}

/** Functions that a module runs while it is imported, in the order of the text. */
function runOnImport(model: Model, file: ts.SourceFile): readonly ImportRun[] {
  const found: ImportRun[] = [];
  const visit = (node: ts.Node, callbacks: readonly Body[]): void => {
    if (ts.isTypeNode(node)) return;
    const isCallback = isFunctionExpression(node) && isHandedOn(node);
    if (ts.isFunctionLike(node) && !isCallback) return;
    const here = isCallback ? [...callbacks, node as Body] : callbacks;
    for (const [callee, place] of runBy(model, node))
      found.push({ callee, guard: guardAround(model, place), callbacks: here });
    ts.forEachChild(node, (child) => visit(child, here));
  };
  visit(file, []);
  return found;
}

/** What a function calls, and the process that guards around each call leave over. */
const calleesUnderGuards = (model: Model, fn: Body): readonly [Body, 'main' | 'child' | undefined][] =>
  [...calledWithin(model, fn)].map(([callee, place]) => [callee, guardAround(model, place)]);
