import { ts } from 'ts-morph';
import { type FunctionNode, isAsync, isFunctionExpression, isFunctionWithBody, unwrap } from './ast.ts';
import { callSites } from './call-index.ts';
import { calledRuntime } from './calls.ts';
import { isExported } from './exports.ts';
import { rootOf, runsAtOnce } from './flow/immediate.ts';
import { isUsing } from './flow/walk.ts';
import type { Model } from './model.ts';
import { referencesTo } from './references.ts';

/** What happens to a value after it was made: through variables, lists, loops, callbacks, fields and calls of known functions. */
export interface Uses {
  /** Members that are read from it, by name, with the places; `Symbol.asyncDispose` for `x[Symbol.asyncDispose]`. */
  readonly members: ReadonlyMap<string, readonly ts.Node[]>;
  /** It goes where it cannot be followed: it is returned, exported, stored, or given to an unknown function. */
  readonly escapes: boolean;
  /** It is declared with `using`, or given to a `DisposableStack`. */
  readonly disposed: boolean;
  readonly awaited: boolean;
  /** `void` stands before it. */
  readonly voided: boolean;
  /** A statement of its own: nobody keeps it. */
  readonly dropped: boolean;
  /** It is used in another function than the one that made it. */
  readonly captured: boolean;
}

export const usesOf = (model: Model, expression: ts.Expression): Uses =>
  model.once(followUses, expression, NO_USES);

const NO_USES: Uses = {
  members: new Map(),
  escapes: true,
  disposed: false,
  awaited: false,
  voided: false,
  dropped: false,
  captured: false,
};

const MAX_HOPS = 5;

function followUses(model: Model, expression: ts.Expression): Uses {
  const follower = new Follower(model, expression);
  follower.follow(expression, 0, 0, 0);
  return follower;
}

class Follower implements Uses {
  readonly members = new Map<string, ts.Node[]>();
  escapes = false;
  disposed = false;
  awaited = false;
  voided = false;
  dropped = false;
  captured = false;
  readonly #model: Model;
  readonly #root: ts.Node;
  readonly #seen = new Map<ts.Node | ts.Symbol, Set<number>>();

  constructor(model: Model, expression: ts.Expression) {
    this.#model = model;
    this.#root = rootOf(model, expression);
  }

  /**
   * Follows an expression upwards. `depth` is the number of lists around the value, `promises` the number of promises around
   * it that the calls on the way made.
   */
  follow(expression: ts.Node, depth: number, promises: number, hops: number): void {
    if (hops > MAX_HOPS) {
      this.escapes = true;
      return;
    }
    let node = expression;
    while (ts.isExpression(node.parent) && unwrap(node.parent) !== node.parent) node = node.parent;
    const { parent } = node;
    if (ts.isAwaitExpression(parent)) {
      if (promises > 0) this.follow(parent, depth, promises - 1, hops);
      else if (depth === 0) this.awaited = true;
      return;
    }
    if (promises > 0 && !ts.isReturnStatement(parent) && !ts.isVariableDeclaration(parent)) {
      this.escapes = true;
      return;
    }
    if (ts.isVariableDeclaration(parent)) this.#declared(parent, depth, promises, hops);
    else if (ts.isPropertyDeclaration(parent)) this.#field(parent, depth, hops);
    else if (ts.isBinaryExpression(parent)) this.#operator(parent, node, depth, hops);
    else if (ts.isConditionalExpression(parent)) {
      if (parent.condition !== node) this.follow(parent, depth, 0, hops);
    } else if (ts.isPropertyAccessExpression(parent) && parent.expression === node)
      this.#member(parent, depth, hops);
    else if (ts.isElementAccessExpression(parent) && parent.expression === node) {
      if (depth > 0) this.follow(parent, depth - 1, 0, hops);
      else this.#add(parent.argumentExpression.getText(), parent);
    } else if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
      this.#argument(parent, node, depth, hops);
    else if (ts.isArrayLiteralExpression(parent)) this.follow(parent, depth + 1, 0, hops);
    else if (ts.isSpreadElement(parent)) this.follow(parent, Math.max(0, depth - 1), 0, hops);
    else if (ts.isForOfStatement(parent) && parent.expression === node) this.#loop(parent, depth, hops);
    else if (ts.isReturnStatement(parent)) this.#returned(parent, depth, hops);
    else if (ts.isArrowFunction(parent) && parent.body === node) this.#returned(parent, depth, hops);
    else if (ts.isExpressionStatement(parent)) this.dropped ||= depth === 0;
    else if (ts.isVoidExpression(parent)) this.voided = true;
    else if (!isNeutral(parent)) this.escapes = true;
  }

  #add(name: string, node: ts.Node): void {
    const list = this.members.get(name);
    if (list === undefined) this.members.set(name, [node]);
    else list.push(node);
  }

  #declared(declaration: ts.VariableDeclaration, depth: number, promises: number, hops: number): void {
    if (isUsing(declaration.parent)) {
      if (depth === 0) this.disposed = true;
      else this.escapes = true;
    }
    this.#names(declaration.name, depth, promises, hops);
  }

  /** A name, or a pattern that takes a list or the value apart. */
  #names(name: ts.BindingName, depth: number, promises: number, hops: number): void {
    if (ts.isIdentifier(name)) {
      const symbol = this.#model.directSymbolAt(name);
      if (symbol) this.#symbol(symbol, depth, promises, hops);
      return;
    }
    for (const element of name.elements) {
      if (!ts.isBindingElement(element)) continue;
      if (ts.isObjectBindingPattern(name))
        this.#add((element.propertyName ?? element.name).getText(), element);
      else if (depth > 0) this.#names(element.name, element.dotDotDotToken ? depth : depth - 1, 0, hops);
    }
  }

  /** All that is done under a name. */
  #symbol(symbol: ts.Symbol, depth: number, promises: number, hops: number): void {
    const depths = this.#seen.get(symbol) ?? new Set();
    if (depths.has(depth)) return;
    this.#seen.set(symbol, depths.add(depth));
    const { valueDeclaration } = symbol;
    if (valueDeclaration && !ts.isParameter(valueDeclaration) && isExported(this.#model, valueDeclaration))
      this.escapes = true;
    for (const reference of referencesTo(this.#model, symbol)) {
      const { parent } = reference;
      const isMember = ts.isPropertyAccessExpression(parent) && parent.name === reference;
      const place = isMember ? parent : reference;
      if (isMember && ts.isCallExpression(parent.parent) && parent.parent.expression === parent) continue;
      if (isTarget(place)) continue;
      if (hops === 0 && rootOf(this.#model, reference) !== this.#root) this.captured = true;
      if (ts.isShorthandPropertyAssignment(parent) || ts.isExportSpecifier(parent)) this.escapes = true;
      else this.follow(place, depth, promises, hops);
    }
  }

  /** A private field is followed through its class; any other may be used by anybody. */
  #field(declaration: ts.Declaration, depth: number, hops: number): void {
    const name = ts.getNameOfDeclaration(declaration);
    const isPrivate =
      (name !== undefined && ts.isPrivateIdentifier(name)) ||
      (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) !== 0;
    const symbol = name && this.#model.directSymbolAt(name);
    if (!isPrivate || symbol === undefined) this.escapes = true;
    else this.#symbol(symbol, depth, 0, hops + 1);
  }

  #operator(parent: ts.BinaryExpression, node: ts.Node, depth: number, hops: number): void {
    const kind = parent.operatorToken.kind;
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) {
      if (parent.left === node) return;
      const target = unwrap(parent.left);
      const symbol = this.#model.symbolAt(ts.isPropertyAccessExpression(target) ? target.name : target);
      const declaration = symbol?.valueDeclaration;
      if (symbol === undefined || declaration === undefined) this.escapes = true;
      else if (ts.isIdentifier(target)) {
        if (hops === 0 && rootOf(this.#model, declaration) !== this.#root) this.captured = true;
        this.#symbol(symbol, depth, 0, hops);
      } else if (ts.isPropertyDeclaration(declaration)) this.#field(declaration, depth, hops);
      else this.escapes = true;
      if (!ts.isExpressionStatement(parent.parent)) this.follow(parent, depth, 0, hops);
      return;
    }
    const gives =
      kind === ts.SyntaxKind.QuestionQuestionToken ||
      kind === ts.SyntaxKind.BarBarToken ||
      (kind === ts.SyntaxKind.AmpersandAmpersandToken && parent.right === node) ||
      (kind === ts.SyntaxKind.CommaToken && parent.right === node);
    if (gives) this.follow(parent, depth, 0, hops);
  }

  #member(access: ts.PropertyAccessExpression, depth: number, hops: number): void {
    const name = access.name.text;
    if (depth === 0) {
      this.#add(name, access);
      return;
    }
    const call = access.parent;
    if (!ts.isCallExpression(call) || call.expression !== access) {
      if (name !== 'length' && name !== 'size') this.escapes = true;
      return;
    }
    const [first] = call.arguments;
    const callback = first && this.#model.functionOf(first);
    if (callback && WITH_CALLBACK.has(name)) {
      const item = callback.parameters[name.startsWith('reduce') ? 1 : 0];
      if (item) this.#names(item.name, depth - 1, 0, hops + 1);
    }
    const isMap = /^(Readonly)?Map$/.test(this.#typeName(access.expression));
    if (isMap && callback && name === 'forEach') {
      const key = callback.parameters[1];
      if (key) this.#names(key.name, depth - 1, 0, hops + 1);
    }
    if (SAME_LIST.has(name) || (isMap && /^(keys|entries)$/.test(name))) this.follow(call, depth, 0, hops);
    else if (ONE_ITEM.has(name)) this.follow(call, depth - 1, 0, hops);
    else if (!WITH_CALLBACK.has(name) && !ADDING.has(name) && !HARMLESS.has(name)) this.escapes = true;
  }

  #argument(call: ts.CallExpression | ts.NewExpression, node: ts.Node, depth: number, hops: number): void {
    if (call.expression === node) return;
    const callee = unwrap(call.expression);
    const index = call.arguments?.indexOf(node as ts.Expression) ?? -1;
    const text = callee.getText();
    if (/^Promise\.(all|allSettled|any|race)$/.test(text)) {
      this.awaited = true;
      return;
    }
    if (/^console\.\w+$/.test(text)) return;
    if (ts.isPropertyAccessExpression(callee)) {
      const name = callee.name.text;
      if (/^(use|adopt)$/.test(name) && /Disposable/.test(this.#typeName(callee.expression))) {
        this.disposed = true;
        this.follow(call, depth, 0, hops);
        return;
      }
      const list = unwrap(callee.expression);
      if (
        ADDING.has(name) &&
        calledRuntime(this.#model, call) === undefined &&
        this.#model.calledFunction(call) === undefined
      ) {
        const symbol = this.#model.symbolAt(ts.isPropertyAccessExpression(list) ? list.name : list);
        const declaration = symbol?.valueDeclaration;
        if (symbol && declaration && ts.isVariableDeclaration(declaration))
          this.#symbol(symbol, depth + 1, 0, hops);
        else if (declaration && ts.isPropertyDeclaration(declaration))
          this.#field(declaration, depth + 1, hops);
        else this.escapes = true;
        return;
      }
    }
    if (/^(Map|Set|Array)$/.test(text) && ts.isNewExpression(call)) {
      // A Map is made of a list of pairs.
      this.follow(call, text === 'Map' ? Math.max(1, depth - 1) : depth, 0, hops);
      return;
    }
    const fn = ts.isCallExpression(call) ? this.#model.calledFunction(call) : undefined;
    const parameter = fn?.parameters[index];
    if (
      fn === undefined ||
      parameter === undefined ||
      parameter.dotDotDotToken ||
      fn.getSourceFile().isDeclarationFile
    )
      this.escapes = true;
    else this.#names(parameter.name, depth, 0, hops + 1);
  }

  #typeName(expression: ts.Expression): string {
    return this.#model.checker.getTypeAtLocation(expression).symbol?.name ?? '';
  }

  #loop(loop: ts.ForOfStatement, depth: number, hops: number): void {
    if (depth === 0) {
      this.#add('Symbol.asyncIterator', loop);
      return;
    }
    const { initializer } = loop;
    if (ts.isVariableDeclarationList(initializer))
      for (const declaration of initializer.declarations) this.#loopName(declaration.name, depth - 1, hops);
    else this.escapes = true;
  }

  /** `for (const [key, value] of map)`: the value is in the pattern. */
  #loopName(name: ts.BindingName, depth: number, hops: number): void {
    if (ts.isArrayBindingPattern(name) && depth === 0) {
      for (const element of name.elements)
        if (ts.isBindingElement(element)) this.#names(element.name, 0, 0, hops);
    } else this.#names(name, depth, 0, hops);
  }

  /** The result of a callback is an item of what the call gives; that of a known function goes on where it is called. */
  #returned(node: ts.Node, depth: number, hops: number): void {
    let fn: ts.Node = node;
    while (!ts.isFunctionLike(fn)) {
      if (fn.parent === undefined) return;
      fn = fn.parent;
    }
    if (isFunctionExpression(fn)) {
      const at = runsAtOnce(this.#model, fn);
      const callee = at && unwrap(at.call.expression);
      if (
        at &&
        callee &&
        ts.isPropertyAccessExpression(callee) &&
        /^(map|flatMap|from)$/.test(callee.name.text)
      ) {
        if (isAsync(fn)) this.escapes = true;
        else this.follow(at.call, depth + 1, 0, hops);
        return;
      }
      if (at && callee && ts.isPropertyAccessExpression(callee) && callee.name.text === 'forEach') {
        this.dropped ||= depth === 0;
        return;
      }
      if (at && callee === fn) {
        this.follow(at.call, depth, isAsync(fn) ? 1 : 0, hops);
        return;
      }
    }
    if (!isFunctionWithBody(fn) || this.#isReachable(fn)) {
      this.escapes = true;
      return;
    }
    const sites = callSites(this.#model, fn);
    if (sites.length === 0 || sites.some((site) => site.asArgument !== undefined)) this.escapes = true;
    else for (const { call } of sites) this.follow(call, depth, isAsync(fn) ? 1 : 0, hops + 1);
  }

  /** Code that is not seen may call it. */
  #isReachable(fn: FunctionNode): boolean {
    return isExported(this.#model, fn) || isExported(this.#model, fn.parent) || ts.isClassElement(fn);
  }
}

/** The left side of an assignment, or a declaration: a write, not a use. */
function isTarget(node: ts.Node): boolean {
  const { parent } = node;
  return (
    (ts.isBinaryExpression(parent) &&
      parent.left === node &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isBindingElement(parent)
  );
}

/** The value is only looked at. */
const isNeutral = (node: ts.Node): boolean =>
  ts.isPrefixUnaryExpression(node) ||
  ts.isTypeOfExpression(node) ||
  ts.isIfStatement(node) ||
  ts.isIterationStatement(node, false) ||
  ts.isTemplateSpan(node) ||
  ts.isTypeNode(node) ||
  ts.isTypeQueryNode(node) ||
  ts.isSwitchStatement(node);

const WITH_CALLBACK = new Set([
  'forEach',
  'map',
  'flatMap',
  'filter',
  'some',
  'every',
  'find',
  'reduce',
  'reduceRight',
  'sort',
]);
const SAME_LIST = new Set([
  'filter',
  'slice',
  'concat',
  'reverse',
  'sort',
  'toSorted',
  'values',
  'splice',
  'toReversed',
]);
const ONE_ITEM = new Set(['at', 'pop', 'shift', 'find', 'findLast', 'get']);
const ADDING = new Set(['push', 'unshift', 'add', 'set']);
const HARMLESS = new Set(['keys', 'has', 'delete', 'clear', 'includes', 'indexOf', 'join', 'entries']);
