import { ts } from 'ts-morph';
import { propertyName, unwrap } from './ast.ts';
import type { Model } from './model.ts';
import { givenTo } from './parameters.ts';
import { idOf } from './place-key.ts';
import { type Access, startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

/** Which objects an expression may stand for, across functions and processes. */
export interface Identity {
  /** One id for every place that makes such an object; an unknown parameter or variable has an id of its own. */
  readonly ids: ReadonlySet<string>;
  /** The expressions that make them, where they can be read. */
  readonly makers: readonly (ts.NewExpression | ts.CallExpression)[];
  /** True when every one of them was followed back to where it is made. */
  readonly complete: boolean;
}

/** Parameters that are fixed while a start of a process is looked at. */
export type Context = ReadonlyMap<
  ts.ParameterDeclaration,
  { expression: ts.Expression; accesses: readonly Access[] }
>;

const MAX_HOPS = 6;

/** Follows an expression back through variables, parameters, arguments of workers and `initArgs` to what makes its value. */
export function identityOf(model: Model, expression: ts.Expression, context?: Context): Identity {
  const found: Found = { ids: new Set(), makers: [], complete: true };
  new Search(model, context).follow(expression, [], '', found, 0);
  return found;
}

interface Found {
  readonly ids: Set<string>;
  readonly makers: (ts.NewExpression | ts.CallExpression)[];
  complete: boolean;
}

class Search {
  readonly #model: Model;
  readonly #context: Context | undefined;
  readonly #seen = new Set<string>();

  constructor(model: Model, context: Context | undefined) {
    this.#model = model;
    this.#context = context;
  }

  /** `suffix` tells the lock of a value from the value: `new Value(...)` and its `getLock()`. */
  follow(
    expression: ts.Expression,
    accesses: readonly Access[],
    suffix: string,
    found: Found,
    hops: number,
  ): void {
    const model = this.#model;
    const step = `${idOf(expression)} ${accesses.map((one) => ('name' in one ? one.name : one.kind)).join('.')} ${suffix}`;
    if (this.#seen.has(step)) return;
    this.#seen.add(step);
    const opaque = (node: ts.Node): void => {
      found.complete = false;
      found.ids.add(`${idOf(symbolOf(model, node) ?? node)}${suffix}`);
    };
    new Trace(model, (origin) => {
      if (hops > MAX_HOPS) return opaque(origin.node);
      if (origin.kind === 'parameter') {
        const fixed = this.#context?.get(origin.node);
        const given = fixed ? { values: [fixed], complete: true } : givenTo(model, origin.node);
        for (const value of given.values)
          this.follow(value.expression, [...value.accesses, ...origin.accesses], suffix, found, hops + 1);
        if (given.values.length === 0) opaque(origin.node);
        else if (!given.complete) found.complete = false;
        return;
      }
      if (origin.kind !== 'expression') return opaque(origin.node);
      const node = unwrap(origin.node as ts.Expression);
      if (ts.isNewExpression(node)) {
        found.ids.add(`${idOf(node)}${suffix}`);
        found.makers.push(node);
        return;
      }
      if (!ts.isCallExpression(node)) return opaque(node);
      const callee = unwrap(node.expression);
      if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'getLock') {
        this.#lockOf(callee.expression, found, hops);
        return;
      }
      found.ids.add(`${idOf(node)}${suffix}`);
      found.makers.push(node);
      if (model.runtimeName(node.expression) === undefined) found.complete = false;
    }).follow(expression, accesses, startState(''));
  }

  /** The lock of a shared value or array: its own, or the one that it was made with. */
  #lockOf(value: ts.Expression, found: Found, hops: number): void {
    const owner: Found = { ids: new Set(), makers: [], complete: true };
    this.follow(value, [], ':lock', owner, hops + 1);
    found.complete &&= owner.complete;
    const given = owner.makers.map(lockGiven);
    if (owner.makers.length > 0 && given.every((one) => one !== undefined)) {
      for (const lock of given) this.follow(lock, [], '', found, hops + 1);
    } else for (const id of owner.ids) found.ids.add(id);
  }
}

/** `lock` of `new Value('i32', 0, { lock })`. */
function lockGiven(maker: ts.NewExpression | ts.CallExpression): ts.Expression | undefined {
  const options = maker.arguments?.[2] && unwrap(maker.arguments[2]);
  if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
  for (const property of options.properties) {
    if (propertyName(property.name) !== 'lock') continue;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
    if (!ts.isPropertyAssignment(property)) return undefined;
    const { kind } = unwrap(property.initializer);
    return kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword
      ? undefined
      : property.initializer;
  }
  return undefined;
}

function symbolOf(model: Model, node: ts.Node): ts.Symbol | undefined {
  if (ts.isIdentifier(node)) return model.symbolAt(node);
  if (ts.isPropertyAccessExpression(node)) return model.symbolAt(node.name);
  if (ts.isParameter(node)) return model.symbolAt(node.name);
  return undefined;
}

/** True when two expressions certainly stand for different objects, false when they may be the same. */
export function certainlyDiffer(a: Identity, b: Identity): boolean {
  if (!a.complete || !b.complete || a.ids.size === 0 || b.ids.size === 0) return false;
  for (const id of a.ids) if (b.ids.has(id)) return false;
  return true;
}
