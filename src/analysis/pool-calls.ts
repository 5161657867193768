import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import { calledRuntime } from './calls.ts';
import type { Model } from './model.ts';
import { syntaxOf } from './syntax.ts';

/** A call that gives tasks to a pool or executor. */
export interface PoolCall {
  readonly call: ts.CallExpression;
  /** `map`, `submit`, ... */
  readonly method: string;
  /** The pool or executor. */
  readonly pool: ts.Expression;
  readonly isExecutor: boolean;
  /** What the call gives: a promise of results, a handle, or an iterator that is read lazily. */
  readonly gives: 'promise' | 'handle' | 'iterator';
}

const GIVES: Readonly<Record<string, PoolCall['gives']>> = {
  'Pool.map': 'promise',
  'Pool.starmap': 'promise',
  'Pool.apply': 'promise',
  'Pool.mapAsync': 'handle',
  'Pool.starmapAsync': 'handle',
  'Pool.applyAsync': 'handle',
  'Pool.imap': 'iterator',
  'Pool.imapUnordered': 'iterator',
  'ProcessPoolExecutor.submit': 'promise',
  'ProcessPoolExecutor.map': 'iterator',
};

/** Every call of a file that gives tasks to a pool or executor. */
export const poolCalls = (model: Model, file: ts.SourceFile): readonly PoolCall[] =>
  model.isCandidate(file) ? model.once(collect, file, []) : [];

function collect(model: Model, file: ts.SourceFile): readonly PoolCall[] {
  return syntaxOf(file).calls.flatMap((node) => (ts.isCallExpression(node) && poolCallOf(model, node)) || []);
}

/** Tells what a call gives to which pool. */
export function poolCallOf(model: Model, call: ts.CallExpression): PoolCall | undefined {
  const name = calledRuntime(model, call);
  const gives = name !== undefined && Object.hasOwn(GIVES, name) ? GIVES[name] : undefined;
  if (name === undefined || gives === undefined) return undefined;
  const pool = receiver(call);
  const [owner, method = ''] = name.split('.');
  return pool && { call, method, pool, isExecutor: owner === 'ProcessPoolExecutor', gives };
}

/** `executor` of `executor.submit(...)` and of `executor.map.with({ ... })(...)`. */
function receiver(call: ts.CallExpression): ts.Expression | undefined {
  const callee = unwrap(call.expression);
  if (ts.isCallExpression(callee)) {
    const inner = unwrap(callee.expression); // executor.map.with
    const map = ts.isPropertyAccessExpression(inner) ? unwrap(inner.expression) : undefined;
    return map && ts.isPropertyAccessExpression(map) ? map.expression : undefined;
  }
  return ts.isPropertyAccessExpression(callee) ? callee.expression : undefined;
}
