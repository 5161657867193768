import { ts } from 'ts-morph';
import { isFunctionWithBody, unwrap } from '../ast.ts';
import type { Model } from '../model.ts';
import { givenTo } from '../parameters.ts';
import { workerSet } from '../worker-set.ts';

/**
 * How an index or key of a worker function relates to those of other workers:
 * `own` is made from what the task was given, so that tasks can have places of their own;
 * `same` is the same in every worker; `data` comes from the contents of data, so that two workers can meet;
 * `unknown` cannot be told.
 */
export type IndexKind = 'own' | 'same' | 'data' | 'unknown';

export const indexKind = (model: Model, expression: ts.Expression): IndexKind =>
  new Judge(model).of(expression, 0);

const MAX_HOPS = 10;

class Judge {
  readonly #model: Model;
  readonly #open = new Set<ts.Node>();

  constructor(model: Model) {
    this.#model = model;
  }

  of(expression: ts.Expression, hops: number): IndexKind {
    const node = unwrap(expression);
    if (hops > MAX_HOPS) return 'unknown';
    if (ts.isLiteralExpression(node)) return 'same';
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
      return this.of(node.operand, hops + 1);
    if (ts.isBinaryExpression(node)) return this.#binary(node, hops);
    if (ts.isConditionalExpression(node))
      return worst([this.of(node.whenTrue, hops + 1), this.of(node.whenFalse, hops + 1)]);
    if (ts.isTemplateExpression(node))
      return combine(node.templateSpans.map((span) => this.of(span.expression, hops + 1)));
    if (ts.isIdentifier(node)) return this.#name(node, hops);
    if (ts.isPropertyAccessExpression(node)) {
      const base = this.of(node.expression, hops + 1);
      if (node.name.text === 'length') return base === 'own' ? 'data' : base;
      return base;
    }
    if (ts.isElementAccessExpression(node)) return this.#element(node, hops);
    if (ts.isCallExpression(node)) return this.#call(node, hops);
    return 'unknown';
  }

  #binary(node: ts.BinaryExpression, hops: number): IndexKind {
    const kinds = [this.of(node.left, hops + 1), this.of(node.right, hops + 1)];
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.PlusToken:
      case ts.SyntaxKind.MinusToken:
      case ts.SyntaxKind.AsteriskToken:
      case ts.SyntaxKind.SlashToken:
      case ts.SyntaxKind.LessThanLessThanToken:
        return combine(kinds);
      case ts.SyntaxKind.PercentToken:
      case ts.SyntaxKind.AmpersandToken:
      case ts.SyntaxKind.GreaterThanGreaterThanToken:
      case ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken:
      case ts.SyntaxKind.CaretToken:
        // Several values fall on one slot.
        return kinds.every((kind) => kind === 'same')
          ? 'same'
          : kinds.includes('unknown')
            ? 'unknown'
            : 'data';
      case ts.SyntaxKind.BarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
      case ts.SyntaxKind.BarBarToken:
        return kinds[0] ?? 'unknown';
      default:
        return 'unknown';
    }
  }

  #name(node: ts.Identifier, hops: number): IndexKind {
    const symbol = this.#model.symbolAt(node);
    const declaration = symbol?.valueDeclaration;
    if (symbol === undefined || declaration === undefined) return 'unknown';
    if (this.#open.has(declaration)) return 'same'; // `x = f(x)`: the other values that it is given decide.
    this.#open.add(declaration);
    try {
      if (ts.isParameter(declaration)) return this.#parameter(declaration, hops);
      if (ts.isBindingElement(declaration)) return this.#binding(declaration, hops);
      if (ts.isVariableDeclaration(declaration)) return this.#variable(declaration, symbol, hops);
      if (ts.isEnumMember(declaration)) return 'same';
      return 'unknown';
    } finally {
      this.#open.delete(declaration);
    }
  }

  #parameter(declaration: ts.ParameterDeclaration, hops: number): IndexKind {
    const fn = declaration.parent;
    if (!isFunctionWithBody(fn)) return 'unknown';
    const run = workerSet(this.#model).get(fn);
    if (run !== undefined && run.calls.length > 0) return run.roles.has('initializer') ? 'same' : 'own';
    const method = callbackMethod(declaration);
    if (method !== undefined) {
      const over = this.of(method.expression, hops + 1);
      const position = fn.parameters.indexOf(declaration);
      if (position === 1) return 'same'; // The index of `forEach((item, index) => ...)`.
      return over === 'own' ? 'data' : over;
    }
    const given = givenTo(this.#model, declaration);
    if (given.values.length === 0) return 'unknown';
    return worst(given.values.map((value) => this.of(value.expression, hops + 1)));
  }

  #binding(declaration: ts.BindingElement, hops: number): IndexKind {
    let holder: ts.Node = declaration.parent.parent;
    while (ts.isBindingElement(holder)) holder = holder.parent.parent;
    if (ts.isParameter(holder)) return this.#parameter(holder, hops);
    if (!ts.isVariableDeclaration(holder)) return 'unknown';
    if (holder.initializer) return this.of(holder.initializer, hops + 1);
    return this.#loopOver(holder, hops);
  }

  #variable(declaration: ts.VariableDeclaration, symbol: ts.Symbol, hops: number): IndexKind {
    const loop = declaration.parent.parent;
    if (ts.isForOfStatement(loop)) return this.#loopOver(declaration, hops);
    if (ts.isForInStatement(loop)) return 'data';
    const isModuleLevel = ts.isVariableStatement(loop) && ts.isSourceFile(loop.parent);
    if (isModuleLevel && !(declaration.parent.flags & ts.NodeFlags.Const)) return 'unknown';
    const kinds = declaration.initializer ? [this.of(declaration.initializer, hops + 1)] : [];
    if (ts.isForStatement(loop) && loop.incrementor) {
      // `i += workers` keeps slots apart when it begins at the worker's own number.
      return worst(kinds);
    }
    for (const write of this.#model.writesTo(symbol)) {
      if (write.kind === 'assign' && write.value) kinds.push(this.of(write.value, hops + 1));
    }
    return kinds.length === 0 ? 'unknown' : worst(kinds);
  }

  #loopOver(declaration: ts.VariableDeclaration, hops: number): IndexKind {
    const loop = declaration.parent.parent;
    if (!ts.isForOfStatement(loop)) return 'unknown';
    const over = this.of(loop.expression, hops + 1);
    return over === 'own' ? 'data' : over;
  }

  #element(node: ts.ElementAccessExpression, hops: number): IndexKind {
    const base = this.of(node.expression, hops + 1);
    const key = unwrap(node.argumentExpression);
    const isTuple = this.#model.checker.isTupleType(this.#model.checker.getTypeAtLocation(node.expression));
    if (isTuple && ts.isNumericLiteral(key)) return base;
    return base === 'own' || base === 'data' ? 'data' : base;
  }

  #call(node: ts.CallExpression, hops: number): IndexKind {
    const callee = unwrap(node.expression);
    const text = callee.getText();
    if (/^Math\.(floor|trunc|round|ceil|abs|min|max)$|^(Number|String|BigInt|parseInt)$/.test(text))
      return combine(node.arguments.map((argument) => this.of(argument, hops + 1)));
    if (text === 'Math.random') return 'data';
    if (!ts.isPropertyAccessExpression(callee)) return 'unknown';
    const base = this.of(callee.expression, hops + 1);
    if (/^(charCodeAt|codePointAt|charAt|at|indexOf)$/.test(callee.name.text))
      return base === 'own' ? 'data' : base;
    // Parts of what was given, such as `text.split(' ')`, are still what was given.
    return /^(toString|trim|toLowerCase|toUpperCase|split|slice|entries|values|keys|filter|sort)$/.test(
      callee.name.text,
    )
      ? base
      : 'unknown';
  }
}

/** What is added to a place of one's own stays one's own. */
const combine = (kinds: readonly IndexKind[]): IndexKind => {
  for (const kind of ['own', 'unknown', 'data'] as const) if (kinds.includes(kind)) return kind;
  return 'same';
};

/** Where a name can stand for several things, one that others share decides. */
const worst = (kinds: readonly IndexKind[]): IndexKind => {
  for (const kind of ['unknown', 'data', 'own'] as const) if (kinds.includes(kind)) return kind;
  return 'same';
};

/** `cells.forEach((cell) => ...)`: what the callback's parameter goes over. */
function callbackMethod(declaration: ts.ParameterDeclaration): ts.PropertyAccessExpression | undefined {
  const fn = declaration.parent;
  const call = fn.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== (fn as ts.Node)) return undefined;
  const callee = unwrap(call.expression);
  return ts.isPropertyAccessExpression(callee) &&
    /^(forEach|map|filter|flatMap|some|every)$/.test(callee.name.text)
    ? callee
    : undefined;
}
