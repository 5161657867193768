import { ts } from 'ts-morph';
import { isFunctionExpression, unwrap } from '../ast.ts';
import type { Model } from '../model.ts';
import { type FlowRoot, runsAtOnce } from './immediate.ts';

/** What is carried along the paths of a function. States are immutable. */
export interface FlowClient<S> {
  /** The state after a node was evaluated, its parts before it; for a `catch`, the state at its end. */
  after(node: ts.Node, state: S): S;
  /** Two paths meet. */
  merge(a: S, b: S): S;
  same(a: S, b: S): boolean;
  /** The state where a condition came out as `outcome`. */
  assume?(condition: ts.Expression, outcome: boolean, state: S): S;
  /** A `using` declaration leaves its block. */
  dispose?(declaration: ts.VariableDeclaration, state: S): S;
  /** A call begins to run a callback. */
  enter?(call: ts.CallExpression | ts.NewExpression, state: S): S;
  /** It has run it; `before` is the state that `enter` got. */
  leave?(call: ts.CallExpression | ts.NewExpression, before: S, after: S): S;
  /** False for a node that is known not to throw. Asked for calls, `new` and `await`. */
  mayThrow?(node: ts.Node): boolean;
}

/** One way out of a function or module. `end` is the end of its text. */
export interface Exit<S> {
  readonly kind: 'return' | 'throw' | 'end';
  readonly node: ts.Node;
  readonly state: S;
}

interface Leaving<S> {
  readonly kind: 'return' | 'throw' | 'break' | 'continue';
  readonly node: ts.Node;
  readonly label: string | undefined;
  readonly state: S;
}

/** Rounds through a loop before its state counts as settled. */
const MAX_ROUNDS = 4;
/** Ways out of one `try` that are kept apart. */
const MAX_LEAVING = 48;

/**
 * Walks over the statements of a root in the order in which they run and carries a state along every path: branches, loops,
 * `switch`, `try`, `using`, early exits, and callbacks that a call runs at once. Nodes in loops and `finally` are visited
 * several times. Returns the ways out.
 */
export function walkFlow<S>(model: Model, root: FlowRoot, client: FlowClient<S>, start: S): Exit<S>[] {
  return new Walk(model, client).root(root, start);
}

class Walk<S> {
  readonly #model: Model;
  readonly #client: FlowClient<S>;
  #leaving: Leaving<S>[] = [];

  constructor(model: Model, client: FlowClient<S>) {
    this.#model = model;
    this.#client = client;
  }

  root(root: FlowRoot, start: S): Exit<S>[] {
    let end: S | undefined;
    if (ts.isSourceFile(root)) end = this.#sequence(root.statements, start);
    else if (ts.isBlock(root.body)) end = this.#sequence(root.body.statements, start);
    else end = this.#expression(root.body, start);
    const exits: Exit<S>[] = [];
    for (const { kind, node, state } of this.#leaving)
      if (kind === 'return' || kind === 'throw') exits.push({ kind, node, state });
    if (end !== undefined) exits.push({ kind: 'end', node: root, state: end });
    return exits;
  }

  #merge(a: S | undefined, b: S | undefined): S | undefined {
    if (a === undefined) return b;
    return b === undefined ? a : this.#client.merge(a, b);
  }

  #leave(kind: Leaving<S>['kind'], node: ts.Node, state: S, label?: string): void {
    if (kind === 'throw' && this.#leaving.length >= MAX_LEAVING) {
      const last = this.#leaving.findLastIndex((one) => one.kind === 'throw');
      const known = this.#leaving[last];
      if (known) {
        this.#leaving[last] = { ...known, state: this.#client.merge(known.state, state) };
        return;
      }
    }
    this.#leaving.push({ kind, node, state, label });
  }

  /** Runs `body` and gives what left it apart from what it left by its end. */
  #apart(body: () => S | undefined): { end: S | undefined; leaving: Leaving<S>[] } {
    const outer = this.#leaving;
    this.#leaving = [];
    const end = body();
    const leaving = this.#leaving;
    this.#leaving = outer;
    return { end, leaving };
  }

  #sequence(statements: readonly ts.Statement[], start: S): S | undefined {
    const disposed = statements.flatMap(usingDeclarations);
    if (disposed.length === 0) return this.#inOrder(statements, start);
    const dispose = (state: S): S =>
      disposed.reduceRight((s, one) => this.#client.dispose?.(one, s) ?? s, state);
    const { end, leaving } = this.#apart(() => this.#inOrder(statements, start));
    for (const one of leaving) this.#leaving.push({ ...one, state: dispose(one.state) });
    return end === undefined ? undefined : dispose(end);
  }

  #inOrder(statements: readonly ts.Statement[], start: S): S | undefined {
    let state: S | undefined = start;
    for (const statement of statements) {
      if (state === undefined) return undefined;
      state = this.#statement(statement, state);
    }
    return state;
  }

  #statement(node: ts.Statement, state: S, label?: string): S | undefined {
    if (ts.isBlock(node)) return this.#sequence(node.statements, state);
    if (ts.isExpressionStatement(node)) {
      const after = this.#expression(node.expression, state);
      return isProcessEnd(node.expression) ? undefined : after;
    }
    if (ts.isVariableStatement(node)) return this.#variables(node.declarationList, state);
    if (ts.isIfStatement(node)) {
      const [yes, no] = this.#condition(node.expression, state);
      const then = this.#statement(node.thenStatement, yes);
      return this.#merge(then, node.elseStatement ? this.#statement(node.elseStatement, no) : no);
    }
    if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) {
      const after = node.expression ? this.#expression(node.expression, state) : state;
      this.#leave(ts.isReturnStatement(node) ? 'return' : 'throw', node, after);
      return undefined;
    }
    if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
      this.#leave(ts.isBreakStatement(node) ? 'break' : 'continue', node, state, node.label?.text);
      return undefined;
    }
    if (ts.isLabeledStatement(node)) {
      const { end, leaving } = this.#apart(() => this.#statement(node.statement, state, node.label.text));
      return this.#settle(leaving, end, (one) => one.kind === 'break' && one.label === node.label.text);
    }
    if (ts.isIterationStatement(node, false)) return this.#loop(node, state, label);
    if (ts.isSwitchStatement(node)) return this.#switch(node, state);
    if (ts.isTryStatement(node)) return this.#try(node, state);
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return state;
    if (ts.isExportAssignment(node)) return this.#expression(node.expression, state);
    return state;
  }

  /** Takes the exits that `ends` picks back into the flow and hands the others on. */
  #settle(leaving: Leaving<S>[], end: S | undefined, ends: (one: Leaving<S>) => boolean): S | undefined {
    let state = end;
    for (const one of leaving) {
      if (ends(one)) state = this.#merge(state, one.state);
      else this.#leaving.push(one);
    }
    return state;
  }

  #variables(list: ts.VariableDeclarationList, start: S): S {
    let state = start;
    for (const declaration of list.declarations) {
      if (declaration.initializer) state = this.#expression(declaration.initializer, state);
      state = this.#client.after(declaration, state);
    }
    return state;
  }

  #condition(condition: ts.Expression, state: S): [S, S] {
    const after = this.#expression(condition, state);
    const assume = this.#client.assume?.bind(this.#client);
    return assume ? [assume(condition, true, after), assume(condition, false, after)] : [after, after];
  }

  #loop(node: ts.IterationStatement, start: S, label: string | undefined): S | undefined {
    let entry = start;
    if (ts.isForStatement(node) && node.initializer) {
      entry = ts.isVariableDeclarationList(node.initializer)
        ? this.#variables(node.initializer, entry)
        : this.#expression(node.initializer, entry);
    } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      entry = this.#expression(node.expression, entry);
    }
    const before = entry;
    let out: S | undefined;
    let leaving: Leaving<S>[] = [];
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let next: S | undefined;
      ({ end: next, leaving } = this.#apart(() => {
        const result = this.#round(node, entry, label);
        out = result.out;
        return result.next;
      }));
      const merged = this.#merge(before, next) as S;
      if (this.#client.same(merged, entry)) break;
      entry = merged;
    }
    return this.#settle(leaving, out, (one) => one.kind === 'break' && isFor(one, label));
  }

  /** One pass through a loop: the state at its next beginning, and the one after its condition failed. */
  #round(
    node: ts.IterationStatement,
    entry: S,
    label: string | undefined,
  ): { next: S | undefined; out: S | undefined } {
    const body = (state: S): S | undefined => {
      const { end, leaving } = this.#apart(() => this.#statement(node.statement, state));
      return this.#settle(leaving, end, (one) => one.kind === 'continue' && isFor(one, label));
    };
    if (ts.isDoStatement(node)) {
      const end = body(entry);
      if (end === undefined) return { next: undefined, out: undefined };
      const [yes, no] = this.#condition(node.expression, end);
      return { next: isTrue(node.expression) ? end : yes, out: isTrue(node.expression) ? undefined : no };
    }
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      const given = this.#client.after(node, entry);
      return { next: body(given), out: given };
    }
    const condition = ts.isWhileStatement(node) ? node.expression : (node as ts.ForStatement).condition;
    const [yes, no] = condition ? this.#condition(condition, entry) : [entry, entry];
    let next = body(yes);
    if (ts.isForStatement(node) && node.incrementor && next !== undefined)
      next = this.#expression(node.incrementor, next);
    return { next, out: condition === undefined || isTrue(condition) ? undefined : no };
  }

  #switch(node: ts.SwitchStatement, start: S): S | undefined {
    const state = this.#expression(node.expression, start);
    const { end, leaving } = this.#apart(() => {
      let through: S | undefined;
      for (const clause of node.caseBlock.clauses)
        through = this.#sequence(clause.statements, this.#merge(state, through) as S);
      const complete = node.caseBlock.clauses.some(ts.isDefaultClause);
      return complete ? through : this.#merge(through, state);
    });
    return this.#settle(leaving, end, (one) => one.kind === 'break' && one.label === undefined);
  }

  #try(node: ts.TryStatement, start: S): S | undefined {
    const { catchClause, finallyBlock } = node;
    let { end, leaving } = this.#apart(() => this.#sequence(node.tryBlock.statements, start));
    if (catchClause) {
      const thrown = leaving.filter((one) => one.kind === 'throw');
      const others = leaving.filter((one) => one.kind !== 'throw');
      const caught = thrown.reduce<S | undefined>((state, one) => this.#merge(state, one.state), undefined);
      const handled = this.#apart(() => this.#sequence(catchClause.block.statements, caught ?? start));
      const survived = handled.end === undefined ? undefined : this.#client.after(catchClause, handled.end);
      end = caught === undefined ? end : this.#merge(end, survived);
      leaving = [...others, ...(caught === undefined ? [] : handled.leaving)];
    }
    if (!finallyBlock) {
      this.#leaving.push(...leaving);
      return end;
    }
    for (const one of leaving) {
      const state = this.#sequence(finallyBlock.statements, one.state);
      if (state !== undefined) this.#leaving.push({ ...one, state });
    }
    return end === undefined ? undefined : this.#sequence(finallyBlock.statements, end);
  }

  #expression(node: ts.Node, state: S): S {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isTypeNode(node)) return state;
    if (ts.isConditionalExpression(node)) {
      const [yes, no] = this.#condition(node.condition, state);
      return this.#client.merge(this.#expression(node.whenTrue, yes), this.#expression(node.whenFalse, no));
    }
    if (ts.isBinaryExpression(node) && isShortCircuit(node.operatorToken.kind)) {
      const [yes, no] = this.#condition(node.left, state);
      const isAnd = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
      const isOr = node.operatorToken.kind === ts.SyntaxKind.BarBarToken;
      const right = this.#expression(node.right, isAnd ? yes : isOr ? no : this.#client.merge(yes, no));
      return this.#client.merge(isAnd ? no : isOr ? yes : this.#client.merge(yes, no), right);
    }
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return this.#call(node, state);
    let after = state;
    ts.forEachChild(node, (child) => {
      after = this.#expression(child, after);
    });
    if (ts.isAwaitExpression(node) || ts.isYieldExpression(node)) this.#mayThrow(node, after);
    return this.#client.after(node, after);
  }

  #mayThrow(node: ts.Node, state: S): void {
    if (this.#client.mayThrow?.(node) !== false) this.#leave('throw', node, state);
  }

  #call(node: ts.CallExpression | ts.NewExpression, start: S): S {
    let state = this.#expression(node.expression, start);
    const callbacks: (ts.ArrowFunction | ts.FunctionExpression)[] = [];
    for (const part of [node.expression, ...(node.arguments ?? [])]) {
      const value = unwrap(part);
      if (isFunctionExpression(value) && runsAtOnce(this.#model, value)) callbacks.push(value);
      else if (part !== node.expression) state = this.#expression(part, state);
    }
    for (const callback of callbacks) {
      const runs = runsAtOnce(this.#model, callback)?.runs;
      const inside = this.#client.enter?.(node, state) ?? state;
      const end = this.#callback(callback, inside, runs === 'many');
      state = this.#client.leave?.(node, state, end) ?? end;
    }
    this.#mayThrow(node, state);
    return this.#client.after(node, state);
  }

  #callback(fn: ts.ArrowFunction | ts.FunctionExpression, start: S, many: boolean): S {
    let state = start;
    for (let round = 0; round < (many ? MAX_ROUNDS : 1); round++) {
      const { end, leaving } = this.#apart(() =>
        ts.isBlock(fn.body) ? this.#sequence(fn.body.statements, state) : this.#expression(fn.body, state),
      );
      const next = this.#settle(leaving, end, (one) => one.kind === 'return');
      const merged = many ? this.#merge(start, next) : next;
      if (merged === undefined || this.#client.same(merged, state)) return merged ?? state;
      state = merged;
    }
    return state;
  }
}

const isFor = <S>(one: Leaving<S>, label: string | undefined): boolean =>
  one.label === undefined || one.label === label;

const isTrue = (condition: ts.Expression): boolean => unwrap(condition).kind === ts.SyntaxKind.TrueKeyword;

const isShortCircuit = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.AmpersandAmpersandToken ||
  kind === ts.SyntaxKind.BarBarToken ||
  kind === ts.SyntaxKind.QuestionQuestionToken;

const isProcessEnd = (node: ts.Expression): boolean =>
  ts.isCallExpression(node) && /^process\.(exit|abort)$/.test(node.expression.getText());

/** Declarations of a statement that are disposed of at the end of its block. */
export function usingDeclarations(statement: ts.Statement): readonly ts.VariableDeclaration[] {
  return ts.isVariableStatement(statement) && isUsing(statement.declarationList)
    ? statement.declarationList.declarations
    : [];
}

/** True for `using x = ...` and `await using x = ...`. */
export const isUsing = (list: ts.Node): boolean =>
  ts.isVariableDeclarationList(list) && (list.flags & ts.NodeFlags.Using) !== 0;
