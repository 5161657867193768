import { ts } from 'ts-morph';
import {
  type FunctionNode,
  isAsync,
  isFunctionExpression,
  isGenerator,
  isStaticMember,
  propertyName,
  resultsOf,
  unwrap,
} from './ast.ts';
import { isExported } from './exports.ts';
import { instanceFields } from './fields.ts';
import type { Model } from './model.ts';

/** One step from a value to a part of it. */
export type Access =
  | { readonly kind: 'prop'; readonly name: string }
  | { readonly kind: 'element' }
  | { readonly kind: 'omit'; readonly names: readonly string[] };

export const ELEMENT: Access = { kind: 'element' };
export const prop = (name: string): Access => ({ kind: 'prop', name });

/** What the parameters of the functions on the way stand for. */
type Environment = ReadonlyMap<ts.Symbol, Bound>;
interface Bound {
  readonly expression: ts.Expression;
  readonly accesses: readonly Access[];
  readonly state: TraceState;
}

/** Where a trace is. Immutable. */
export interface TraceState {
  readonly environment: Environment;
  /** The value hangs on an export, so that a function in it can be imported. */
  readonly exported: boolean;
  /** How the source calls the value: `options`, `jobs[*]`. */
  readonly label: string;
  /** The label stays: the trace is inside of a called function, whose names mean nothing to the caller. */
  readonly labelFixed: boolean;
  readonly depth: number;
}

/** Where a value comes from, as far as it can be followed. */
export type Origin =
  /** An expression that makes the value: a literal, a function, `new X()`, a call that cannot be followed. */
  | {
      readonly kind: 'expression';
      readonly node: ts.Expression | ts.MethodDeclaration;
      readonly omit: readonly string[];
      readonly state: TraceState;
    }
  /** A function, class, enum or namespace declared by name. */
  | {
      readonly kind: 'declaration';
      readonly node: ts.Declaration;
      readonly symbol: ts.Symbol;
      readonly state: TraceState;
    }
  /** A parameter, and the part of it. */
  | {
      readonly kind: 'parameter';
      readonly node: ts.ParameterDeclaration;
      readonly accesses: readonly Access[];
      readonly at: Place;
      readonly state: TraceState;
    }
  /** Only the type of `node` is known, and then the part of it. */
  | {
      readonly kind: 'typed';
      readonly node: ts.Expression;
      readonly accesses: readonly Access[];
      readonly state: TraceState;
    };

/** An expression whose type is known, and the part of its value that is meant. */
export interface Place {
  readonly node: ts.Expression;
  readonly accesses: readonly Access[];
}

const MAX_DEPTH = 24;
const MAX_STEPS = 600;
const NO_ENVIRONMENT: Environment = new Map();

/** A trace that begins at a place of the source, called `label`. */
export const startState = (label: string): TraceState => ({
  environment: NO_ENVIRONMENT,
  exported: false,
  label,
  labelFixed: false,
  depth: 0,
});

/** Follows values backwards, without running anything: through variables, literals, callbacks, calls and parameters. */
export class Trace {
  readonly #model: Model;
  readonly #visit: (origin: Origin) => void;
  #steps = 0;

  constructor(model: Model, visit: (origin: Origin) => void) {
    this.#model = model;
    this.#visit = visit;
  }

  /** Reports every origin of the part `accesses` of an expression. */
  follow(expression: ts.Expression, accesses: readonly Access[], from: TraceState): void {
    const node = unwrap(expression);
    const state = { ...from, depth: from.depth + 1 };
    if (state.depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) return;

    if (ts.isConditionalExpression(node)) {
      this.follow(node.whenTrue, accesses, state);
      this.follow(node.whenFalse, accesses, state);
    } else if (ts.isBinaryExpression(node)) this.#binary(node, accesses, state);
    else if (ts.isIdentifier(node)) this.#identifier(node, accesses, state);
    else if (ts.isPropertyAccessExpression(node)) this.#property(node, accesses, state);
    else if (ts.isElementAccessExpression(node)) {
      const key = unwrap(node.argumentExpression);
      const step = ts.isStringLiteralLike(key) ? prop(key.text) : ELEMENT;
      this.follow(node.expression, [step, ...accesses], state);
    } else if (ts.isObjectLiteralExpression(node)) this.#object(node, accesses, state);
    else if (ts.isArrayLiteralExpression(node)) this.#array(node, accesses, state);
    else if (ts.isAwaitExpression(node)) this.#await(node, accesses, state);
    else if (ts.isCallExpression(node)) this.#call(node, accesses, state);
    else if (ts.isNewExpression(node)) this.#new(node, accesses, state);
    else this.#end(node, accesses, state);
  }

  /** The value is made here, or cannot be followed any further. */
  #end(node: ts.Expression, accesses: readonly Access[], state: TraceState): void {
    const [first] = accesses;
    if (first === undefined) this.#visit({ kind: 'expression', node, omit: [], state });
    else if (first.kind === 'omit' && accesses.length === 1 && ts.isObjectLiteralExpression(node)) {
      this.#visit({ kind: 'expression', node, omit: first.names, state });
    } else this.#visit({ kind: 'typed', node, accesses, state });
  }

  #binary(node: ts.BinaryExpression, accesses: readonly Access[], state: TraceState): void {
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
        this.follow(node.left, accesses, state);
        this.follow(node.right, accesses, state);
        return;
      case ts.SyntaxKind.CommaToken:
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.EqualsToken:
      case ts.SyntaxKind.QuestionQuestionEqualsToken:
      case ts.SyntaxKind.BarBarEqualsToken:
        this.follow(node.right, accesses, state);
        return;
      default:
        this.#end(node, accesses, state);
    }
  }

  #identifier(node: ts.Identifier, accesses: readonly Access[], from: TraceState): void {
    const symbol = this.#model.symbolAt(node);
    const state = accesses.length === 0 ? relabel(from, node.text) : from;
    if (symbol === undefined) {
      this.#end(node, accesses, state);
      return;
    }
    this.#symbol(symbol, node, accesses, state);
  }

  #symbol(symbol: ts.Symbol, at: ts.Expression, accesses: readonly Access[], from: TraceState): void {
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
    if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) {
      this.#end(at, accesses, from);
      return;
    }
    const state = isExported(this.#model, declaration) ? { ...from, exported: true } : from;

    if (ts.isParameter(declaration)) {
      this.#parameter(declaration, symbol, { node: at, accesses }, accesses, state);
      return;
    }
    if (ts.isVariableDeclaration(declaration)) {
      this.#variable(declaration, symbol, at, accesses, state);
      return;
    }
    if (ts.isBindingElement(declaration)) {
      this.#binding(declaration, { node: at, accesses }, accesses, state);
      return;
    }
    if (accesses.length === 0) this.#visit({ kind: 'declaration', node: declaration, symbol, state });
    else this.#visit({ kind: 'typed', node: at, accesses, state });
  }

  #variable(
    declaration: ts.VariableDeclaration,
    symbol: ts.Symbol,
    at: ts.Expression,
    accesses: readonly Access[],
    state: TraceState,
  ): void {
    const loop = declaration.parent.parent;
    if (ts.isForOfStatement(loop)) {
      this.follow(loop.expression, [ELEMENT, ...accesses], state);
      return;
    }
    const writes = this.#model.writesTo(symbol);
    const [first, ...rest] = accesses;
    if (
      first?.kind === 'prop' &&
      writes.some((write) => write.kind === 'delete' && write.name === first.name)
    )
      return;

    let known = false;
    if (declaration.initializer !== undefined) {
      known = true;
      const gone = writes.flatMap((write) =>
        write.kind === 'delete' && write.name !== undefined ? [write.name] : [],
      );
      const steps =
        first === undefined && gone.length > 0 ? [{ kind: 'omit' as const, names: gone }] : accesses;
      this.follow(declaration.initializer, steps, state);
    }
    for (const write of writes) {
      if (write.value === undefined || this.#isInside(at, write.value)) continue;
      if (write.kind === 'assign') {
        known = true;
        this.follow(write.value, accesses, state);
      } else if (write.kind === 'member' && write.name !== undefined) {
        if (first === undefined) this.follow(write.value, [], appendLabel(state, `.${write.name}`));
        else if (first.kind === 'prop' && first.name === write.name) this.follow(write.value, rest, state);
      } else if (write.kind === 'element' && makesContainer(declaration.initializer)) {
        if (first === undefined) this.follow(write.value, [], appendLabel(state, '[*]'));
        else if (first.kind === 'element') this.follow(write.value, rest, state);
      }
    }
    if (!known) this.#end(at, accesses, state);
  }

  /** `x = f(x)` would go round in a circle. */
  #isInside(at: ts.Node, value: ts.Node): boolean {
    return at.getSourceFile() === value.getSourceFile() && at.pos >= value.pos && at.end <= value.end;
  }

  #binding(declaration: ts.BindingElement, at: Place, accesses: readonly Access[], state: TraceState): void {
    const pattern = declaration.parent;
    let step: Access;
    if (ts.isArrayBindingPattern(pattern)) {
      if (declaration.dotDotDotToken) {
        this.#end(at.node, at.accesses, state);
        return;
      }
      step = { kind: 'prop', name: String(pattern.elements.indexOf(declaration)) };
    } else if (declaration.dotDotDotToken) {
      const names = pattern.elements.flatMap((element) =>
        element === declaration ? [] : [propertyName(element.propertyName ?? element.name) ?? ''],
      );
      // The compiler knows the type of the rest; only a literal at the origin tells more.
      step = { kind: 'omit', names };
    } else {
      const name = propertyName(declaration.propertyName ?? declaration.name);
      if (name === undefined) {
        this.#end(at.node, at.accesses, state);
        return;
      }
      step = prop(name);
    }
    const holder = pattern.parent;
    if (declaration.initializer) this.follow(declaration.initializer, accesses, state);
    const steps = [step, ...accesses];
    if (step.kind === 'omit') this.#rest(holder, at, step, accesses, state);
    else if (ts.isBindingElement(holder)) this.#binding(holder, at, steps, state);
    else if (ts.isParameter(holder)) this.#parameter(holder, undefined, at, steps, state);
    else if (holder.initializer) this.follow(holder.initializer, steps, state);
    else if (ts.isForOfStatement(holder.parent.parent))
      this.follow(holder.parent.parent.expression, [ELEMENT, ...steps], state);
    else this.#end(at.node, at.accesses, state);
  }

  #rest(holder: ts.Node, at: Place, step: Access, accesses: readonly Access[], state: TraceState): void {
    const source =
      ts.isVariableDeclaration(holder) && holder.initializer ? unwrap(holder.initializer) : undefined;
    let literal: ts.ObjectLiteralExpression | undefined;
    if (source !== undefined && accesses.length === 0) {
      new Trace(this.#model, (origin) => {
        if (origin.kind === 'expression' && ts.isObjectLiteralExpression(origin.node)) literal = origin.node;
      }).follow(source, [], state);
    }
    if (literal !== undefined) this.#end(literal, [step], state);
    else this.#visit({ kind: 'typed', ...at, state });
  }

  #parameter(
    declaration: ts.ParameterDeclaration,
    known: ts.Symbol | undefined,
    at: Place,
    accesses: readonly Access[],
    state: TraceState,
  ): void {
    const symbol = known ?? parameterKey(this.#model, declaration);
    const bound = symbol && state.environment.get(symbol);
    if (bound) {
      this.follow(bound.expression, [...bound.accesses, ...accesses], {
        ...bound.state,
        exported: bound.state.exported || state.exported,
        depth: state.depth,
      });
      return;
    }
    const fn = declaration.parent;
    const call = fn.parent;
    if (
      isFunctionExpression(fn) &&
      ts.isCallExpression(call) &&
      ts.isPropertyAccessExpression(call.expression)
    ) {
      const method = call.expression.name.text;
      if (ELEMENT_CALLBACKS.has(method) && call.arguments[0] === fn) {
        if (fn.parameters[0] === declaration) {
          this.follow(call.expression.expression, [ELEMENT, ...accesses], state);
          return;
        }
        this.#visit({ kind: 'typed', ...at, state });
        return;
      }
    }
    if (declaration.initializer) this.follow(declaration.initializer, accesses, state);
    this.#visit({ kind: 'parameter', node: declaration, accesses, at, state });
  }

  #property(node: ts.PropertyAccessExpression, accesses: readonly Access[], from: TraceState): void {
    const symbol = this.#model.symbolAt(node.name);
    const declaration = symbol?.valueDeclaration;
    const state = accesses.length === 0 ? relabel(from, node.getText()) : from;
    if (symbol !== undefined && declaration !== undefined && !declaration.getSourceFile().isDeclarationFile) {
      if (
        ts.isFunctionDeclaration(declaration) ||
        ts.isVariableDeclaration(declaration) ||
        ts.isClassLike(declaration)
      ) {
        this.#symbol(symbol, node, accesses, state);
        return; // Member of a namespace or of a module.
      }
      if (
        ts.isMethodDeclaration(declaration) &&
        ts.isClassLike(declaration.parent) &&
        accesses.length === 0
      ) {
        this.#visit({ kind: 'declaration', node: declaration, symbol, state });
        return;
      }
      if (ts.isPropertyDeclaration(declaration)) {
        if (declaration.initializer && isStaticMember(declaration)) {
          const exported = state.exported || isExported(this.#model, declaration);
          this.follow(declaration.initializer, accesses, { ...state, exported });
          return;
        }
        if (declaration.initializer && node.expression.kind === ts.SyntaxKind.ThisKeyword) {
          this.follow(declaration.initializer, accesses, state);
          return;
        }
      }
    }
    if (isAmbient(this.#model, node.expression)) {
      this.#end(node, accesses, state);
      return;
    }
    this.follow(node.expression, [prop(node.name.text), ...accesses], state);
  }

  #object(node: ts.ObjectLiteralExpression, accesses: readonly Access[], state: TraceState): void {
    const [step, ...rest] = accesses;
    if (step === undefined || step.kind === 'omit') {
      this.#end(node, accesses, state);
      return;
    }
    for (const property of [...node.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        this.follow(property.expression, accesses, state);
        if (step.kind === 'prop') return;
        continue;
      }
      if (step.kind === 'prop' && propertyName(property.name) !== step.name) continue;
      if (ts.isPropertyAssignment(property)) this.follow(property.initializer, rest, state);
      else if (ts.isShorthandPropertyAssignment(property)) this.follow(property.name, rest, state);
      else if (ts.isMethodDeclaration(property) && rest.length === 0) {
        this.#visit({ kind: 'expression', node: property, omit: [], state });
      }
      if (step.kind === 'prop') return;
    }
  }

  #array(node: ts.ArrayLiteralExpression, accesses: readonly Access[], state: TraceState): void {
    const [step, ...rest] = accesses;
    if (step === undefined || step.kind === 'omit') {
      this.#end(node, accesses, state);
      return;
    }
    node.elements.forEach((element, index) => {
      if (step.kind === 'prop' && step.name !== String(index)) return;
      if (ts.isSpreadElement(element)) {
        this.follow(element.expression, [ELEMENT, ...rest], state);
        return;
      }
      this.follow(element, rest, { ...state, label: state.label.replace(/\[\*\]$/, `[${index}]`) });
    });
  }

  #await(node: ts.AwaitExpression, accesses: readonly Access[], state: TraceState): void {
    const inner = unwrap(node.expression);
    if (ts.isCallExpression(inner)) {
      const fn = this.#model.calledFunction(inner);
      if (fn && isAsync(fn) && !isGenerator(fn)) {
        this.#results(fn, inner, accesses, state);
        return;
      }
    }
    this.#end(node, accesses, state);
  }

  #call(node: ts.CallExpression, accesses: readonly Access[], state: TraceState): void {
    const callee = unwrap(node.expression);
    const [first, ...rest] = accesses;
    const argument = node.arguments[0];
    if (ts.isPropertyAccessExpression(callee)) {
      const method = callee.name.text;
      const receiver = unwrap(callee.expression);
      const global = ts.isIdentifier(receiver) ? receiver.text : '';
      if (global === 'Object' || global === 'Array') {
        if (argument !== undefined && PASSING.has(`${global}.${method}`)) {
          if (method === 'from' && node.arguments[1] && first?.kind === 'element') {
            this.#callback(
              node,
              node.arguments[1],
              { expression: argument, accesses: [ELEMENT], state },
              rest,
            );
            return;
          }
          for (const one of method === 'assign' ? node.arguments : [argument])
            this.follow(one, accesses, state);
          return;
        }
      } else if (first?.kind === 'element' && this.#model.calledFunction(node) === undefined) {
        if (method === 'map' && argument) {
          this.#callback(node, argument, { expression: receiver, accesses: [ELEMENT], state }, rest);
          return;
        }
        if (method === 'flatMap' && argument) {
          this.#callback(node, argument, { expression: receiver, accesses: [ELEMENT], state }, accesses);
          return;
        }
        if (method === 'fill' && argument) {
          this.follow(argument, rest, state);
          return;
        }
        if (KEEPING_ELEMENTS.has(method)) {
          this.follow(receiver, accesses, state);
          return;
        }
      }
    } else if (ts.isIdentifier(callee) && callee.text === 'structuredClone' && argument) {
      this.follow(argument, accesses, state);
      return;
    }
    const fn = this.#model.calledFunction(node);
    if (fn === undefined || fn.getSourceFile().isDeclarationFile || isAsync(fn)) {
      this.#end(node, accesses, state);
      return;
    }
    if (isGenerator(fn)) {
      if (first?.kind !== 'element') {
        this.#end(node, accesses, state);
        return;
      }
      this.#results(fn, node, rest, state);
      return;
    }
    this.#results(fn, node, accesses, state);
  }

  /** Follows the results of a callback that gets `bound` as its first parameter; they are the elements of `call`. */
  #callback(
    call: ts.CallExpression,
    callback: ts.Expression,
    bound: Bound,
    accesses: readonly Access[],
  ): void {
    const { state } = bound;
    const fn = this.#model.functionOf(callback);
    if (fn === undefined || isGenerator(fn) || isAsync(fn)) {
      this.#end(call, [ELEMENT, ...accesses], state);
      return;
    }
    const environment = new Map(state.environment);
    this.#bind(environment, fn.parameters[0], bound);
    for (const result of resultsOf(fn)) this.follow(result, accesses, { ...state, environment });
  }

  #results(
    fn: FunctionNode & { body: ts.ConciseBody },
    call: ts.CallExpression,
    accesses: readonly Access[],
    state: TraceState,
  ): void {
    const environment = new Map(state.environment);
    fn.parameters.forEach((parameter, index) => {
      const value = call.arguments[index];
      if (value && !ts.isSpreadElement(value) && !parameter.dotDotDotToken) {
        this.#bind(environment, parameter, { expression: value, accesses: [], state });
      }
    });
    const inside = { ...state, environment, labelFixed: true };
    const results = resultsOf(fn);
    if (results.length === 0) this.#end(call, accesses, state);
    for (const result of results) this.follow(result, accesses, inside);
  }

  #bind(
    environment: Map<ts.Symbol, Bound>,
    parameter: ts.ParameterDeclaration | undefined,
    bound: Bound,
  ): void {
    const symbol = parameter && parameterKey(this.#model, parameter);
    if (symbol) environment.set(symbol, bound);
  }

  #new(node: ts.NewExpression, accesses: readonly Access[], state: TraceState): void {
    const [step, ...rest] = accesses;
    const argument = node.arguments?.[0];
    if (step === undefined || step.kind === 'omit') {
      this.#end(node, accesses, state);
      return;
    }
    const name = ts.isIdentifier(node.expression) ? node.expression.text : '';
    const declaration = this.#model.classOf(node.expression);
    if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) {
      const copies = name === 'Set' || name === 'Map' || name === 'Array';
      if (copies && step.kind === 'element' && argument) {
        this.follow(argument, accesses, state);
        return;
      }
      this.#end(node, accesses, state);
      return;
    }
    if (step.kind === 'element') {
      this.#end(node, accesses, state);
      return;
    }
    for (const field of instanceFields(this.#model, declaration, node)) {
      if (field.name === step.name && field.value) {
        this.follow(field.value, rest, state);
        return;
      }
    }
    this.#end(node, accesses, state);
  }
}

/** True for `this`, `import.meta`, and what only a declaration file knows, such as `process`. */
function isAmbient(model: Model, expression: ts.Expression): boolean {
  let root = unwrap(expression);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root))
    root = unwrap(root.expression);
  if (root.kind === ts.SyntaxKind.ThisKeyword || ts.isMetaProperty(root)) return true;
  const declaration = ts.isIdentifier(root) ? model.symbolAt(root)?.declarations?.[0] : undefined;
  return declaration?.getSourceFile().isDeclarationFile === true;
}

/** Only what is put into a list, map or set of the language is known to be in it. */
function makesContainer(initializer: ts.Expression | undefined): boolean {
  if (initializer === undefined) return false;
  const value = unwrap(initializer);
  if (ts.isArrayLiteralExpression(value) || ts.isObjectLiteralExpression(value)) return true;
  const maker = ts.isNewExpression(value) || ts.isCallExpression(value) ? value.expression.getText() : '';
  return /^(Map|Set|Array)\b/.test(maker);
}

/** A parameter that is a pattern has no symbol of its own: that of its first name stands for it. */
function parameterKey(model: Model, parameter: ts.ParameterDeclaration): ts.Symbol | undefined {
  let name: ts.BindingName = parameter.name;
  while (!ts.isIdentifier(name)) {
    const first: ts.ArrayBindingElement | undefined = name.elements.find((element) =>
      ts.isBindingElement(element),
    );
    if (first === undefined || !ts.isBindingElement(first)) return undefined;
    name = first.name;
  }
  return model.symbolAt(name);
}

const relabel = (state: TraceState, label: string): TraceState =>
  state.labelFixed || label.length > 60 || label.includes('\n') ? state : { ...state, label };
const appendLabel = (state: TraceState, suffix: string): TraceState => ({
  ...state,
  label: state.label + suffix,
  labelFixed: true,
});

const ELEMENT_CALLBACKS = new Set(['map', 'forEach', 'flatMap', 'filter', 'some', 'every', 'find']);
const KEEPING_ELEMENTS = new Set([
  'filter',
  'slice',
  'sort',
  'reverse',
  'toSorted',
  'toReversed',
  'concat',
  'values',
  'splice',
  'flat',
]);
const PASSING = new Set([
  'Object.freeze',
  'Object.seal',
  'Object.preventExtensions',
  'Object.assign',
  'Object.values',
  'Array.from',
  'Array.of',
]);
