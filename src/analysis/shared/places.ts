import { ts } from 'ts-morph';
import { unwrap } from '../ast.ts';
import { calledRuntime } from '../calls.ts';
import { identityOf } from '../identity.ts';
import type { Model } from '../model.ts';
import { placeKey } from '../place-key.ts';
import { runtimeTypeOf } from '../runtime-type.ts';

/** A place in memory or in a manager that several processes use. */
export interface SharedPlace {
  /** `value` of a `Value`, an element of a shared array, an entry of an object in a manager. */
  readonly kind: 'value' | 'element' | 'entry';
  /** What holds it: the `Value`, array or proxy. */
  readonly holder: ts.Expression;
  /** Which element or entry. */
  readonly index: ts.Expression | undefined;
  /** The access itself. */
  readonly node: ts.Expression;
}

/** The shared place that an access reads or writes: `v.value`, `cells[i]`. */
export function accessedPlace(model: Model, node: ts.Node): SharedPlace | undefined {
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'value') {
    const type = runtimeTypeOf(model, node.expression);
    return type === 'Value' || type === 'RawValue'
      ? { kind: 'value', holder: node.expression, index: undefined, node }
      : undefined;
  }
  if (ts.isElementAccessExpression(node) && isSharedArray(model, node.expression))
    return { kind: 'element', holder: node.expression, index: node.argumentExpression, node };
  return undefined;
}

/** The entry of a manager's object, or item of a list, that a call reads: `dict.get(key)`, `list.at(0)`. */
export function readEntry(model: Model, node: ts.Node): SharedPlace | undefined {
  return entryOf(model, node, READING);
}

/** The entry that a call stores to, with the value that it stores. */
export function storedEntry(
  model: Model,
  node: ts.Node,
): (SharedPlace & { value: ts.Expression }) | undefined {
  const place = entryOf(model, node, STORING);
  const value = place && (place.node as ts.CallExpression).arguments.at(-1);
  return place && value && { ...place, value };
}

const KEYED = 'DictProxy|NamespaceProxy|ListProxy|ArrayProxy|ShareableList';
const READING = new RegExp(`^(?:(${KEYED})\\.(?:get|at|has)|ValueProxy\\.get)$`);
const STORING = new RegExp(`^(?:(${KEYED})\\.set|ValueProxy\\.set)$`);

function entryOf(model: Model, node: ts.Node, methods: RegExp): SharedPlace | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || !/^(get|at|has|set)$/.test(callee.name.text))
    return undefined;
  const match = methods.exec(calledRuntime(model, node) ?? '');
  if (match === null) return undefined;
  const index = match[1] === undefined ? undefined : node.arguments[0];
  return { kind: 'entry', holder: callee.expression, index, node };
}

/** The same place for two accesses of one function. */
export function isSamePlace(model: Model, a: SharedPlace, b: SharedPlace): boolean {
  if (a.kind !== b.kind) return false;
  const key = placeKey(model, a.holder);
  if (key === undefined || key !== placeKey(model, b.holder)) return false;
  if (a.index === undefined || b.index === undefined) return a.index === b.index;
  const index = placeKey(model, a.index);
  return (
    a.index.getText() === b.index.getText() || (index !== undefined && index === placeKey(model, b.index))
  );
}

/** True for a typed array over shared pages, by its type or by what it is followed back to. */
export const isSharedArray = (model: Model, expression: ts.Expression): boolean =>
  model.once(judgeArray, expression, false);

function judgeArray(model: Model, expression: ts.Expression): boolean {
  const type = model.checker.getTypeAtLocation(expression);
  if (!TYPED_ARRAY.test(type.symbol?.name ?? '') && runtimeTypeOf(model, expression) !== 'SharedArray')
    return false;
  if (runtimeTypeOf(model, expression) === 'SharedArray') return true;
  return identityOf(model, expression).makers.some((maker) => {
    const name = model.runtimeName(maker.expression);
    if (name === 'SharedArray' || name === 'RawArray') return true;
    const buffer = ts.isNewExpression(maker) ? maker.arguments?.[0] && unwrap(maker.arguments[0]) : undefined;
    return (
      buffer !== undefined &&
      ts.isPropertyAccessExpression(buffer) &&
      buffer.name.text === 'buffer' &&
      runtimeTypeOf(model, buffer.expression) === 'SharedMemory'
    );
  });
}

export const TYPED_ARRAY = /^(Big)?(Int|Uint|Float)(8|16|32|64)(Clamped)?Array$/;
