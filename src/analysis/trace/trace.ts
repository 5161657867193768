import { ts } from 'ts-morph';
import { isFunctionExpression, unwrap } from '../ast.ts';
import type { Model } from '../model.ts';
import { followAwait, followCall, followNew, followSettled } from './calls.ts';
import { followArray, followObject, followOperator } from './literals.ts';
import { followName } from './names.ts';
import { type Access, ELEMENT, type Origin, prop, type Tracer, type TraceState } from './origin.ts';
import { followProperty } from './properties.ts';

const MAX_DEPTH = 24;
const MAX_STEPS = 600;

/** An object, or a function with members, of which some are left out. */
const holdsMembers = (node: ts.Expression): boolean =>
  ts.isObjectLiteralExpression(node) || isFunctionExpression(node);

/** Follows values backwards, without running anything: through variables, literals, callbacks, calls and parameters. */
export class Trace implements Tracer {
  readonly model: Model;
  readonly report: (origin: Origin) => void;
  #steps = 0;

  constructor(model: Model, report: (origin: Origin) => void) {
    this.model = model;
    this.report = report;
  }

  apart(report: (origin: Origin) => void): Trace {
    return new Trace(this.model, report);
  }

  /** Reports every origin of the part `accesses` of an expression. */
  follow(expression: ts.Expression, accesses: readonly Access[], from: TraceState): void {
    const node = unwrap(expression);
    const state = { ...from, depth: from.depth + 1 };
    if (state.depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) return;

    if (ts.isConditionalExpression(node)) {
      this.follow(node.whenTrue, accesses, state);
      this.follow(node.whenFalse, accesses, state);
    } else if (ts.isBinaryExpression(node)) followOperator(this, node, accesses, state);
    else if (ts.isIdentifier(node)) followName(this, node, accesses, state);
    else if (ts.isPropertyAccessExpression(node)) followProperty(this, node, accesses, state);
    else if (ts.isElementAccessExpression(node)) {
      const key = unwrap(node.argumentExpression);
      const step = ts.isStringLiteralLike(key) ? prop(key.text) : ELEMENT;
      this.follow(node.expression, [step, ...accesses], state);
    } else if (ts.isObjectLiteralExpression(node)) followObject(this, node, accesses, state);
    else if (ts.isArrayLiteralExpression(node)) followArray(this, node, accesses, state);
    else if (ts.isAwaitExpression(node)) followAwait(this, node, accesses, state);
    else if (ts.isCallExpression(node)) followCall(this, node, accesses, state);
    else if (ts.isNewExpression(node)) followNew(this, node, accesses, state);
    else this.end(node, accesses, state);
  }

  /** The same for what is there when a promise, if it is one, is fulfilled. */
  followAwaited(expression: ts.Expression, accesses: readonly Access[], from: TraceState): void {
    const node = unwrap(expression);
    if (ts.isConditionalExpression(node)) {
      this.followAwaited(node.whenTrue, accesses, from);
      this.followAwaited(node.whenFalse, accesses, from);
    } else if (!followSettled(this, node, accesses, from, node)) this.follow(node, accesses, from);
  }

  /** The value is made here, or cannot be followed any further. */
  end(node: ts.Expression, accesses: readonly Access[], state: TraceState): void {
    const [first] = accesses;
    if (first === undefined) this.report({ kind: 'expression', node, omit: [], state });
    else if (first.kind === 'omit' && accesses.length === 1 && holdsMembers(node)) {
      this.report({ kind: 'expression', node, omit: first.names, state });
    } else this.report({ kind: 'typed', node, accesses, state });
  }
}
