import { ts } from 'ts-morph';
import { enclosingFunction, placeText, spanOf, unwrap } from '../ast.ts';
import type { Model } from '../model.ts';
import { concerns, moduleState, type State, type StateUse, shownPath } from '../module-state.ts';
import type { Finding, Rule } from '../rule.ts';
import { writesSharedValue } from '../runtime-values.ts';
import { type WorkerRun, workerRunOf } from '../worker-set.ts';

/** A worker changes state of a module that the parent reads: every process has its own copy of it. */
export const workerWritesModuleState: Rule = {
  name: 'worker-writes-module-state',
  category: 'race',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const { state, write, run, reader } of model.once(lostWrites, model, [])) {
    if (write.node.getSourceFile() !== file) continue;
    yield {
      node: write.place,
      message:
        `This changes \`${shownPath(state, write)}\` in a worker process only (${run.chain.join(', ')}). Every process has its own ` +
        `copy of the module, so the one that is read at ${placeText(reader.node)} never sees it. ${adviceFor(write)}`,
      path: state.name,
      chain: run.chain,
      related: [
        {
          file: reader.node.getSourceFile().fileName,
          ...spanOf(reader.node),
          message: 'read here, outside of the workers',
        },
      ],
    };
  }
}

const adviceFor = (write: StateUse): string =>
  write.kind === 'update'
    ? 'Return the number from the worker function and add it up in the parent, or count with a `Value` that is handed to the workers.'
    : 'Return the value from the worker function and put it in place in the parent, or hand a `Queue` to the workers.';

interface LostWrite {
  readonly state: State;
  readonly write: StateUse;
  readonly run: WorkerRun;
  readonly reader: StateUse;
}

function lostWrites(model: Model): readonly LostWrite[] {
  return moduleState(model).flatMap((state) => {
    const lost: LostWrite[] = [];
    const writes = state.uses.filter((use) => use.kind !== 'read' && use.runs === 'worker');
    const [anyRead] = state.uses.filter((use) => use.kind === 'read' && use.runs !== 'worker');
    if (writes.length === 0 || anyRead === undefined) return [];
    const given = writes.some(
      (use) => use.path.length === 0 && use.kind === 'assign' && !makesItself(model, use.value),
    );
    for (const write of writes) {
      const run = workerRunOf(model, write.place);
      if (run === undefined || !(run.roles.has('task') || run.roles.has('target'))) continue;
      if (isLazy(state, write) || write.unsure || isTakenBack(state, write)) continue;
      const changesInside = write.path.length > 0 || write.kind === 'change';
      // What an initializer puts there may be shared, and a value that the worker itself puts there is its own.
      if (changesInside && (given || writesSharedValue(model, write, state.initial))) continue;
      const fills = isFilling(state, write);
      const owns = write.kind === 'assign' && !readsIn(state, write) && isSetByParent(state);
      if (owns) continue;
      const reader = state.uses.find(
        (use) =>
          use.kind === 'read' &&
          (use.runs === 'main' || use.runs === 'unknown') &&
          concerns(model, write, use) &&
          !(fills && !readsAll(use)),
      );
      if (reader !== undefined) lost.push({ state, write, run, reader });
    }
    return lost;
  });
}

/** The parent gives the variable values of its own: each process has its own on purpose. */
const isSetByParent = (state: State): boolean =>
  state.uses.some((use) => use.kind === 'assign' && use.path.length === 0 && use.runs === 'main');

const sameFunction = (a: ts.Node, b: ts.Node): boolean => enclosingFunction(a) === enclosingFunction(b);

const isWithin = (inner: ts.Node, outer: ts.Node): boolean =>
  inner.getSourceFile() === outer.getSourceFile() && inner.pos >= outer.pos && inner.end <= outer.end;

/** The function of a write reads the state as well: the new value depends on the old one. */
const readsIn = (state: State, write: StateUse): boolean =>
  state.uses.some((use) => use.kind === 'read' && sameFunction(use.node, write.node));

/** `depth++` that has a `depth--` in the same function. */
function isTakenBack(state: State, write: StateUse): boolean {
  const own = directionOf(write.place);
  return (
    own !== undefined &&
    state.uses.some(
      (use) =>
        use.path.join() === write.path.join() &&
        sameFunction(use.node, write.node) &&
        directionOf(use.place) === -own,
    )
  );
}

function directionOf(node: ts.Node): 1 | -1 | undefined {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.PlusPlusToken) return 1;
    return node.operator === ts.SyntaxKind.MinusMinusToken ? -1 : undefined;
  }
  if (!ts.isBinaryExpression(node)) return undefined;
  if (node.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken) return 1;
  return node.operatorToken.kind === ts.SyntaxKind.MinusEqualsToken ? -1 : undefined;
}

/** A resource that is opened when it is first needed: `x ??= open()`, `if (!x) x = open()`, `if (x) return x; x = open()`. */
function isLazy(state: State, write: StateUse): boolean {
  if (write.lazy) return true;
  if (write.kind !== 'assign') return false;
  for (
    let node: ts.Node = write.place;
    node.parent !== undefined && !ts.isFunctionLike(node);
    node = node.parent
  ) {
    const up = node.parent;
    if (ts.isIfStatement(up) && up.thenStatement === node && asksForAbsence(state, up.expression))
      return true;
    if (ts.isBlock(up)) {
      for (const statement of up.statements) {
        if (statement === node) break;
        const leaves = ts.isIfStatement(statement) && /\breturn\b/.test(statement.thenStatement.getText());
        if (leaves && asksForPresence(state, statement.expression)) return true;
      }
    }
  }
  return false;
}

function asksForAbsence(state: State, condition: ts.Expression): boolean {
  const node = unwrap(condition);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return isPath(state, node.operand);
  return (
    ts.isBinaryExpression(node) && EQUAL.has(node.operatorToken.kind) && comparesWithNothing(state, node)
  );
}

function asksForPresence(state: State, condition: ts.Expression): boolean {
  const node = unwrap(condition);
  if (ts.isBinaryExpression(node))
    return UNEQUAL.has(node.operatorToken.kind) && comparesWithNothing(state, node);
  return isPath(state, node);
}

const comparesWithNothing = (state: State, node: ts.BinaryExpression): boolean =>
  /^(undefined|null)$/.test(node.right.getText()) && isPath(state, node.left);

const isPath = (state: State, expression: ts.Expression): boolean =>
  state.uses.some((use) => use.node === unwrap(expression));

const EQUAL = new Set([ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.EqualsEqualsEqualsToken]);
const UNEQUAL = new Set([ts.SyntaxKind.ExclamationEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]);

/** A cache: an entry is put in after a look whether it is there, and does not depend on the others. */
function isFilling(state: State, write: StateUse): boolean {
  const isKeyed =
    write.method === 'set' || write.method === 'add' || (write.kind === 'assign' && write.path.length > 0);
  if (!isKeyed) return false;
  const looks = state.uses.filter(
    (use) => use.kind === 'read' && sameFunction(use.node, write.node) && use.runs === 'worker',
  );
  return looks.length > 0 && !looks.some((use) => isWithin(use.node, write.place));
}

/** A read of more than one entry: the size, an iteration, the whole. */
function readsAll(use: StateUse): boolean {
  if (use.method !== undefined) return !/^(get|has|at|includes|indexOf|find)$/.test(use.method);
  const last = use.path.at(-1);
  return last === undefined || last === 'size' || last === 'length';
}

/** A container of the language, or an instance of a class of the user's: made here, so nobody else has it. */
function makesItself(model: Model, value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  const node = unwrap(value);
  if (ts.isNewExpression(node) && model.classOf(node.expression)?.getSourceFile().isDeclarationFile === false)
    return true;
  return (
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ((ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      /^(Map|Set|Array)\b/.test(node.expression.getText()))
  );
}
