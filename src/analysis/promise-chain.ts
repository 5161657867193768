import { ts } from 'ts-morph';

/** What a promise becomes by `.then()`, `.catch()` and `.finally()`. */
export interface Chain {
  /** The last call, or the expression itself. */
  readonly end: ts.Expression;
  /** Something is done with its result. */
  readonly continued: boolean;
  /** A rejection is handled. */
  readonly handled: boolean;
}

/** Follows the calls that are chained to a promise. */
export function chainOf(expression: ts.Expression): Chain {
  let end = expression;
  let continued = false;
  let handled = false;
  for (;;) {
    while (ts.isParenthesizedExpression(end.parent)) end = end.parent;
    const access = end.parent;
    if (!ts.isPropertyAccessExpression(access) || access.expression !== end) break;
    const call = access.parent;
    if (!ts.isCallExpression(call) || call.expression !== access) break;
    const { text } = access.name;
    if (text === 'then') {
      continued = true;
      handled ||= call.arguments.length > 1;
    } else if (text === 'catch') handled = true;
    else if (text !== 'finally') break;
    end = call;
  }
  return { end, continued, handled };
}
