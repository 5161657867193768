import { ts } from 'ts-morph';
import { type FunctionNode, propertyName, unwrap } from './ast.ts';
import type { Model } from './model.ts';

/** What a parameter of a function has to be for a part of its body to run. */
export interface Condition {
  readonly parameter: number;
  /** The member of it that is meant: `isParallel` of `{ isParallel }`. */
  readonly member?: string;
  /** Text of the literals of which it has to be one, or must not be any; without them, whether it has to be true. */
  readonly among?: readonly string[];
  readonly holds: boolean;
}

/** The conditions around a node of a function that compare a parameter of it with literals, or test it alone. */
export function conditionsAround(model: Model, node: ts.Node, fn: FunctionNode): readonly Condition[] {
  const found: Condition[] = [];
  for (let inner = node; inner.parent !== undefined && inner !== fn; inner = inner.parent) {
    const up = inner.parent;
    if (ts.isIfStatement(up) || ts.isConditionalExpression(up)) {
      const [condition, yes] = ts.isIfStatement(up)
        ? [up.expression, up.thenStatement]
        : [up.condition, up.whenTrue];
      const test = condition === inner ? undefined : testOf(model, condition, fn);
      if (test) found.push(inner === yes ? test : { ...test, holds: !test.holds });
    } else if (ts.isCaseClause(up) && inner !== up.expression) {
      const test = comparison(model, up.parent.parent.expression, up.expression, fn);
      const falls = up.parent.clauses[up.parent.clauses.indexOf(up) - 1];
      if (test && (falls === undefined || endsItself(falls))) found.push(test);
    } else if (ts.isBlock(up)) {
      for (const statement of up.statements.slice(0, up.statements.indexOf(inner as ts.Statement))) {
        const isExit =
          ts.isIfStatement(statement) && !statement.elseStatement && leaves(statement.thenStatement);
        const test = isExit ? testOf(model, statement.expression, fn) : undefined;
        if (test) found.push({ ...test, holds: !test.holds });
      }
    }
  }
  return found;
}

/** False where the arguments of a call rule out one of the conditions. */
export const mayHold = (conditions: readonly Condition[], args: readonly ts.Expression[]): boolean =>
  conditions.every(({ parameter, member, among, holds }) => {
    const argument = args[parameter];
    const given = argument && member !== undefined ? memberOf(argument, member) : argument;
    const value = given && literalText(given);
    if (value === undefined) return true;
    return holds === (among ? among.includes(value) : !/^(false|0|''|null|undefined)$/.test(value));
  });

function testOf(model: Model, condition: ts.Expression, fn: FunctionNode): Condition | undefined {
  const node = unwrap(condition);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    const inner = testOf(model, node.operand, fn);
    return inner && { ...inner, holds: !inner.holds };
  }
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.getText();
    if (!/^[!=]==?$/.test(operator)) return undefined;
    const test = comparison(model, node.left, node.right, fn) ?? comparison(model, node.right, node.left, fn);
    return test && { ...test, holds: operator.startsWith('=') };
  }
  const subject = parameterOf(model, node, fn);
  return subject && { ...subject, holds: true };
}

function comparison(
  model: Model,
  subject: ts.Expression,
  literal: ts.Expression,
  fn: FunctionNode,
): Condition | undefined {
  const text = literalText(literal);
  const parameter = parameterOf(model, subject, fn);
  return text === undefined || parameter === undefined
    ? undefined
    : { ...parameter, among: [text], holds: true };
}

/** A parameter, or a member of one: `options.isParallel`, or `isParallel` of a pattern. */
function parameterOf(
  model: Model,
  expression: ts.Expression,
  fn: FunctionNode,
): Pick<Condition, 'parameter' | 'member'> | undefined {
  const node = unwrap(expression);
  if (ts.isPropertyAccessExpression(node)) {
    const whole = ts.isIdentifier(node.expression) ? parameterOf(model, node.expression, fn) : undefined;
    return whole?.member === undefined ? whole && { ...whole, member: node.name.text } : undefined;
  }
  let declaration = ts.isIdentifier(node) ? model.symbolAt(node)?.valueDeclaration : undefined;
  let member: string | undefined;
  if (declaration && ts.isBindingElement(declaration) && ts.isObjectBindingPattern(declaration.parent)) {
    member = propertyName(declaration.propertyName ?? declaration.name);
    if (member === undefined || declaration.dotDotDotToken) return undefined;
    declaration = ts.isParameter(declaration.parent.parent) ? declaration.parent.parent : undefined;
  }
  if (!declaration || !ts.isParameter(declaration)) return undefined;
  const parameter = fn.parameters.indexOf(declaration);
  return parameter < 0 ? undefined : { parameter, ...(member !== undefined && { member }) };
}

/** What a literal gives a member; undefined where that is not seen. */
function memberOf(argument: ts.Expression, name: string): ts.Expression | undefined {
  const literal = unwrap(argument);
  if (!ts.isObjectLiteralExpression(literal) || literal.properties.some(ts.isSpreadAssignment))
    return undefined;
  const property = literal.properties.find((one) => propertyName(one.name) === name);
  return property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
}

function literalText(expression: ts.Expression): string | undefined {
  const node = unwrap(expression);
  if (ts.isStringLiteralLike(node)) return `'${node.text}'`;
  if (ts.isNumericLiteral(node)) return node.text;
  const isWord =
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword ||
    node.kind === ts.SyntaxKind.NullKeyword;
  return isWord || (ts.isIdentifier(node) && node.text === 'undefined') ? node.getText() : undefined;
}

/** The clause before does not fall through. */
function endsItself(clause: ts.CaseOrDefaultClause): boolean {
  const last = clause.statements.at(-1);
  const end = last && ts.isBlock(last) ? last.statements.at(-1) : last;
  return end !== undefined && (ts.isBreakStatement(end) || leaves(end));
}

function leaves(statement: ts.Statement): boolean {
  const end = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return end !== undefined && (ts.isReturnStatement(end) || ts.isThrowStatement(end));
}
