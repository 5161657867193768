import { ts } from 'ts-morph';
import { isFunctionExpression, placeText, spanOf, unwrap } from '../ast.ts';
import { type BuiltinUse, builtinUses, callOf } from '../builtin-uses.ts';
import { proofOf } from '../guards.ts';
import type { Model } from '../model.ts';
import { moduleState, type State, sourceOf } from '../module-state.ts';
import type { Finding, Rule } from '../rule.ts';
import { stateFiles } from '../where-runs.ts';
import { entriesOf } from '../worker-crowd.ts';
import { type WorkerRun, workerRunOf } from '../worker-set.ts';
import { runOf } from '../worker-uses.ts';

/** A worker reads the command line or the standard input of the program, and has neither. */
export const workerReadsArgvStdin: Rule = {
  name: 'worker-reads-argv-stdin',
  category: 'lifecycle',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const { node, run, source, use } of model.once(inputReads, model, [])) {
    if (node.getSourceFile() !== file) continue;
    const isInside = node !== use;
    yield {
      node,
      message:
        `This reads ${source}${isInside ? ` (${placeText(use)})` : ''} in a worker process (${run.chain.join(', ')}). A worker ${MISSING[source]}. ` +
        'Read it in the main process and hand the worker what it needs as an argument or through `initArgs`.',
      chain: run.chain,
      ...(isInside && {
        related: [{ file: use.getSourceFile().fileName, ...spanOf(use), message: 'read here' }],
      }),
    };
  }
  for (const { state, read, run, source } of model.once(staleOptions, model, [])) {
    if (read.getSourceFile() !== file) continue;
    yield {
      node: read,
      message:
        `\`${state.name}\` comes from ${source} (${state.declaration ? placeText(state.declaration) : 'its module'}), and is read here in a worker ` +
        `process (${run.chain.join(', ')}). A worker ${MISSING[source]}. Hand the value to the worker as an argument, or through \`initArgs\`.`,
      path: state.name,
      chain: run.chain,
      ...(state.declaration && {
        related: [
          {
            file: state.declaration.getSourceFile().fileName,
            ...spanOf(state.declaration),
            message: 'read here while the module is imported, in every process',
          },
        ],
      }),
    };
  }
}

type Source = 'the command line' | 'the standard input';

const MISSING: Readonly<Record<Source, string>> = {
  'the command line': 'is started with a command line of its own, so options of the program are not there',
  'the standard input': 'has no standard input',
};

interface InputRead {
  /** The read itself, or the call in the worker function that leads to it. */
  readonly node: ts.Node;
  readonly run: WorkerRun;
  readonly source: Source;
  readonly use: ts.Node;
}

/** One read for each worker function. What a function of the program reads that workers call, they are told at their call. */
function inputReads(model: Model): readonly InputRead[] {
  const found = new Map<WorkerRun, InputRead>();
  for (const file of stateFiles(model)) {
    for (const { use, source } of model.keep(inputsIn, file, file, [])) {
      const run = runOf(model, use);
      if (run === undefined) continue;
      const read = use.method === undefined ? use.node : use.place;
      for (const entry of entriesOf(model, run)) {
        const node = entry.run === run ? read : entry.place;
        if (!found.has(entry.run)) found.set(entry.run, { node, run: entry.run, source, use: read });
      }
    }
  }
  return [...found.values()];
}

/** Every use in a file that reads an input, in the order of the text. */
const inputsIn = (
  model: Model,
  file: ts.SourceFile,
): readonly { readonly use: BuiltinUse; readonly source: Source }[] =>
  builtinUses(model, file)
    .flatMap((use) => {
      const source = inputOf(model, use);
      return source === undefined ? [] : [{ use, source }];
    })
    .sort((a, b) => a.use.node.pos - b.use.node.pos);

/** What a use reads; comparisons with the path of the program ask who is the main process. */
function inputOf(model: Model, use: BuiltinUse): Source | undefined {
  if (/^process\.argv(\.|$)/.test(use.name)) {
    const isProgram = /^process\.argv\.0(\.|$)/.test(use.name) || use.node.getText().endsWith('argv[0]');
    return isProgram || isGuard(model, use.node) ? undefined : 'the command line';
  }
  if (/^process\.stdin(\.|$)/.test(use.name)) return 'the standard input';
  const call = callOf(use);
  if (call === undefined) return undefined;
  const argument = call.arguments[0]?.getText();
  if (use.name === 'util.parseArgs')
    return argument && /\bargs\b/.test(argument) ? undefined : 'the command line';
  if (/^commander\.program\.parse(Async)?$/.test(use.name)) return argument ? undefined : 'the command line';
  const isInput = argument !== undefined && /^(0|['"]\/dev\/stdin['"])$/.test(argument);
  return /^fs\.(readFile|readFileSync|createReadStream|readSync)$/.test(use.name) && isInput
    ? 'the standard input'
    : undefined;
}

function isGuard(model: Model, node: ts.Node): boolean {
  for (let up = node.parent; up !== undefined && ts.isExpression(up); up = up.parent) {
    const { whenTrue, whenFalse } = proofOf(model, up);
    if (whenTrue || whenFalse) return true;
  }
  return false;
}

interface StaleOption {
  readonly state: State;
  readonly read: ts.Node;
  readonly run: WorkerRun;
  readonly source: Source;
}

/** Constants of modules that are made of the command line while the module is imported, and the first worker that reads each. */
function staleOptions(model: Model): readonly StaleOption[] {
  return moduleState(model).flatMap((state) => {
    const reads = state.uses.filter((use) => use.kind === 'read' && use.runs === 'worker');
    if (reads.length === 0 || state.uses.some((use) => use.kind !== 'read' && use.runs === 'worker'))
      return [];
    const value = state.declaration && (state.initial ?? sourceOf(state.declaration));
    const source = value && inputBehind(model, value, 0);
    const read = reads.find((use) => workerRunOf(model, use.node) !== undefined);
    const run = read && workerRunOf(model, read.node);
    return source && read && run ? [{ state, read: read.node, run, source }] : [];
  });
}

/** The input that an expression is made of, also in functions of the user's and other constants of the module. */
function inputBehind(model: Model, value: ts.Expression, hops: number): Source | undefined {
  const { whenTrue, whenFalse } = proofOf(model, value);
  if (hops > 3 || whenTrue || whenFalse || isFunctionExpression(unwrap(value))) return undefined;
  const direct = inputWithin(model, value);
  if (direct !== undefined) return direct;
  let found: Source | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined || (ts.isFunctionLike(node) && hops > 0)) return;
    if (ts.isCallExpression(node)) {
      const fn = model.calledFunction(node);
      if (fn && !fn.getSourceFile().isDeclarationFile) found ??= inputWithin(model, fn.body);
    } else if (ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node.parent))
      found ??= behindName(model, node, hops);
    else if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
      found ??= behindName(model, node.expression, hops);
    ts.forEachChild(node, visit);
  };
  visit(value);
  return found;
}

function behindName(model: Model, node: ts.Identifier, hops: number): Source | undefined {
  const declaration = model.symbolAt(node)?.valueDeclaration;
  if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) return undefined;
  const isConstant = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  const source = isConstant ? sourceOf(declaration) : undefined;
  return source && inputBehind(model, source, hops + 1);
}

function inputWithin(model: Model, node: ts.Node): Source | undefined {
  for (const use of builtinUses(model, node.getSourceFile())) {
    const isInside = use.node.pos >= node.pos && use.node.end <= node.end;
    const source = isInside ? inputOf(model, use) : undefined;
    if (source !== undefined) return source;
  }
  return undefined;
}
