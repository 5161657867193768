import { ts } from 'ts-morph';
import { propertyName, shortText, unwrap } from '../ast.ts';
import type { Model } from '../model.ts';
import { type PoolCall, poolCalls } from '../pool-calls.ts';
import type { Finding, Rule } from '../rule.ts';
import { usesOf } from '../value-uses.ts';

/** Nobody asks an `AsyncResult` for its result or error. */
export const asyncResultIgnored: Rule = {
  name: 'async-result-ignored',
  category: 'lifecycle',
  severity: 'warning',
  check,
};

/** Members that tell that something is done, but not whether it failed. */
const SILENT = new Set(['wait', 'ready']);

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of poolCalls(model, file)) {
    if (call.gives !== 'handle' || mayHandleErrors(call)) continue;
    const uses = usesOf(model, call.call);
    if (uses.escapes || uses.awaited || uses.voided || uses.captured || uses.disposed) continue;
    const members = [...uses.members.keys()];
    if (members.every((name) => SILENT.has(name))) yield finding(call, members);
  }
}

/** `errorCallback` among the options, or options that cannot be read. */
function mayHandleErrors({ call }: PoolCall): boolean {
  const [, , last] = call.arguments;
  const options = last && unwrap(last);
  if (options === undefined || ts.isNumericLiteral(options)) return false;
  if (!ts.isObjectLiteralExpression(options)) return true;
  return options.properties.some(
    (property) => ts.isSpreadAssignment(property) || propertyName(property.name) === 'errorCallback',
  );
}

function finding({ call }: PoolCall, members: readonly string[]): Finding {
  const name = shortText(call.expression);
  const what =
    members.length === 0
      ? 'is not kept'
      : `is only asked with ${members.map((member) => `\`${member}()\``).join(' and ')}, and that does not tell of failure`;
  return {
    node: call,
    message:
      `The result of \`${name}\` ${what}, and there is no \`errorCallback\`: what the worker throws is never seen. Write ` +
      '`await result.get()` (or `await result`), or give `{ errorCallback: (error) => ... }`.',
    path: name,
  };
}
