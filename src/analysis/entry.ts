import { ts } from 'ts-morph';
import {
  type FunctionNode,
  isFunctionExpression,
  isStaticMember,
  mayBeFunction,
  placeText,
  shortText,
  shownName,
  unwrap,
} from './ast.ts';
import { calledRuntime, STARTING } from './calls.ts';
import { proofOf } from './guards.ts';
import type { Model } from './model.ts';
import { callsWithin } from './syntax.ts';

type Call = ts.CallExpression | ts.NewExpression;

/** A call that is looked for, such as one that starts processes, is reached. */
export interface Start {
  /** Expression in the code that was walked whose evaluation leads to it. */
  readonly node: Call;
  /** From there to the call: `main()`, `runInPool (pool.ts:4)`, `new Pool (pool.ts:5)`. */
  readonly chain: readonly string[];
  /** The call itself. */
  readonly call: Call;
}

/** What is looked for in code and in what that calls. */
export interface Goal {
  readonly isSought: (model: Model, call: Call) => boolean;
  /** Whether functions of a file may lead there. */
  readonly mayHold: (model: Model, file: ts.SourceFile) => boolean;
  readonly ofFunction: (model: Model, fn: FunctionNode & { body: ts.ConciseBody }) => Start | undefined;
  readonly ofClass: (model: Model, node: ts.ClassLikeDeclaration) => Start | undefined;
}

export function makeGoal(isSought: Goal['isSought'], mayHold: Goal['mayHold']): Goal {
  const goal: Goal = {
    isSought,
    mayHold,
    ofFunction: (model, fn) => startOfFunction(model, goal, fn),
    ofClass: (model, node) => startOfClass(model, goal, node),
  };
  return goal;
}

/** Starting processes. */
export const STARTS: Goal = makeGoal(
  (model, call) => {
    const name = calledRuntime(model, call);
    return name !== undefined && STARTING.has(name);
  },
  (model, file) => model.isCandidate(file),
);

/** Everything that a module starts while it is imported, at most one per statement at module level. */
export const startsOnImport = (model: Model, file: ts.SourceFile): readonly Start[] =>
  reachedOnImport(model, STARTS, file);

/** The first call that is looked for which code reaches when it runs, parts for the main process only left out. */
export const firstReached = (model: Model, goal: Goal, node: ts.Node): Start | undefined =>
  new Walk(model, goal).first(node);

/** Calls that are reached while a module is imported by a child, at most one per statement at module level. */
export function reachedOnImport(model: Model, goal: Goal, file: ts.SourceFile): readonly Start[] {
  const starts: Start[] = [];
  const walk = new Walk(model, goal);
  let guarded = false;
  for (const statement of file.statements) {
    if (!guarded) {
      const start = walk.first(statement);
      if (start) starts.push(start);
    }
    guarded ||= endsInChildren(model, statement);
  }
  return starts;
}

/** The first start that code reaches when it runs, guarded parts left out. */
class Walk {
  readonly #model: Model;
  readonly #goal: Goal;

  constructor(model: Model, goal: Goal) {
    this.#model = model;
    this.#goal = goal;
  }

  first(node: ts.Node): Start | undefined {
    if (ts.isFunctionLike(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return undefined;
    if (ts.isClassLike(node)) return this.#classStart(node);
    if (ts.isIfStatement(node))
      return this.#branches(node.expression, node.thenStatement, node.elseStatement);
    if (ts.isConditionalExpression(node))
      return this.#branches(node.condition, node.whenTrue, node.whenFalse);
    if (ts.isWhileStatement(node)) return this.#branches(node.expression, node.statement, undefined);
    if (ts.isBinaryExpression(node)) {
      const isAnd = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
      if (isAnd) return this.#branches(node.left, node.right, undefined);
      if (node.operatorToken.kind === ts.SyntaxKind.BarBarToken)
        return this.#branches(node.left, undefined, node.right);
    }
    if (ts.isBlock(node) || ts.isSourceFile(node) || ts.isCaseOrDefaultClause(node))
      return this.#sequence(node.statements);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return this.#call(node);
    return this.#children(node);
  }

  #children(node: ts.Node): Start | undefined {
    return ts.forEachChild(node, (child) => this.first(child));
  }

  #sequence(statements: readonly ts.Statement[]): Start | undefined {
    for (const statement of statements) {
      const start = this.first(statement);
      if (start) return start;
      if (endsInChildren(this.#model, statement)) return undefined;
    }
    return undefined;
  }

  #branches(condition: ts.Expression, yes: ts.Node | undefined, no: ts.Node | undefined): Start | undefined {
    const proof = proofOf(this.#model, condition);
    return (
      this.first(condition) ??
      (yes && !proof.whenTrue ? this.first(yes) : undefined) ??
      (no && !proof.whenFalse ? this.first(no) : undefined)
    );
  }

  /** What runs when a class is declared: static fields and blocks, decorators, the base class. */
  #classStart(node: ts.ClassLikeDeclaration): Start | undefined {
    for (const clause of node.heritageClauses ?? []) {
      const start = clause.token === ts.SyntaxKind.ExtendsKeyword ? this.#children(clause) : undefined;
      if (start) return start;
    }
    for (const decorator of ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : []) {
      const start = this.first(decorator.expression);
      if (start) return start;
    }
    for (const member of node.members) {
      let start: Start | undefined;
      if (ts.isClassStaticBlockDeclaration(member)) start = this.first(member.body);
      else if (ts.isPropertyDeclaration(member) && isStaticMember(member) && member.initializer)
        start = this.first(member.initializer);
      for (const decorator of ts.canHaveDecorators(member) ? (ts.getDecorators(member) ?? []) : []) {
        start ??= this.first(decorator.expression);
      }
      if (start) return start;
    }
    return undefined;
  }

  #call(node: ts.CallExpression | ts.NewExpression): Start | undefined {
    const name = calledRuntime(this.#model, node);
    if (this.#goal.isSought(this.#model, node)) return { node, chain: [shortText(node)], call: node };
    const callee = unwrap(node.expression);
    // An IIFE is code of the module: the place inside of it is what the user edits.
    if (isFunctionExpression(callee)) return this.#arguments(node) ?? this.first(callee.body);
    const inside = this.first(node.expression) ?? (name === 'runMain' ? undefined : this.#arguments(node));
    if (inside || name === 'runMain') return inside;

    const fn = ts.isNewExpression(node) ? undefined : this.#model.calledFunction(node);
    if (fn && !fn.getSourceFile().isDeclarationFile) {
      const reached = this.#model.once(this.#goal.ofFunction, fn, undefined);
      if (reached) return passedOn(node, reached);
      for (const index of this.#model.once(calledParameters, fn, new Set<number>())) {
        const start = this.#callback(node, node.arguments?.[index]);
        if (start) return this.#isTold(node) ? undefined : start;
      }
      return undefined;
    }
    if (ts.isNewExpression(node)) {
      const declaration = this.#model.classOf(node.expression);
      const reached = declaration && this.#model.once(this.#goal.ofClass, declaration, undefined);
      return reached && passedOn(node, reached);
    }
    if (!mayRunCallbacks(node)) return undefined;
    for (const argument of node.arguments) {
      const start = this.#callback(node, argument);
      if (start) return runsCallbacks(this.#model, node) ? start : undefined;
    }
    return undefined;
  }

  /** `unless(isChild, main)`: a helper that is told which process this is decides by it. */
  #isTold(node: Call): boolean {
    return (node.arguments ?? []).some((argument) => {
      const { whenTrue, whenFalse } = proofOf(this.#model, argument);
      return whenTrue !== whenFalse;
    });
  }

  #arguments(node: ts.CallExpression | ts.NewExpression): Start | undefined {
    for (const argument of node.arguments ?? []) {
      const start = this.first(argument);
      if (start) return start;
    }
    return undefined;
  }

  #callback(
    call: ts.CallExpression | ts.NewExpression,
    argument: ts.Expression | undefined,
  ): Start | undefined {
    const fn = argument && this.#model.functionOf(argument);
    if (!fn || fn.getSourceFile().isDeclarationFile) return undefined;
    const inline = argument && unwrap(argument) === fn;
    if (inline) return this.first(fn.body);
    const reached = this.#model.once(this.#goal.ofFunction, fn, undefined);
    return reached && passedOn(call, reached);
  }
}

const passedOn = (node: Call, reached: Start): Start => ({
  ...reached,
  node,
  chain: [shortText(node), ...reached.chain],
});

/** What leads from a call of the function to what is looked for, or undefined when nothing does. */
function startOfFunction(
  model: Model,
  goal: Goal,
  fn: FunctionNode & { body: ts.ConciseBody },
): Start | undefined {
  if (!goal.mayHold(model, fn.getSourceFile())) return undefined;
  const start = new Walk(model, goal).first(fn.body);
  return start && describe(fn, start);
}

/** The same for `new X()`: field initializers, the constructor, then the base class. */
function startOfClass(model: Model, goal: Goal, node: ts.ClassLikeDeclaration): Start | undefined {
  if (!goal.mayHold(model, node.getSourceFile())) return undefined;
  const walk = new Walk(model, goal);
  for (const member of node.members) {
    let start: Start | undefined;
    if (ts.isPropertyDeclaration(member) && !isStaticMember(member) && member.initializer)
      start = walk.first(member.initializer);
    else if (ts.isConstructorDeclaration(member) && member.body) start = walk.first(member.body);
    if (start) return describe(node, start);
  }
  const base = model.baseOf(node);
  const declaration = base && model.classOf(base);
  return declaration && model.once(goal.ofClass, declaration, undefined);
}

function describe(holder: ts.Node, start: Start): Start {
  const [first, ...rest] = start.chain;
  const own = `${first} (${placeText(start.node)})`;
  const chain = [`${shownName(holder) ?? 'a function'} (${placeText(holder)})`, own, ...rest].slice(0, 8);
  return { ...start, chain };
}

/** Parameters that a function calls, or hands to something that calls them, outside of any guard. */
function calledParameters(model: Model, fn: FunctionNode & { body: ts.ConciseBody }): ReadonlySet<number> {
  const called = new Set<number>();
  const names = new Set(fn.parameters.filter(mayBeFunction).map(({ name }) => name.getText()));
  const isNamed = (node: ts.Expression): boolean => {
    const inner = unwrap(node);
    return ts.isIdentifier(inner) && names.has(inner.text);
  };
  // Only what is around such calls has to be understood, for which the compiler is asked.
  const calls = callsWithin(fn.body).filter(
    (call) => ts.isCallExpression(call) && (isNamed(call.expression) || call.arguments.some(isNamed)),
  );
  if (calls.length === 0) return called;
  const holdsCall = ({ pos, end }: ts.Node): boolean =>
    calls.some((call) => call.pos >= pos && call.end <= end);
  const indexOf = (node: ts.Expression): number => {
    const declaration = ts.isIdentifier(node) ? model.symbolAt(node)?.valueDeclaration : undefined;
    return declaration && ts.isParameter(declaration) && declaration.parent === fn
      ? fn.parameters.indexOf(declaration)
      : -1;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && !(holdsCall(node) && isRunInside(model, node))) return;
    if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
      const [condition, yes, no] = ts.isIfStatement(node)
        ? [node.expression, node.thenStatement, node.elseStatement]
        : [node.condition, node.whenTrue, node.whenFalse];
      const proof = proofOf(model, condition);
      visit(condition);
      if (!proof.whenTrue) visit(yes);
      if (no && !proof.whenFalse) visit(no);
      return;
    }
    const isAnd =
      ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
    if (isAnd && proofOf(model, node.left).whenTrue) return;
    if (ts.isBlock(node)) {
      for (const statement of node.statements) {
        visit(statement);
        if (endsInChildren(model, statement)) return;
      }
      return;
    }
    if (ts.isCallExpression(node)) {
      if (calledRuntime(model, node) === 'runMain') return;
      const index = indexOf(unwrap(node.expression));
      if (index >= 0) called.add(index);
      const inner = model.calledFunction(node);
      const passed = inner ? model.once(calledParameters, inner, new Set<number>()) : undefined;
      node.arguments.forEach((argument, position) => {
        const own = indexOf(unwrap(argument));
        if (own >= 0 && (passed ? passed.has(position) : runsCallbacks(model, node))) called.add(own);
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(fn.body);
  return called;
}

/** A function in another one is called there, or by what it is handed to, and not kept for later. */
function isRunInside(model: Model, fn: ts.Node): boolean {
  let node = fn;
  while (ts.isParenthesizedExpression(node.parent)) node = node.parent;
  const call = node.parent;
  if (ts.isNewExpression(call)) return mayRunCallbacks(call);
  if (!ts.isCallExpression(call)) return false;
  if (call.expression === node) return true;
  const inner = model.calledFunction(call);
  return inner
    ? model
        .once(calledParameters, inner, new Set<number>())
        .has(call.arguments.indexOf(node as ts.Expression))
    : runsCallbacks(model, call);
}

/** True when a statement leaves the module or function in every process but the main one. */
export function endsInChildren(model: Model, statement: ts.Statement): boolean {
  if (ts.isExpressionStatement(statement) && ts.isBinaryExpression(statement.expression)) {
    const { left, right, operatorToken } = statement.expression; // isMainProcess || process.exit();
    const isOr = operatorToken.kind === ts.SyntaxKind.BarBarToken;
    return isOr && EXIT.test(right.getText()) && proofOf(model, left).whenTrue;
  }
  if (!ts.isIfStatement(statement)) return false;
  const proof = proofOf(model, statement.expression);
  if (proof.whenFalse && leaves(statement.thenStatement)) return true;
  return proof.whenTrue && statement.elseStatement !== undefined && leaves(statement.elseStatement);
}

const EXIT = /^(await )?process\.(exit|abort|reallyExit)\(/;

export function leaves(statement: ts.Statement): boolean {
  if (ts.isReturnStatement(statement) || ts.isThrowStatement(statement)) return true;
  if (ts.isBlock(statement)) return statement.statements.some(leaves);
  return ts.isExpressionStatement(statement) && EXIT.test(statement.expression.getText());
}

/** Functions of the language and of Node that call what they are given, now or soon after. Events and tests do not count. */
function runsCallbacks(model: Model, node: ts.CallExpression | ts.NewExpression): boolean {
  if (!mayRunCallbacks(node)) return false;
  const declaration = model.symbolAt(calleeName(node))?.declarations?.[0];
  return declaration === undefined || declaration.getSourceFile().isDeclarationFile;
}

/** Told by the name alone. */
function mayRunCallbacks(node: ts.CallExpression | ts.NewExpression): boolean {
  const name = calleeName(node);
  return ts.isIdentifier(name) && CALLING.has(name.text);
}

function calleeName(node: ts.CallExpression | ts.NewExpression): ts.Node {
  const callee = unwrap(node.expression);
  return ts.isPropertyAccessExpression(callee) ? callee.name : callee;
}

const CALLING = new Set([
  'then',
  'catch',
  'finally',
  'queueMicrotask',
  'setTimeout',
  'setImmediate',
  'setInterval',
  'nextTick',
  'map',
  'forEach',
  'flatMap',
  'filter',
  'reduce',
  'reduceRight',
  'some',
  'every',
  'find',
  'from',
  'Promise',
  'call',
  'apply',
]);
