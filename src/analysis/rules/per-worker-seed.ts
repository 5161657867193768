import { ts } from 'ts-morph';
import {
  enclosingFunction,
  isFunctionWithBody,
  placeText,
  shortText,
  shownName,
  spanOf,
  unwrap,
} from '../ast.ts';
import { builtinUses, callOf } from '../builtin-uses.ts';
import type { Model } from '../model.ts';
import { moduleState, type State, type StateUse } from '../module-state.ts';
import { occurrencesIn } from '../occurrences.ts';
import type { Finding, Rule } from '../rule.ts';
import { useAt } from '../uses.ts';
import { guardAround, stateFiles } from '../where-runs.ts';
import { type WorkerRun, workerRunOf } from '../worker-set.ts';
import { childModules } from '../workers.ts';

/** Every worker draws the same random numbers, or makes the same ids. */
export const perWorkerSeed: Rule = {
  name: 'per-worker-seed',
  category: 'race',
  severity: 'warning',
  check,
};

interface Repeated {
  readonly node: ts.Node;
  readonly name: string;
  readonly use: ts.Node;
  readonly run: WorkerRun;
}

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const { node, name, use, run } of model.once(repeatedStreams, model, [])) {
    if (node.getSourceFile() !== file) continue;
    yield {
      node,
      message:
        `\`${name}\` is seeded with a constant while the module is imported, so every worker that draws from it (${placeText(use)}; ` +
        `${run.chain.join(', ')}) gets the same numbers. Seed a generator in the task, with a seed that is one of its arguments.`,
      path: name,
      chain: run.chain,
      related: [
        { file: use.getSourceFile().fileName, ...spanOf(use), message: 'drawn here, in a worker process' },
      ],
    };
  }
  for (const { node, name, run } of model.once(repeatedIds, model, [])) {
    if (node.getSourceFile() !== file) continue;
    yield {
      node,
      message:
        `This id is made of the time and of \`${name}\`, which every worker process counts for itself (${run.chain.join(', ')}): two workers ` +
        'make the same one. Use `randomUUID()` of `node:crypto`, or put `process.pid` into it.',
      path: name,
      chain: run.chain,
    };
  }
}

const GENERATOR =
  /rand|rng|seed|mulberry|xor_?shift|xoshiro|xoroshiro|\blcg|twister|mersenne|sfc32|split_?mix|\balea|\bpcg|^chance$/i;

function repeatedStreams(model: Model): readonly Repeated[] {
  const found: Repeated[] = [];
  for (const state of moduleState(model)) {
    const drawn = madeGenerator(model, state) ?? ownState(model, state);
    const run = drawn && workerRunOf(model, drawn.node);
    if (drawn && run && state.declaration)
      found.push({ node: state.declaration, name: state.name, use: drawn.node, run });
  }
  for (const file of stateFiles(model))
    if (childModules(model).has(file)) found.push(...seededLibraries(model, file));
  return found;
}

/** `const random = mulberry32(42)`, and the first draw of a worker. */
function madeGenerator(model: Model, state: State): StateUse | undefined {
  const { initial } = state;
  if (initial === undefined || guardAround(model, initial) !== undefined) return undefined;
  const node = unwrap(initial);
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
  const args = node.arguments ?? [];
  if (args.length === 0 || !args.every((argument) => isConstant(model, argument, 0))) return undefined;
  const maker = node.expression.getText();
  const own = isOwnStateful(model, node);
  // Of another package's function only the name tells what it makes.
  if (own === false || !(GENERATOR.test(maker) || (own && GENERATOR.test(state.name)))) return undefined;
  const inWorkers = state.uses.filter((use) => use.runs === 'worker');
  // Seeded anew for the task, or replaced by an initializer.
  if (inWorkers.some((use) => (use.kind === 'assign' && use.path.length === 0) || isReseeding(use.method)))
    return undefined;
  return inWorkers.find((use) => use.method !== undefined || isCalled(use.node));
}

const isReseeding = (method: string | undefined): boolean =>
  method !== undefined && /seed|reset/i.test(method);
const isCalled = (node: ts.Node): boolean =>
  ts.isCallExpression(node.parent) && node.parent.expression === node;

function isConstant(model: Model, expression: ts.Expression, hops: number): boolean {
  const node = unwrap(expression);
  if (ts.isNumericLiteral(node) || ts.isStringLiteralLike(node) || ts.isBigIntLiteral(node)) return true;
  if (ts.isPrefixUnaryExpression(node)) return isConstant(model, node.operand, hops);
  if (ts.isBinaryExpression(node))
    return isConstant(model, node.left, hops) && isConstant(model, node.right, hops);
  if (ts.isArrayLiteralExpression(node))
    return node.elements.every((element) => isConstant(model, element, hops));
  if (!ts.isIdentifier(node) || hops > 3) return false;
  const declaration = model.symbolAt(node)?.valueDeclaration;
  const isConst =
    declaration &&
    ts.isVariableDeclaration(declaration) &&
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0 &&
    declaration.initializer;
  return isConst ? isConstant(model, declaration.initializer as ts.Expression, hops + 1) : false;
}

/** Whether what the user's own function or class makes goes on from one state to the next; undefined for those of others. */
function isOwnStateful(model: Model, node: ts.CallExpression | ts.NewExpression): boolean | undefined {
  if (ts.isNewExpression(node)) {
    const declaration = model.classOf(node.expression);
    if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) return undefined;
    const { self } = occurrencesIn(model, declaration.getSourceFile());
    return self.some(
      (one) =>
        one.pos > declaration.pos &&
        one.end < declaration.end &&
        enclosingFunction(one)?.kind !== ts.SyntaxKind.Constructor &&
        useAt(model, one as ts.Expression).kind !== 'read',
    );
  }
  const fn = model.calledFunction(node);
  if (fn === undefined || fn.getSourceFile().isDeclarationFile) return undefined;
  const { byDeclaration } = occurrencesIn(model, fn.getSourceFile());
  for (const [declaration, nodes] of byDeclaration) {
    if (enclosingFunction(declaration) !== fn) continue;
    if (nodes.some((one) => enclosingFunction(one) !== fn && useAt(model, one).kind !== 'read')) return true;
  }
  return false;
}

/** `let seed = 42; function random() { seed = (seed * 16807) % 2147483647; ... }` */
function ownState(model: Model, state: State): StateUse | undefined {
  const { initial } = state;
  if (initial === undefined || !isConstant(model, initial, 0) || guardAround(model, initial) !== undefined)
    return undefined;
  const writes = state.uses.filter((use) => use.kind !== 'read' && use.path.length === 0);
  const steps = writes.filter((use) => use.runs === 'worker');
  const goesOn = (use: StateUse): boolean =>
    use.value !== undefined &&
    ARITHMETIC.test(use.value.getText()) &&
    (use.kind === 'update' || new RegExp(`\\b${state.name}\\b`).test(use.value.getText()));
  if (steps.length === 0 || !steps.every(goesOn) || writes.length > steps.length) return undefined;
  const [first] = steps;
  const fn = first && enclosingFunction(first.node);
  const isNamed = GENERATOR.test(state.name) || (fn && GENERATOR.test(shownName(fn) ?? ''));
  return isNamed && fn && isFunctionWithBody(fn) && !isReseeding(shownName(fn)) ? first : undefined;
}

/** A step of a generator multiplies or shifts, and cuts off. */
const ARITHMETIC = /\*|imul|<<|>>|\^|0x[0-9a-f]{6,}|\d{6,}/i;

/** `faker.seed(42)` at the top level of a module that workers import. */
function seededLibraries(model: Model, file: ts.SourceFile): Repeated[] {
  return model.keep(fixedSeeds, file, file, []).flatMap(({ call, library }) => {
    const draw = drawOf(model, library);
    return draw ? [{ node: call, name: shortText(call.expression).replace(/\.[^.]*$/, ''), ...draw }] : [];
  });
}

/** Calls that seed a library with a constant while the module is imported. */
function fixedSeeds(
  model: Model,
  file: ts.SourceFile,
): readonly { readonly call: ts.CallExpression; readonly library: string }[] {
  return builtinUses(model, file).flatMap((use) => {
    const call = callOf(use);
    const isSeeding = /\.(seed|setSeed|srand)$/.test(use.name) && enclosingFunction(use.node) === undefined;
    if (!call || !isSeeding || guardAround(model, call) !== undefined) return [];
    const isFixed =
      call.arguments.length > 0 && call.arguments.every((argument) => isConstant(model, argument, 0));
    return isFixed ? [{ call, library: use.name.replace(/\.[^.]*$/, '') }] : [];
  });
}

function drawOf(model: Model, library: string): { use: ts.Node; run: WorkerRun } | undefined {
  let found: { use: ts.Node; run: WorkerRun } | undefined;
  for (const file of stateFiles(model)) {
    for (const use of builtinUses(model, file)) {
      if (!use.name.startsWith(`${library}.`)) continue;
      const run = workerRunOf(model, use.node);
      if (run === undefined) continue;
      if (/\.(seed|setSeed|srand)$/.test(use.name)) return undefined;
      found ??= { use: use.node, run };
    }
  }
  return found;
}

/** `${Date.now()}-${counter++}` in a worker. */
function repeatedIds(model: Model): readonly Repeated[] {
  return moduleState(model).flatMap((state) =>
    state.uses.flatMap((use) => {
      if (use.kind !== 'update' || use.runs !== 'worker' || use.path.length > 0) return [];
      const run = workerRunOf(model, use.node);
      const text = textAround(use.place);
      const isId = text !== undefined && TIME.test(text.getText()) && !UNIQUE.test(text.getText());
      return run && isId ? [{ node: text, name: state.name, use: use.node, run }] : [];
    }),
  );
}

const TIME = /Date\.now\(\)|performance\.now\(\)|new Date\(\)|hrtime/;
const UNIQUE = /pid\b|random|uuid|hostname|worker|process\.|thread/i;

/** The template, sum of strings or list that a value is put into. */
function textAround(node: ts.Node): ts.Node | undefined {
  let found: ts.Node | undefined;
  for (let up = node.parent; up !== undefined && ts.isExpression(up); up = up.parent) {
    const isText =
      ts.isTemplateExpression(up) ||
      ts.isArrayLiteralExpression(up) ||
      (ts.isBinaryExpression(up) && up.operatorToken.kind === ts.SyntaxKind.PlusToken);
    if (isText) found = up;
  }
  return (
    found ?? (ts.isTemplateSpan(node.parent) ? (textAround(node.parent) ?? node.parent.parent) : undefined)
  );
}
