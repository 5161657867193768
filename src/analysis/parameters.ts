import { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody, propertyName, unwrap } from './ast.ts';
import { callSites } from './call-index.ts';
import { calledRuntime, type WorkerCall } from './calls.ts';
import type { Model } from './model.ts';
import { type Access, ELEMENT, prop } from './trace/origin.ts';
import { workerSet } from './worker-set.ts';
import { resolveWorkers } from './workers.ts';

/** What a parameter stands for at one place that runs its function. */
export interface Given {
  readonly expression: ts.Expression;
  readonly accesses: readonly Access[];
  readonly call: ts.CallExpression | ts.NewExpression;
}

/** What a parameter is given, by the calls of its function and by the calls that run it in workers. */
export interface GivenValues {
  readonly values: readonly Given[];
  /** False where some place that runs the function cannot be read. */
  readonly complete: boolean;
}

export const givenTo = (model: Model, parameter: ts.ParameterDeclaration): GivenValues =>
  model.once(findGiven, parameter, { values: [], complete: false });

function findGiven(model: Model, parameter: ts.ParameterDeclaration): GivenValues {
  const fn = parameter.parent;
  if (!isFunctionWithBody(fn)) return { values: [], complete: false };
  const index = fn.parameters.indexOf(parameter);
  const values: Given[] = [];
  let complete = parameter.dotDotDotToken === undefined;
  for (const { call, asArgument } of callSites(model, fn)) {
    const expression = asArgument === undefined ? call.arguments?.[index] : undefined;
    const spread = call.arguments?.slice(0, index + 1).some(ts.isSpreadElement);
    if (asArgument !== undefined || spread) complete = false;
    else if (expression) values.push({ expression, accesses: [], call });
  }
  for (const call of workerSet(model).get(fn)?.calls ?? []) {
    const given = sentTo(model, call, fn, index);
    if (given) values.push(given);
    else complete = false;
  }
  return { values, complete: complete && values.length > 0 };
}

/** What a call that runs `fn` in workers sends as its argument number `index`. */
export function sentTo(model: Model, call: WorkerCall, fn: FunctionNode, index: number): Given | undefined {
  const { node } = call;
  const args = node.arguments ?? [];
  if (args.some(ts.isSpreadElement)) return undefined;
  const name = calledRuntime(model, node);
  const at = (expression: ts.Expression | undefined, ...accesses: Access[]): Given | undefined =>
    expression && { expression, accesses, call: node };
  const tuple = prop(String(index));
  switch (name) {
    case 'Pool.map':
    case 'Pool.mapAsync':
    case 'Pool.imap':
    case 'Pool.imapUnordered':
      return index === 0 ? at(args[1], ELEMENT) : undefined;
    case 'Pool.starmap':
    case 'Pool.starmapAsync':
      return at(args[1], ELEMENT, tuple);
    case 'Pool.apply':
    case 'Pool.applyAsync':
      return at(args[1], tuple);
    case 'ProcessPoolExecutor.submit':
      return at(args[index + 1]);
    case 'ProcessPoolExecutor.map':
      return at(args[index + 1], ELEMENT);
    case 'Process':
      return at(args[0], prop('args'), tuple);
    case 'Pool':
    case 'ProcessPoolExecutor':
      return isInitializer(model, call, fn) ? at(optionsOf(args), prop('initArgs'), tuple) : undefined;
    default:
      return undefined;
  }
}

const isInitializer = (model: Model, call: WorkerCall, fn: FunctionNode): boolean =>
  call.workers.some(
    (position) =>
      position.role === 'initializer' &&
      resolveWorkers(model, position).some((worker) => 'node' in worker && worker.node === fn),
  );

/** The argument that is written as options with `initArgs`, or the last one. */
const optionsOf = (args: readonly ts.Expression[]): ts.Expression | undefined =>
  args.find((argument) => {
    const value = unwrap(argument);
    return (
      ts.isObjectLiteralExpression(value) &&
      value.properties.some((property) => propertyName(property.name) === 'initArgs')
    );
  }) ?? args.at(-1);
