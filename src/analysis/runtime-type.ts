import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import type { Model } from './model.ts';
import { startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

/**
 * Name of the package's class or function that made the value of an expression: `Pool`, `Lock`, `SharedArray`, `DictProxy`. By its
 * type where the package is installed, else by the `new` or call that it is followed back to. A union counts when all of it is one of the package,
 * null and undefined left out. Undefined for all else, `any` included.
 */
export function runtimeTypeOf(model: Model, expression: ts.Expression): string | undefined {
  const type = model.checker.getNonNullableType(model.checker.getTypeAtLocation(expression));
  return nameOfType(model, type, 0) ?? byOrigin(model, expression);
}

/** The same for a type. */
export function nameOfType(model: Model, type: ts.Type, hops: number): string | undefined {
  if (hops > 6) return undefined;
  for (const symbol of [type.aliasSymbol, type.symbol]) {
    const name = symbol && model.runtime.nameOf(model.unalias(symbol));
    if (name !== undefined && !name.startsWith('__')) return name;
  }
  if (type.isUnion()) {
    const names = new Set(type.types.map((part) => nameOfType(model, part, hops + 1)));
    return names.size === 1 ? [...names][0] : undefined;
  }
  if (type.isIntersection()) {
    // A SharedArray whose alias got lost: a typed array with a lock.
    const names = type.types.map((part) => nameOfType(model, part, hops + 1));
    if (names.includes('HasLock')) return 'SharedArray';
    return names.find((name) => name !== undefined);
  }
  if (type.isClassOrInterface()) {
    for (const base of model.checker.getBaseTypes(type)) {
      const name = nameOfType(model, base, hops + 1);
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

function byOrigin(model: Model, expression: ts.Expression): string | undefined {
  const names = new Set<string | undefined>();
  new Trace(model, (origin) => {
    const node = origin.kind === 'expression' ? unwrap(origin.node as ts.Expression) : undefined;
    const makes = node !== undefined && (ts.isNewExpression(node) || ts.isCallExpression(node));
    names.add(makes ? made(model, node) : undefined);
  }).follow(expression, [], startState(''));
  return names.size === 1 ? [...names][0] : undefined;
}

function made(model: Model, node: ts.NewExpression | ts.CallExpression): string | undefined {
  if (ts.isNewExpression(node)) return model.runtimeClass(node.expression);
  const name = model.runtimeName(node.expression);
  return name !== undefined && /^[A-Z]\w*$/.test(name) ? name : undefined; // Not `Pool.map`, not `taskSignal`.
}
