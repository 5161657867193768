import { ts } from 'ts-morph';
import { propertyName } from '../ast.ts';
import { type Access, ELEMENT, type Tracer, type TraceState } from './origin.ts';

/** An operator that gives one of its operands, or the last. */
export function followOperator(
  trace: Tracer,
  node: ts.BinaryExpression,
  accesses: readonly Access[],
  state: TraceState,
): void {
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken:
      trace.follow(node.left, accesses, state);
      trace.follow(node.right, accesses, state);
      return;
    case ts.SyntaxKind.CommaToken:
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.EqualsToken:
    case ts.SyntaxKind.QuestionQuestionEqualsToken:
    case ts.SyntaxKind.BarBarEqualsToken:
      trace.follow(node.right, accesses, state);
      return;
    default:
      trace.end(node, accesses, state);
  }
}

/** A member of an object literal; the last one of a name counts. */
export function followObject(
  trace: Tracer,
  node: ts.ObjectLiteralExpression,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const [step, ...rest] = accesses;
  if (step === undefined || step.kind === 'omit') {
    trace.end(node, accesses, state);
    return;
  }
  for (const property of [...node.properties].reverse()) {
    if (ts.isSpreadAssignment(property)) {
      trace.follow(property.expression, accesses, state);
      if (step.kind === 'prop') return;
      continue;
    }
    if (step.kind === 'prop' && propertyName(property.name) !== step.name) continue;
    if (ts.isPropertyAssignment(property)) trace.follow(property.initializer, rest, state);
    else if (ts.isShorthandPropertyAssignment(property)) trace.follow(property.name, rest, state);
    else if (ts.isMethodDeclaration(property) && rest.length === 0) {
      trace.report({ kind: 'expression', node: property, omit: [], state });
    }
    if (step.kind === 'prop') return;
  }
}

/** An element of an array literal, or every one. */
export function followArray(
  trace: Tracer,
  node: ts.ArrayLiteralExpression,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const [step, ...rest] = accesses;
  if (step === undefined || step.kind === 'omit') {
    trace.end(node, accesses, state);
    return;
  }
  node.elements.forEach((element, index) => {
    if (step.kind === 'prop' && step.name !== String(index)) return;
    if (ts.isSpreadElement(element)) {
      trace.follow(element.expression, [ELEMENT, ...rest], state);
      return;
    }
    trace.follow(element, rest, { ...state, label: state.label.replace(/\[\*\]$/, `[${index}]`) });
  });
}
