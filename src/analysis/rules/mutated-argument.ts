import { ts } from 'ts-morph';
import { isFunctionWithBody, placeText, resultsOf, shownName, spanOf } from '../ast.ts';
import { calledRuntime, type WorkerCall, workerCalls } from '../calls.ts';
import type { Model } from '../model.ts';
import { usesOf } from '../occurrences.ts';
import type { Finding, Rule } from '../rule.ts';
import { runtimeTypeOf } from '../runtime-type.ts';
import { isViewOfGivenMemory } from '../runtime-values.ts';
import { changesOf, type Use, useAt, usesOfName, withAliases } from '../uses.ts';
import { argumentFor, type SentVariable, variablesSent } from '../worker-arguments.ts';
import { type Body, workerRunOf } from '../worker-set.ts';
import { resolveWorkers } from '../workers.ts';

/** A worker writes its result into an argument, which is a copy. */
export const mutatedArgument: Rule = {
  name: 'mutated-argument',
  category: 'race',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    for (const fn of workersOf(model, call)) {
      for (const [index, parameter] of fn.parameters.entries()) {
        const changes = changesOf(model, parameter);
        if (changes.length === 0 || isGivenBack(model, fn, parameter)) continue;
        const position = argumentFor(model, call, index);
        const variables = new Map(
          (position ? variablesSent(model, position) : []).map((sent) => [sent.symbol, sent]),
        );
        for (const sent of variables.values()) {
          const lost = firstLost(model, call, fn, sent, changes);
          if (lost !== undefined) yield findingFor(call, fn, parameter, sent, lost);
        }
      }
    }
  }
}

function workersOf(model: Model, call: WorkerCall): Body[] {
  return call.workers.flatMap((position) => {
    if (position.role !== 'task' && position.role !== 'target') return [];
    return resolveWorkers(model, position).flatMap((worker) =>
      'node' in worker && isFunctionWithBody(worker.node) ? [worker.node] : [],
    );
  });
}

interface Lost {
  readonly change: Use;
  readonly read: Use;
}

function findingFor(
  call: WorkerCall,
  fn: Body,
  parameter: ts.ParameterDeclaration,
  sent: SentVariable,
  { change, read }: Lost,
): Finding {
  const inside = sent.node.pos >= call.node.pos && sent.node.end <= call.node.end;
  const what = sent.byElement ? `the elements of \`${sent.name}\`` : `\`${sent.name}\``;
  const worker = shownName(fn) ?? 'the worker function';
  return {
    node: inside ? sent.node : call.node,
    message:
      `\`${worker}\` changes its argument \`${parameter.name.getText()}\` (${placeText(change.node)}), but \`${call.name}\` sends it a copy of ${what}: ` +
      `what is read at ${placeText(read.node)} is unchanged. Return the value from \`${worker}\` and use the result of the call` +
      `${/Array|Buffer/.test(sent.name) ? '' : ', or share memory (`SharedArray`, `Value`)'}.`,
    path: sent.name,
    related: [
      {
        file: change.node.getSourceFile().fileName,
        ...spanOf(change.node),
        message: 'changed here, in the worker',
      },
      { file: read.node.getSourceFile().fileName, ...spanOf(read.node), message: 'read here, in the parent' },
    ],
  };
}

/** The function returns or sends what it changed, or a part of it. */
function isGivenBack(model: Model, fn: Body, parameter: ts.ParameterDeclaration): boolean {
  const results: readonly ts.Node[] = resultsOf(fn);
  for (const { node, path } of usesOfName(model, fn.getSourceFile(), parameter.name, [])) {
    const isSize = /^(length|size)$/.test(path.at(-1) ?? '');
    if (!isSize && results.some((result) => contains(result, node))) return true;
    if (isHandedToRuntime(model, node)) return true;
  }
  return runtimeTypeOf(model, parameter.name as ts.Expression) !== undefined;
}

/** `queue.put(rows)`: the parent gets it another way. */
function isHandedToRuntime(model: Model, node: ts.Node): boolean {
  for (let up = node.parent; up !== undefined && !ts.isStatement(up); up = up.parent) {
    if (ts.isCallExpression(up) && contains(up, node) && up.expression !== node) {
      const name = calledRuntime(model, up);
      if (name !== undefined) return true;
    }
    if (ts.isFunctionLike(up)) return false;
  }
  return false;
}

const contains = (outer: ts.Node, inner: ts.Node): boolean =>
  outer.getSourceFile() === inner.getSourceFile() && inner.pos >= outer.pos && inner.end <= outer.end;

/** The first change of the worker that the parent looks for in the original after the call. */
function firstLost(
  model: Model,
  call: WorkerCall,
  fn: Body,
  sent: SentVariable,
  changes: readonly Use[],
): Lost | undefined {
  if (isShared(model, sent) || isReplaced(model, call, sent)) return undefined;
  const reads = readsAfter(model, call, sent);
  const returnsNothing = ts.isBlock(fn.body) && resultsOf(fn).length === 0;
  for (const change of changes) {
    if (change.unsure && !knowsMethod(model, sent, change)) continue;
    const read = reads.find((one) => {
      if (!sent.byElement) return sees(model, sent, change, one.path, one);
      const [element, ...inside] = one.path;
      if (element === undefined) return returnsNothing && one.method === undefined;
      return element === '*' && seesInElement(change, inside, one);
    });
    if (read !== undefined) return { change, read };
  }
  return undefined;
}

/** `state = await pool.apply(step, [state])` */
function isReplaced(model: Model, call: WorkerCall, { symbol }: SentVariable): boolean {
  for (let up: ts.Node = call.node; !ts.isStatement(up); up = up.parent) {
    if (!ts.isBinaryExpression(up) || up.operatorToken.kind !== ts.SyntaxKind.EqualsToken) continue;
    return ts.isIdentifier(up.left) && model.symbolAt(up.left) === symbol;
  }
  return false;
}

function isShared(model: Model, { node, symbol }: SentVariable): boolean {
  if (runtimeTypeOf(model, node) !== undefined) return true;
  const declaration = symbol.valueDeclaration;
  const initial = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return initial !== undefined && isViewOfGivenMemory(initial);
}

/** Uses of the variable in the parent that come after the call: further down, or in the next round of a loop around both. */
function readsAfter(model: Model, call: WorkerCall, { node, symbol }: SentVariable): Use[] {
  const file = call.node.getSourceFile();
  const uses = withAliases(
    model,
    usesOf(model, file, symbol)
      .filter((one) => one !== node)
      .map((one) => useAt(model, one)),
  );
  const others = workerCalls(model, file);
  const loop = loopAround(call.node);
  return uses.filter((use) => {
    if (use.kind !== 'read' || workerRunOf(model, use.node) !== undefined) return false;
    if (others.some((other) => contains(other.node, use.node))) return false; // It is sent again.
    return use.node.pos >= call.node.end || (loop !== undefined && contains(loop, use.node) && !makes(use));
  });
}

function loopAround(node: ts.Node): ts.Node | undefined {
  for (let up = node.parent; up !== undefined && !ts.isFunctionLike(up); up = up.parent) {
    if (ts.isIterationStatement(up, false)) return up;
  }
  return undefined;
}

/** The use makes what is sent: `items.map((item) => ...)` before the call. */
const makes = (use: Use): boolean =>
  use.method !== undefined && /^(map|filter|slice|entries|values|keys)$/.test(use.method);

/** The read sees what the change would have changed. */
function sees(model: Model, sent: SentVariable, change: Use, path: readonly string[], read: Use): boolean {
  const [changed] = change.path;
  const [seen] = path;
  if (changed === undefined && /^(Object|Reflect)\./.test(change.method ?? '')) return true;
  if (changed !== undefined && changed !== '*') return isOnTheWay(change.path, path, read);
  if (seen === undefined || seen === '*') return true;
  return (seen === 'length' || seen === 'size') && path.length === 1 && !hasFixedLength(model, sent.node);
}

function seesInElement(change: Use, path: readonly string[], read: Use): boolean {
  const [changed] = change.path;
  const [seen] = path;
  if (changed !== undefined && changed !== '*')
    return seen !== undefined && isOnTheWay(change.path, path, read);
  return seen === '*' || (seen === undefined && (read.method !== undefined || !isLoopVariable(read)));
}

/** One path leads to the other: `job.meta` and `job.meta.words`. */
function isOnTheWay(change: readonly string[], read: readonly string[], { method }: Use): boolean {
  if (read.length === 0) return method === undefined;
  const shared = Math.min(change.length, read.length);
  return change
    .slice(0, shared)
    .every((step, index) => step === read[index] || step === '*' || read[index] === '*');
}

/** The name of an element alone tells nothing. */
const isLoopVariable = (read: Use): boolean => ts.isForOfStatement(read.node.parent);

function hasFixedLength(model: Model, node: ts.Expression): boolean {
  const type = model.checker.getTypeAtLocation(node);
  return model.checker.getPropertyOfType(type, 'byteLength') !== undefined;
}

/** The value that is sent has the method, which changes it. */
function knowsMethod(model: Model, { node, byElement }: SentVariable, change: Use): boolean {
  if (byElement || change.method === undefined || change.path.length > 0) return false;
  const type = model.checker.getNonNullableType(model.checker.getTypeAtLocation(node));
  const member = model.checker.getPropertyOfType(type, change.method);
  return (
    member?.declarations?.some(
      (one) =>
        one.getSourceFile().hasNoDefaultLib || /\/lib\.[^/]*\.d\.ts$/.test(one.getSourceFile().fileName),
    ) === true
  );
}
