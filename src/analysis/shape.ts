import { ts } from 'ts-morph';
import { isFunctionExpression, propertyName, unwrap } from './ast.ts';
import { isRegistered } from './classes.ts';
import { isExported } from './exports.ts';
import { instanceFields } from './fields.ts';
import { lossesOfType, lostSymbol, symbolKey, type TypeLoss } from './loss-type.ts';
import type { Model } from './model.ts';
import { FUNCTION_ADVICE, TypeJudge } from './shape-type.ts';
import { type Access, type Origin, startState, type TraceState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

/** A part of a value that cannot cross to another process. */
export interface Fault {
  /** How the source calls the part: `options.onProgress`. */
  readonly path: string;
  /** `a function`, `a Promise`. */
  readonly what: string;
  readonly advice: string;
  /** Where the part is made or declared. */
  readonly node: ts.Node;
}

/** A part of a value that arrives changed without an error, or memory that threads share. */
export interface Loss extends TypeLoss {
  /** Where the part is made or declared. */
  readonly node: ts.Node;
}

/** A part of a parameter that is sent. */
export interface ParameterUse {
  readonly node: ts.ParameterDeclaration;
  readonly accesses: readonly Access[];
}

export interface Judgement {
  readonly faults: readonly Fault[];
  readonly losses: readonly Loss[];
  readonly parameters: readonly ParameterUse[];
  /** Functions sent by reference: the receiver imports their modules. */
  readonly references: readonly ts.SourceFile[];
}

interface Sent {
  readonly expression: ts.Expression;
  readonly accesses: readonly Access[];
  readonly label: string;
}

const MAX_FAULTS = 5;
const MAX_LOSSES = 20;
const ENVIRONMENT_ADVICE = 'send { ...process.env }';

/** What of a value that is sent cannot cross. The visible value wins over its declared type. */
export function judge(
  model: Model,
  sent: Sent,
  hasCallers?: (parameter: ts.ParameterDeclaration) => boolean,
): Judgement {
  const judging = new ShapeJudge(model, hasCallers ?? (() => true));
  judging.follow(sent.expression, sent.accesses, startState(labelOf(sent)), 0);
  return judging;
}

/** The same for a result of a function: a promise is awaited before what it gives is sent back. */
export function judgeResult(model: Model, expression: ts.Expression): Judgement {
  return model.once(judgeReturned, expression, NOTHING);
}

const NOTHING: Judgement = { faults: [], losses: [], parameters: [], references: [] };

function judgeReturned(model: Model, expression: ts.Expression): Judgement {
  const judging = new ShapeJudge(model, () => true);
  judging.followResult(expression, startState(labelOf({ expression, accesses: [], label: 'result' })));
  return judging;
}

function labelOf({ expression, accesses, label }: Sent): string {
  const node = unwrap(expression);
  const named = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
  const listed = accesses.every((step) => step.kind === 'element');
  return named && listed && node.getText().length <= 60
    ? node.getText() + '[*]'.repeat(accesses.length)
    : label;
}

class ShapeJudge implements Judgement {
  readonly faults: Fault[] = [];
  readonly #lost: Loss[] = [];
  readonly parameters: ParameterUse[] = [];
  readonly references: ts.SourceFile[] = [];
  readonly #model: Model;
  readonly #hasCallers: (parameter: ts.ParameterDeclaration) => boolean;
  readonly #seen = new Set<ts.Node>();
  /** True while the whole value is judged, of which only what a promise gives is sent. */
  #awaited = false;

  constructor(model: Model, hasCallers: (parameter: ts.ParameterDeclaration) => boolean) {
    this.#model = model;
    this.#hasCallers = hasCallers;
  }

  /** What is refused never arrives, so that nothing of it can be lost. */
  get losses(): readonly Loss[] {
    return this.#lost.filter((loss) => !this.faults.some((fault) => fault.path.startsWith(loss.path)));
  }

  /** What a function gets may be given back as it came: it was judged where it was sent. */
  followResult(expression: ts.Expression, state: TraceState): void {
    new Trace(this.#model, (origin) => {
      if (origin.kind === 'parameter') return;
      this.#awaited = true;
      this.#judge(origin, 0);
    }).followAwaited(expression, [], state);
  }

  follow(expression: ts.Expression, accesses: readonly Access[], state: TraceState, level: number): void {
    if (level > 6 || this.faults.length >= MAX_FAULTS) return;
    new Trace(this.#model, (origin) => this.#judge(origin, level)).follow(expression, accesses, state);
  }

  #judge(origin: Origin, level: number): void {
    const { state } = origin;
    if (origin.kind === 'expression') this.#expression(origin.node, origin.omit, state, level);
    else if (origin.kind === 'declaration') this.#declaration(origin.node, state);
    else if (origin.kind === 'parameter') {
      this.parameters.push({ node: origin.node, accesses: origin.accesses });
      const isLast = !this.#hasCallers(origin.node);
      this.#type(origin.at.node, origin.at.accesses, state, isLast, isLast);
    } else this.#type(origin.node, origin.accesses, state, true);
  }

  #expression(
    node: ts.Expression | ts.MethodDeclaration,
    omit: readonly string[],
    state: TraceState,
    level: number,
  ): void {
    if (this.#seen.has(node)) return;
    this.#seen.add(node);
    if (!ts.isNewExpression(node) && !isTypeOnly(node)) this.#awaited = false;
    if (isFunctionExpression(node) || ts.isMethodDeclaration(node) || ts.isClassExpression(node))
      this.#function(node, state);
    else if (ts.isObjectLiteralExpression(node)) this.#object(node, omit, state, level);
    else if (ts.isArrayLiteralExpression(node)) {
      node.elements.forEach((element, index) => {
        const below = { ...state, label: `${state.label}[${index}]`, labelFixed: true };
        if (ts.isSpreadElement(element))
          this.follow(element.expression, [{ kind: 'element' }], below, level + 1);
        else this.follow(element, [], below, level + 1);
      });
    } else if (ts.isNewExpression(node)) this.#new(node, state, level);
    else if (!isPrimitive(node)) this.#type(node, [], state, !ts.isCallExpression(node));
  }

  #object(node: ts.ObjectLiteralExpression, omit: readonly string[], state: TraceState, level: number): void {
    // What is written last wins, but the first fault in the source is told first.
    const done = new Set(omit);
    const wins: (() => void)[] = [];
    for (const property of [...node.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const later = new Set(done);
        wins.unshift(() => this.#spread(property.expression, later, state, level));
        continue;
      }
      const name = propertyName(property.name);
      if (name === undefined && this.#symbolKey(property, state)) continue;
      if (name !== undefined) {
        if (done.has(name)) continue;
        done.add(name);
      }
      const label = `${state.label}${name === undefined ? '[*]' : `.${name}`}`;
      const below = { ...state, label, labelFixed: true };
      wins.unshift(() => this.#member(property, below, level));
    }
    for (const win of wins) win();
  }

  /** A member under a symbol is not sent. */
  #symbolKey(property: ts.ObjectLiteralElementLike, state: TraceState): boolean {
    const key = symbolKey(this.#model, property);
    if (key?.isData === true) this.#lose({ ...lostSymbol(key, state.label), node: property });
    return key !== undefined;
  }

  #member(property: ts.ObjectLiteralElementLike, below: TraceState, level: number): void {
    if (ts.isPropertyAssignment(property)) this.follow(property.initializer, [], below, level + 1);
    else if (ts.isShorthandPropertyAssignment(property)) this.follow(property.name, [], below, level + 1);
    else if (ts.isMethodDeclaration(property)) this.#function(property, below);
  }

  /** The members of `...x` are sent, not `x` itself: `{ ...process.env }` is fine. */
  #spread(expression: ts.Expression, done: ReadonlySet<string>, state: TraceState, level: number): void {
    new Trace(this.#model, (origin) => {
      if (origin.kind === 'expression' && ts.isObjectLiteralExpression(origin.node)) {
        this.#object(origin.node, [...done, ...origin.omit], origin.state, level + 1);
      } else if (origin.kind === 'parameter' && origin.accesses.length === 0) {
        this.parameters.push({ node: origin.node, accesses: [{ kind: 'omit', names: [...done] }] });
      }
    }).follow(expression, [], { ...state, labelFixed: true });
  }

  #new(node: ts.NewExpression, state: TraceState, level: number): void {
    const declaration = this.#model.classOf(node.expression);
    if (declaration !== undefined && !declaration.getSourceFile().isDeclarationFile) {
      if (this.#model.runtimeClass(node.expression) !== undefined || isRegistered(this.#model, declaration))
        return;
      this.#awaited = false;
      this.#losses(this.#model.checker.getTypeAtLocation(node), node, state);
      for (const field of instanceFields(this.#model, declaration, node)) {
        const below = { ...state, label: `${state.label}.${field.name}`, labelFixed: true };
        if (field.value) this.follow(field.value, [], below, level + 1);
      }
      if (this.faults.length === 0) this.#type(node, [], state, true);
      return;
    }
    const name = ts.isIdentifier(node.expression) ? node.expression.text : '';
    const argument = node.arguments?.[0];
    if (name === 'Proxy' && declaration === undefined) {
      this.#fault(state, 'a Proxy', 'send the plain object that it wraps', node);
    } else if (name === 'Function' && declaration === undefined) {
      this.#fault(state, 'a function', 'send its source text, and make it there', node);
    } else if ((name === 'Map' || name === 'Set') && argument) {
      const element: Access[] =
        name === 'Map' ? [{ kind: 'element' }, { kind: 'element' }] : [{ kind: 'element' }];
      this.#awaited = false;
      this.follow(
        argument,
        element,
        { ...state, label: `${state.label}${name === 'Map' ? '.get(…)' : '.values()'}`, labelFixed: true },
        level + 1,
      );
    } else this.#type(node, [], state, false);
  }

  #declaration(node: ts.Declaration, state: TraceState): void {
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isMethodDeclaration(node))
      this.#function(node, state);
    else if (ts.isSourceFile(node)) {
      this.#fault(
        state,
        'a module namespace',
        'send the members that the worker needs, or import the module there',
        node,
      );
    }
  }

  /** A function crosses by reference when a module exports it. */
  #function(node: ts.Node, state: TraceState): void {
    // What an exported arrow function gives, as in `(a) => (b) => a + b`, is not exported with it.
    const holder = ts.isFunctionLike(node.parent) ? node : node.parent;
    if (state.exported || isExported(this.#model, node) || isExported(this.#model, holder)) {
      this.references.push(node.getSourceFile());
      return;
    }
    this.#fault(
      state,
      ts.isClassLike(node) ? 'a class that no module exports' : 'a function',
      FUNCTION_ADVICE,
      node,
    );
  }

  /** What is lost is told once: where the value is made, or at the last function that it is a parameter of. */
  #type(
    node: ts.Expression,
    accesses: readonly Access[],
    state: TraceState,
    trustFunctions: boolean,
    tellsLosses = true,
  ): void {
    if (accesses.length === 0 && isProcessEnv(node)) {
      this.#fault(state, 'an exotic object of Node', ENVIRONMENT_ADVICE, node);
      return;
    }
    const judging = new TypeJudge(this.#model, node, trustFunctions);
    const part = judging.part(this.#model.checker.getTypeAtLocation(node), accesses);
    if (part === undefined || part.flags & UNTOLD) this.#model.unknown.add(node);
    const type = part && this.#awaited ? this.#model.checker.getAwaitedType(part) : part;
    this.#awaited = false;
    if (type && tellsLosses) this.#losses(type, node, state);
    const fault = type && !isRegisteredType(this.#model, type) ? judging.fault(type) : undefined;
    if (fault)
      this.#fault(
        { ...state, label: state.label + fault.path },
        fault.what,
        fault.advice,
        fault.node ?? node,
      );
  }

  #losses(type: ts.Type, node: ts.Node, state: TraceState): void {
    for (const loss of lossesOfType(this.#model, type, node))
      this.#lose({ ...loss, path: state.label + loss.path, node });
  }

  #lose(loss: Loss): void {
    if (this.#lost.length >= MAX_LOSSES) return;
    if (!this.#lost.some((known) => known.path === loss.path && known.name === loss.name))
      this.#lost.push(loss);
  }

  #fault(state: TraceState, what: string, advice: string, node: ts.Node): void {
    if (this.faults.some((known) => known.path === state.label)) return;
    this.faults.push({ path: state.label, what, advice, node });
  }
}

/** Types of values of which nothing is known. */
const UNTOLD = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter;

/** What gives text, a number, a truth value or nothing whatever it is made from, so that its type need not be found. */
const isPrimitive = (node: ts.Expression): boolean =>
  ts.isLiteralExpression(node) ||
  (ts.isBinaryExpression(node) && COMPUTING.has(node.operatorToken.kind)) ||
  PRIMITIVES.has(node.kind);

const PRIMITIVES: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.NullKeyword,
  ts.SyntaxKind.PrefixUnaryExpression,
  ts.SyntaxKind.PostfixUnaryExpression,
  ts.SyntaxKind.TypeOfExpression,
  ts.SyntaxKind.VoidExpression,
  ts.SyntaxKind.DeleteExpression,
]);

const COMPUTING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.AmpersandToken,
  ts.SyntaxKind.BarToken,
  ts.SyntaxKind.CaretToken,
  ts.SyntaxKind.LessThanLessThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.InKeyword,
  ts.SyntaxKind.InstanceOfKeyword,
]);

/** An expression of which only the type is looked at. */
const isTypeOnly = (node: ts.Node): boolean =>
  !isFunctionExpression(node) &&
  !ts.isMethodDeclaration(node) &&
  !ts.isClassExpression(node) &&
  !ts.isObjectLiteralExpression(node) &&
  !ts.isArrayLiteralExpression(node);

const isProcessEnv = (node: ts.Expression): boolean =>
  ts.isPropertyAccessExpression(node) && node.name.text === 'env' && node.expression.getText() === 'process';

const isRegisteredType = (model: Model, type: ts.Type): boolean => {
  const declaration = type.getSymbol()?.valueDeclaration;
  return declaration !== undefined && ts.isClassLike(declaration) && isRegistered(model, declaration);
};
