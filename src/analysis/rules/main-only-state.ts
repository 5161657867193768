import { ts } from 'ts-morph';
import { placeText, shortText, spanOf, unwrap } from '../ast.ts';
import { proofOf } from '../guards.ts';
import type { Model } from '../model.ts';
import { concerns, moduleState, type State, type StateUse, shownPath } from '../module-state.ts';
import type { Finding, Rule } from '../rule.ts';
import { writesSharedValue } from '../runtime-values.ts';
import { guardAround } from '../where-runs.ts';
import { type WorkerRun, workerRunOf } from '../worker-set.ts';

/** A worker reads state of a module that only the main process has set. */
export const mainOnlyState: Rule = {
  name: 'main-only-state',
  category: 'race',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const { state, read, run, set } of model.once(staleReads, model, [])) {
    if (read.node.getSourceFile() !== file) continue;
    yield {
      node: read.node,
      message:
        `\`${shownPath(state, read)}\` is read here in a worker process (${run.chain.join(', ')}), but it is set in the main process ` +
        `only (${placeText(set)}): ${whatWorkersSee(state)}. Hand the value to the worker as an argument, or set it in an \`initializer\` ` +
        'with `initArgs`.',
      path: state.name,
      chain: run.chain,
      related: [
        { file: set.getSourceFile().fileName, ...spanOf(set), message: 'set here, in the main process only' },
      ],
    };
  }
}

function whatWorkersSee(state: State): string {
  const { initial } = state;
  const isConstant =
    initial !== undefined &&
    /^(-?[\d._]+n?|true|false|null|undefined|'[^']*'|"[^"]*"|\[\]|\{\})$/.test(initial.getText());
  if (isConstant) return `workers always see \`${shortText(initial)}\``;
  return initial === undefined || isConditional(initial)
    ? 'in a worker it is `undefined`'
    : 'a worker sees what it is after the import';
}

const isConditional = (node: ts.Expression): boolean =>
  ts.isConditionalExpression(unwrap(node)) || ts.isBinaryExpression(unwrap(node));

interface StaleRead {
  readonly state: State;
  readonly read: StateUse;
  readonly run: WorkerRun;
  /** Where the main process sets it. */
  readonly set: ts.Node;
}

function staleReads(model: Model): readonly StaleRead[] {
  return moduleState(model).flatMap((state) => {
    const reads = state.uses.filter((use) => use.kind === 'read' && use.runs === 'worker' && !use.byCall);
    if (reads.length === 0) return [];
    const writes = state.uses.filter((use) => use.kind !== 'read');
    const madeInMain = valueOfMainOnly(model, state);
    // What every process sets, or may set, is not missing in a worker.
    if (writes.some((use) => use.runs !== 'main' || use.unsure)) return [];
    if (writes.length === 0 && madeInMain === undefined) return [];

    const stale: StaleRead[] = [];
    const functions = new Set<WorkerRun>();
    for (const read of reads) {
      const run = workerRunOf(model, read.node);
      if (run === undefined || functions.has(run)) continue;
      const tolerates = (one: StateUse): boolean =>
        workerRunOf(model, one.node) === run && isSetAsSuch(writes, one) && toleratesAbsence(model, one);
      if (reads.some(tolerates)) continue;
      const write = writes.find(
        (use) => concerns(model, use, read) && !writesSharedInside(model, use, state),
      );
      const set = write?.place ?? madeInMain;
      if (set === undefined) continue;
      functions.add(run);
      stale.push({ state, read, run, set });
    }
    return stale;
  });
}

const writesSharedInside = (model: Model, use: StateUse, state: State): boolean =>
  (use.path.length > 0 || use.kind === 'change') && writesSharedValue(model, use, state.initial);

/** The initial value where children get none: `isMainProcess ? new Lock() : undefined`, or a `var` under a guard. */
function valueOfMainOnly(model: Model, state: State): ts.Node | undefined {
  if (state.initial === undefined) return undefined;
  if (guardAround(model, state.initial) === 'main') return state.initial;
  const node = unwrap(state.initial);
  if (ts.isConditionalExpression(node)) {
    const { whenTrue, whenFalse } = proofOf(model, node.condition);
    if (whenTrue && isNothing(node.whenFalse)) return node;
    return whenFalse && isNothing(node.whenTrue) ? node : undefined;
  }
  const isAnd =
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
  return isAnd && proofOf(model, node.left).whenTrue ? node : undefined;
}

const isNothing = (node: ts.Expression): boolean => /^(undefined|null|void 0)$/.test(unwrap(node).getText());

/** What is read is the very thing that is set, not an entry of it. */
const isSetAsSuch = (writes: readonly StateUse[], read: StateUse): boolean =>
  read.path.length === 0 ||
  writes.some((use) => use.path.join() === read.path.join() && !use.path.includes('*'));

/** The code does without the value where there is none: `x?.f()`, `x ?? 1`, `if (x) { ... }`, `if (!x) return`. */
function toleratesAbsence(model: Model, read: StateUse): boolean {
  let node: ts.Node = read.node;
  while (ts.isNonNullExpression(node.parent) || ts.isParenthesizedExpression(node.parent)) node = node.parent;
  const up = node.parent;
  const isAccess =
    ts.isPropertyAccessExpression(up) || ts.isElementAccessExpression(up) || ts.isCallExpression(up);
  if (isAccess && up.expression === node && up.questionDotToken) return true;
  if (read.method !== undefined) return ts.isCallExpression(read.place) && isOptional(read.place);
  if (ts.isBinaryExpression(up) && up.left === node && TOLERANT.has(up.operatorToken.kind)) return true;
  // A flag says what to do; for any other value the question is whether there is one.
  const isFlag =
    (model.checker.getTypeAtLocation(read.node).flags & ts.TypeFlags.BooleanLike) !== 0 ||
    isBooleanUnion(model, read.node);
  return !isFlag && isAskedFor(read.node);
}

const isOptional = (call: ts.CallExpression): boolean =>
  ts.isPropertyAccessExpression(call.expression) && call.expression.questionDotToken !== undefined;

const isBooleanUnion = (model: Model, node: ts.Expression): boolean => {
  const type = model.checker.getNonNullableType(model.checker.getTypeAtLocation(node));
  return (type.flags & ts.TypeFlags.BooleanLike) !== 0;
};

const TOLERANT = new Set([ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.BarBarToken]);

const EQUAL = new Set([ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.EqualsEqualsEqualsToken]);

/** The value is the condition of an `if` or the like that does not throw without it. */
function isAskedFor(node: ts.Expression): boolean {
  let condition: ts.Node = node;
  let negated = false;
  if (ts.isPrefixUnaryExpression(condition.parent)) {
    condition = condition.parent;
    negated = true;
  } else if (
    ts.isBinaryExpression(condition.parent) &&
    /^(undefined|null)$/.test(condition.parent.right.getText())
  ) {
    negated = EQUAL.has(condition.parent.operatorToken.kind);
    condition = condition.parent;
  }
  const up = condition.parent;
  if (ts.isConditionalExpression(up)) return up.condition === condition;
  if (ts.isBinaryExpression(up)) {
    return up.left === condition && up.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
  }
  if (!ts.isIfStatement(up) || up.expression !== condition) return false;
  return !(negated && /\bthrow\b/.test(up.thenStatement.getText()));
}
