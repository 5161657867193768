import { ts } from 'ts-morph';
import { resultsOf, unwrap } from './ast.ts';
import type { Model } from './model.ts';

/** What a condition tells about the process: does one of its outcomes prove that this is the main process? */
export interface Proof {
  readonly whenTrue: boolean;
  readonly whenFalse: boolean;
}

const NOTHING: Proof = { whenTrue: false, whenFalse: false };
const MAIN: Proof = { whenTrue: true, whenFalse: false };
const invert = ({ whenTrue, whenFalse }: Proof): Proof => ({ whenTrue: whenFalse, whenFalse: whenTrue });

/**
 * Judges a condition. `isMainThread`, `cluster.isPrimary`, the environment and the number of arguments prove nothing: they
 * are the same in a forked process.
 */
export function proofOf(model: Model, condition: ts.Expression, hops = 0): Proof {
  const node = unwrap(condition);
  if (hops > 8) return NOTHING;
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return invert(proofOf(model, node.operand, hops + 1));
  }
  if (ts.isBinaryExpression(node)) return binaryProof(model, node, hops);
  if (ts.isConditionalExpression(node)) return conditionalProof(model, node, hops);
  if (ts.isAwaitExpression(node)) return proofOf(model, node.expression, hops + 1);
  if (isImportMeta(node, 'main')) return MAIN;
  const name = model.runtimeName(node);
  if (name === 'isMainProcess') return MAIN;
  if (name !== undefined) return NOTHING;
  if (node.getText() === 'process.send' || node.getText() === 'module.parent') return invert(MAIN);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return namedProof(model, node, hops);
  if (ts.isCallExpression(node)) return callProof(model, node, hops);
  return NOTHING;
}

function binaryProof(model: Model, node: ts.BinaryExpression, hops: number): Proof {
  const { left, right, operatorToken } = node;
  const both = (): [Proof, Proof] => [proofOf(model, left, hops + 1), proofOf(model, right, hops + 1)];
  switch (operatorToken.kind) {
    case ts.SyntaxKind.AmpersandAmpersandToken: {
      const [a, b] = both();
      return { whenTrue: a.whenTrue || b.whenTrue, whenFalse: a.whenFalse && b.whenFalse };
    }
    case ts.SyntaxKind.BarBarToken: {
      const [a, b] = both();
      return { whenTrue: a.whenTrue && b.whenTrue, whenFalse: a.whenFalse || b.whenFalse };
    }
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
      return equalityProof(model, left, right, hops);
    case ts.SyntaxKind.ExclamationEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      return invert(equalityProof(model, left, right, hops));
    default:
      return NOTHING;
  }
}

function conditionalProof(model: Model, node: ts.ConditionalExpression, hops: number): Proof {
  const test = proofOf(model, node.condition, hops + 1);
  const yes = unwrap(node.whenTrue).kind;
  const no = unwrap(node.whenFalse).kind;
  if (yes === ts.SyntaxKind.TrueKeyword && no === ts.SyntaxKind.FalseKeyword) return test;
  if (yes === ts.SyntaxKind.FalseKeyword && no === ts.SyntaxKind.TrueKeyword) return invert(test);
  return NOTHING;
}

function equalityProof(model: Model, left: ts.Expression, right: ts.Expression, hops: number): Proof {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const value = unwrap(other);
    if (value.kind === ts.SyntaxKind.TrueKeyword) return proofOf(model, one, hops + 1);
    const empty =
      value.kind === ts.SyntaxKind.FalseKeyword ||
      value.kind === ts.SyntaxKind.NullKeyword ||
      (ts.isIdentifier(value) && value.text === 'undefined');
    if (empty) {
      if (isCallOf(model, one, 'parentProcess')) return MAIN;
      return invert(proofOf(model, one, hops + 1));
    }
    const subject = unwrap(one);
    if (subject.getText() === 'require.main') return MAIN;
    if (
      ts.isStringLiteralLike(value) &&
      value.text === 'MainProcess' &&
      subject.getText().startsWith('currentProcess()')
    ) {
      return MAIN;
    }
    if (speaksOfEntry(model, subject, 0) && !ts.isNumericLiteral(value)) return MAIN;
  }
  return NOTHING;
}

/** An expression over `process.argv[1]` or `require.main`: what the program was started with. */
function speaksOfEntry(model: Model, node: ts.Node, hops: number): boolean {
  if (ts.isElementAccessExpression(node)) {
    return node.expression.getText() === 'process.argv' && node.argumentExpression.getText() === '1';
  }
  if (ts.isPropertyAccessExpression(node) && node.getText().startsWith('require.main')) return true;
  if (ts.isIdentifier(node) && hops < 4) {
    const declaration = model.symbolAt(node)?.valueDeclaration;
    if (
      declaration &&
      ts.isVariableDeclaration(declaration) &&
      declaration.initializer &&
      isConst(declaration)
    ) {
      return speaksOfEntry(model, declaration.initializer, hops + 1);
    }
    if (declaration && ts.isBindingElement(declaration) && ts.isArrayBindingPattern(declaration.parent)) {
      const holder = declaration.parent.parent;
      const second = declaration.parent.elements.indexOf(declaration) === 1;
      return second && ts.isVariableDeclaration(holder) && holder.initializer?.getText() === 'process.argv';
    }
    return false;
  }
  if (ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (child) => speaksOfEntry(model, child, hops) || undefined) ?? false;
}

function namedProof(model: Model, node: ts.Identifier | ts.PropertyAccessExpression, hops: number): Proof {
  const symbol = model.symbolAt(ts.isIdentifier(node) ? node : node.name);
  const declaration = symbol?.valueDeclaration;
  if (declaration === undefined) return NOTHING;
  if (ts.isVariableDeclaration(declaration) && declaration.initializer && isConst(declaration)) {
    return proofOf(model, declaration.initializer, hops + 1);
  }
  if (ts.isPropertyAssignment(declaration)) return proofOf(model, declaration.initializer, hops + 1);
  if (ts.isShorthandPropertyAssignment(declaration)) return proofOf(model, declaration.name, hops + 1);
  return NOTHING;
}

function callProof(model: Model, node: ts.CallExpression, hops: number): Proof {
  const callee = unwrap(node.expression);
  const argument = node.arguments[0];
  if (isCallOf(model, node, 'parentProcess')) return invert(MAIN);
  if (ts.isIdentifier(callee) && callee.text === 'Boolean' && argument)
    return proofOf(model, argument, hops + 1);
  if (ts.isPropertyAccessExpression(callee) && PATH_TESTS.has(callee.name.text) && argument) {
    return speaksOfEntry(model, callee.expression, 0) || speaksOfEntry(model, argument, 0) ? MAIN : NOTHING;
  }
  const fn = model.calledFunction(node);
  const results = fn ? resultsOf(fn) : [];
  const [only] = results;
  return only !== undefined && results.length === 1 ? proofOf(model, only, hops + 1) : NOTHING;
}

const PATH_TESTS = new Set(['endsWith', 'startsWith', 'includes', 'equals']);

const isCallOf = (model: Model, node: ts.Expression, name: string): boolean => {
  const call = unwrap(node);
  return ts.isCallExpression(call) && model.runtimeName(call.expression) === name;
};

const isImportMeta = (node: ts.Expression, name: string): boolean =>
  ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression) && node.name.text === name;

const isConst = (declaration: ts.VariableDeclaration): boolean =>
  (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
