import { ts } from 'ts-morph';
import { isFunctionWithBody, placeText, propertyName, resultsOf, spanOf, unwrap } from '../ast.ts';
import type { Model } from '../model.ts';
import { moduleState, type State, type StateUse, sourceOf } from '../module-state.ts';
import type { Finding, Rule } from '../rule.ts';
import { runtimeTypeOf } from '../runtime-type.ts';
import { SHARED_TYPES } from '../runtime-values.ts';
import { fieldsReadBy } from '../uses.ts';
import { guardAround } from '../where-runs.ts';
import { type WorkerRun, workerRunOf } from '../worker-set.ts';

/** A lock, queue or shared value that a module makes for itself is used by a worker: every process makes one of its own. */
export const perProcessPrimitive: Rule = {
  name: 'per-process-primitive',
  category: 'race',
  severity: 'error',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const { type, made, name, use, run } of model.once(ownPrimitives, model, [])) {
    if (made.getSourceFile() !== file) continue;
    yield {
      node: made,
      message:
        `Every process that runs this makes a ${type} of its own, so \`${name}\` is not shared with the workers that use it ` +
        `(${placeText(use.node)}; ${run.chain.join(', ')}): ${consequence(type)}. Create it in the main process only and hand it to the ` +
        'workers in `args`, as an argument of the task, or through `initializer` and `initArgs`.',
      path: name,
      chain: run.chain,
      related: [
        {
          file: use.node.getSourceFile().fileName,
          ...spanOf(use.node),
          message: 'used here, in a worker process',
        },
      ],
    };
  }
}

function consequence(type: string): string {
  if (/Lock|Semaphore|Condition/.test(type)) return 'it keeps nobody out';
  if (/Queue|Connection/.test(type)) return 'what is put in at one side is never taken out at the other';
  if (/Event|Barrier/.test(type)) return 'who waits for it waits for ever';
  return 'what one process writes no other one sees';
}

interface OwnPrimitive {
  readonly type: string;
  /** What makes it. */
  readonly made: ts.Node;
  readonly name: string;
  readonly use: StateUse;
  readonly run: WorkerRun;
}

function ownPrimitives(model: Model): readonly OwnPrimitive[] {
  return moduleState(model).flatMap((state) => {
    const inWorkers = state.uses.filter((use) => use.runs === 'worker');
    if (inWorkers.length === 0) return [];
    const created = inWorkers.find(
      (use) => use.kind === 'assign' && use.path.length === 0 && makesOne(model, use.value),
    );
    const replaced = inWorkers.some((use) => use.kind === 'assign' && use.path.length === 0);
    if (replaced) return created ? createdByWorker(model, state, created) : [];
    const found = new Map<ts.Node, OwnPrimitive>();
    for (const use of inWorkers) {
      const run = workerRunOf(model, use.node);
      const made = run && madeOnImport(model, state, use);
      if (!run || !made || found.has(made.made)) continue;
      found.set(made.made, { ...made, name: state.name, use, run });
    }
    return [...found.values()];
  });
}

/** A worker function makes it and keeps it at module level. */
function createdByWorker(model: Model, state: State, use: StateUse): OwnPrimitive[] {
  const run = workerRunOf(model, use.place);
  const type = use.value && runtimeTypeOf(model, use.value);
  return run && type ? [{ type, made: use.place, name: state.name, use, run }] : [];
}

const makesOne = (model: Model, value: ts.Expression | undefined): boolean => {
  const node = value && unwrap(value);
  if (!node || !(ts.isNewExpression(node) || ts.isCallExpression(node))) return false;
  return isOwn(model, node) !== undefined;
};

/** Type of the primitive that an expression makes without a name by which others could find it. */
function isOwn(model: Model, expression: ts.Expression): string | undefined {
  const type = runtimeTypeOf(model, expression);
  if (type === undefined || !SHARED_TYPES.has(type)) return undefined;
  const node = unwrap(expression);
  const isNamed =
    /^Share/.test(type) &&
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    /\bname\b/.test(node.getText());
  return isNamed ? undefined : type;
}

/** What the use speaks of, where the module makes it in every process that imports it. */
function madeOnImport(
  model: Model,
  state: State,
  use: StateUse,
): { readonly type: string; readonly made: ts.Node } | undefined {
  const { declaration, initial } = state;
  if (declaration !== undefined && ts.isBindingElement(declaration)) {
    const source = sourceOf(declaration);
    const type =
      source && guardAround(model, source) === undefined
        ? isOwn(model, declaration.name as ts.Expression)
        : undefined;
    return type ? { type, made: declaration } : undefined;
  }
  if (declaration === undefined || initial === undefined || guardAround(model, initial) !== undefined)
    return undefined;
  const node = unwrap(initial);
  if (ts.isConditionalExpression(node) || ts.isBinaryExpression(node)) return undefined;
  if (ts.isObjectLiteralExpression(node)) return memberOf(model, node, use.path);
  const type = isOwn(model, node);
  if (type !== undefined) return { type, made: declaration };
  const element = use.path[0] === '*' ? elementsOf(node).find((one) => isOwn(model, one)) : undefined;
  if (element !== undefined) return { type: isOwn(model, element) ?? '', made: declaration };
  return ts.isNewExpression(node) ? fieldOf(model, node, use, declaration) : undefined;
}

/** `const shared = { lock: new Lock() }` */
function memberOf(
  model: Model,
  literal: ts.ObjectLiteralExpression,
  [name, ...rest]: readonly string[],
): { readonly type: string; readonly made: ts.Node } | undefined {
  const property = literal.properties.find((one) => propertyName(one.name) === name);
  if (property === undefined || !ts.isPropertyAssignment(property)) return undefined;
  const value = unwrap(property.initializer);
  if (ts.isObjectLiteralExpression(value)) return memberOf(model, value, rest);
  const type = isOwn(model, value);
  return type ? { type, made: property } : undefined;
}

/** What `[a, b]`, `new Map([['x', a]])` and `Array.from({ length: 4 }, () => a)` hold. */
function elementsOf(node: ts.Expression): readonly ts.Expression[] {
  if (ts.isArrayLiteralExpression(node)) return node.elements;
  const args = ts.isNewExpression(node) || ts.isCallExpression(node) ? (node.arguments ?? []) : [];
  const [first, second] = args.map(unwrap);
  const maker = args.length > 0 ? (node as ts.NewExpression | ts.CallExpression).expression.getText() : '';
  if (maker === 'Array.from' && second && isFunctionWithBody(second)) return resultsOf(second);
  if (!/^(Map|Set)$/.test(maker) || !first || !ts.isArrayLiteralExpression(first)) return [];
  if (maker === 'Set') return first.elements;
  return first.elements.flatMap((entry) => {
    const pair = unwrap(entry);
    return ts.isArrayLiteralExpression(pair) ? pair.elements.slice(1) : [];
  });
}

/** An instance of a class of the user's that holds one, in a field that the used method reads. */
function fieldOf(
  model: Model,
  made: ts.NewExpression,
  use: StateUse,
  declaration: ts.Declaration,
): { readonly type: string; readonly made: ts.Node } | undefined {
  const fields =
    use.path[0] !== undefined ? new Set([use.path[0]]) : use.through && fieldsReadBy(model, use.through);
  for (const member of model.classOf(made.expression)?.members ?? []) {
    if (!ts.isPropertyDeclaration(member) || member.initializer === undefined) continue;
    const type = fields?.has(member.name.getText()) ? isOwn(model, member.initializer) : undefined;
    if (type) return { type, made: declaration };
  }
  return undefined;
}
