import { ts } from 'ts-morph';
import { propertyName, unwrap } from '../ast.ts';
import { type Access, ELEMENT, type Place, prop, type Tracer, type TraceState } from './origin.ts';
import { followParameter } from './parameters.ts';

/** A name in a pattern stands for a part of what the pattern takes apart. */
export function followBinding(
  trace: Tracer,
  declaration: ts.BindingElement,
  at: Place,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const pattern = declaration.parent;
  let step: Access;
  if (ts.isArrayBindingPattern(pattern)) {
    if (declaration.dotDotDotToken) {
      trace.end(at.node, at.accesses, state);
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
      trace.end(at.node, at.accesses, state);
      return;
    }
    step = prop(name);
  }
  const holder = pattern.parent;
  if (declaration.initializer) trace.follow(declaration.initializer, accesses, state);
  const steps = [step, ...accesses];
  if (step.kind === 'omit') followRest(trace, holder, at, step, accesses, state);
  else if (ts.isBindingElement(holder)) followBinding(trace, holder, at, steps, state);
  else if (ts.isParameter(holder)) followParameter(trace, holder, undefined, at, steps, state);
  else if (holder.initializer) trace.follow(holder.initializer, steps, state);
  else if (ts.isForOfStatement(holder.parent.parent))
    trace.follow(holder.parent.parent.expression, [ELEMENT, ...steps], state);
  else trace.end(at.node, at.accesses, state);
}

function followRest(
  trace: Tracer,
  holder: ts.Node,
  at: Place,
  step: Access,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const source =
    ts.isVariableDeclaration(holder) && holder.initializer ? unwrap(holder.initializer) : undefined;
  let literal: ts.ObjectLiteralExpression | undefined;
  if (source !== undefined && accesses.length === 0) {
    trace
      .apart((origin) => {
        if (origin.kind === 'expression' && ts.isObjectLiteralExpression(origin.node)) literal = origin.node;
      })
      .follow(source, [], state);
  }
  if (literal !== undefined) trace.end(literal, [step], state);
  else trace.report({ kind: 'typed', ...at, state });
}
