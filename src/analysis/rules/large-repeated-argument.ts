import { ts } from 'ts-morph';
import { isFunctionExpression, resultsOf, shortText, unwrap } from '../ast.ts';
import { loopAround } from '../concurrency.ts';
import { bytesOf, constantOf } from '../estimate.ts';
import type { Model } from '../model.ts';
import { rootIdentifier } from '../place-key.ts';
import { type PoolCall, poolCalls } from '../pool-calls.ts';
import type { Finding, Rule } from '../rule.ts';
import { isSharedArray } from '../shared/places.ts';

/** The same large value is encoded and sent again with every task. */
export const largeRepeatedArgument: Rule = {
  name: 'large-repeated-argument',
  category: 'performance',
  severity: 'hint',
  check,
};

/** Bytes from which sending a value again with each task is worth a word: about 5 ms. */
const LARGE = 1_000_000;

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const task of poolCalls(model, file)) {
    for (const value of repeatedValues(model, task)) {
      if (isSharedArray(model, value)) continue;
      const bytes = bytesOf(model, value);
      if (bytes !== undefined && bytes >= LARGE) yield finding(task, value, bytes);
    }
  }
}

/** What a call sends with every one of many tasks: values that are made outside of the loop or callback that makes the tasks. */
function repeatedValues(model: Model, { call, method }: PoolCall): readonly ts.Expression[] {
  if (/^(apply|applyAsync|submit)$/.test(method)) {
    const loop = loopAround(model, call);
    if (loop === undefined) return [];
    const [, ...sent] = call.arguments;
    const list = method === 'submit' ? sent : elementsOf(sent[0]);
    return list.filter((value) => isFromOutside(model, value, loop));
  }
  const items = call.arguments[1];
  const callback = items && itemCallback(model, items);
  if (callback === undefined) return [];
  return resultsOf(callback)
    .flatMap((result) => (ts.isArrayLiteralExpression(unwrap(result)) ? elementsOf(result) : [result]))
    .filter((value) => isFromOutside(model, value, callback));
}

const elementsOf = (list: ts.Expression | undefined): readonly ts.Expression[] => {
  const value = list && unwrap(list);
  return value && ts.isArrayLiteralExpression(value) ? value.elements : [];
};

/** The callback that makes the items: `texts.map((text) => [text, table])`. */
function itemCallback(
  model: Model,
  items: ts.Expression,
): ((ts.ArrowFunction | ts.FunctionExpression) & { body: ts.ConciseBody }) | undefined {
  const node = unwrap(items);
  if (ts.isIdentifier(node)) {
    const value = constantOf(model, node);
    return value && itemCallback(model, value);
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  const isMap = ts.isPropertyAccessExpression(callee) && callee.name.text === 'map';
  const callback = isMap
    ? node.arguments[0]
    : callee.getText() === 'Array.from'
      ? node.arguments[1]
      : undefined;
  const fn = callback && unwrap(callback);
  return fn && isFunctionExpression(fn) ? fn : undefined;
}

/** A name, or a member of one, that is declared outside of a loop or callback. */
function isFromOutside(model: Model, value: ts.Expression, scope: ts.Node): boolean {
  const root = rootIdentifier(value);
  const declaration = root && model.symbolAt(root)?.valueDeclaration;
  if (declaration === undefined) return false;
  const isInside =
    declaration.getSourceFile() === scope.getSourceFile() &&
    declaration.pos >= scope.pos &&
    declaration.end <= scope.end;
  return !isInside && loopAround(model, declaration) === loopAround(model, scope);
}

function finding({ call }: PoolCall, value: ts.Expression, bytes: number): Finding {
  const name = shortText(value);
  const size = `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return {
    node: call,
    message:
      `\`${name}\` (about ${size}) is the same for every task, and \`${shortText(call.expression)}\` encodes and sends it again with each of them. ` +
      'Send it once to each worker with `initializer` and `initArgs`, put it into `SharedArray` or `SharedMemory`, or send only the part that the ' +
      'task needs.',
    path: name,
  };
}
