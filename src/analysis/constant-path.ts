import { ts } from 'ts-morph';
import { isFunctionWithBody, resultsOf, unwrap } from './ast.ts';
import type { Model } from './model.ts';
import { nodeName } from './node-names.ts';
import { startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';
import { argumentFor } from './worker-arguments.ts';
import { callersOf, isHandedOften } from './worker-crowd.ts';
import { workerSet } from './worker-set.ts';

/** Functions that make a path of paths, the same in every process. */
const PATHS =
  /^(path\.(posix\.|win32\.)?(join|resolve|normalize|dirname|basename|format)|os\.(tmpdir|homedir)|process\.cwd|url\.(fileURLToPath|pathToFileURL))$/;

/** True for an expression that is the same text in every process and for every task. */
export function isSameEverywhere(model: Model, expression: ts.Expression, hops = 0): boolean {
  const node = unwrap(expression);
  if (hops > 8) return false;
  const same = (one: ts.Expression): boolean => isSameEverywhere(model, one, hops + 1);
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return true;
  if (ts.isTemplateExpression(node)) return node.templateSpans.every((span) => same(span.expression));
  if (ts.isConditionalExpression(node)) return same(node.whenTrue) && same(node.whenFalse);
  if (ts.isBinaryExpression(node))
    return JOINING.has(node.operatorToken.kind) && same(node.left) && same(node.right);
  if (
    /^import\.meta\.(url|dirname|filename)$/.test(node.getText()) ||
    /^__(dir|file)name$/.test(node.getText())
  )
    return true;
  if (ts.isNewExpression(node)) {
    const isUrl = ts.isIdentifier(node.expression) && node.expression.text === 'URL';
    return isUrl && (node.arguments ?? []).every(same);
  }
  if (ts.isCallExpression(node)) {
    const name = nodeName(model, node.expression);
    if (name !== undefined) return PATHS.test(name) && node.arguments.every(same);
    const fn = node.arguments.length === 0 ? model.calledFunction(node) : undefined;
    const [only, ...others] = fn ? resultsOf(fn) : [];
    return only !== undefined && others.length === 0 && same(only);
  }
  if (ts.isPropertyAccessExpression(node)) {
    if (nodeName(model, node)?.startsWith('process.env.')) return true;
    return isSameDeclaration(model, model.symbolAt(node.name), hops);
  }
  return ts.isIdentifier(node) && isSameDeclaration(model, model.symbolAt(node), hops);
}

const JOINING = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

function isSameDeclaration(model: Model, symbol: ts.Symbol | undefined, hops: number): boolean {
  const declaration = symbol?.valueDeclaration;
  if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) return false;
  if (ts.isVariableDeclaration(declaration)) {
    const isConst = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
    return (
      isConst &&
      declaration.initializer !== undefined &&
      isSameEverywhere(model, declaration.initializer, hops + 1)
    );
  }
  if (ts.isPropertyAssignment(declaration)) return isSameEverywhere(model, declaration.initializer, hops + 1);
  if (ts.isPropertyDeclaration(declaration)) {
    const isFixed = (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly) !== 0;
    return (
      isFixed &&
      declaration.initializer !== undefined &&
      isSameEverywhere(model, declaration.initializer, hops + 1)
    );
  }
  return ts.isParameter(declaration) && isSameArgument(model, declaration, hops);
}

/** The parameter gets the same text from every task: by a caller in the worker, or by the call that makes the tasks. */
function isSameArgument(model: Model, parameter: ts.ParameterDeclaration, hops: number): boolean {
  const fn = parameter.parent;
  const run = isFunctionWithBody(fn) ? workerSet(model).get(fn) : undefined;
  if (run === undefined) return false;
  const index = fn.parameters.indexOf(parameter);
  const callers = callersOf(model, run);
  if (run.calls.length === 0) {
    return callers.some(({ place }) => {
      const argument = ts.isCallExpression(place) ? place.arguments[index] : undefined;
      const value = argument ?? (ts.isCallExpression(place) ? parameter.initializer : undefined);
      return value !== undefined && isSameEverywhere(model, value, hops + 1);
    });
  }
  return run.calls.some((call) => {
    const position = isHandedOften(model, call) ? argumentFor(model, call, index) : undefined;
    if (position === undefined)
      return (
        parameter.initializer !== undefined &&
        callLeavesOut(call.node, index) &&
        isSameEverywhere(model, parameter.initializer, hops + 1)
      );
    const origins = new Set<ts.Node>();
    new Trace(model, (origin) => origins.add(origin.node)).follow(
      position.expression,
      position.accesses,
      startState(''),
    );
    const [only] = origins;
    return origins.size === 1 && only !== undefined && ts.isStringLiteralLike(only) && !isElementOfList(only);
  });
}

/** Each task of `map` has one argument. */
const callLeavesOut = (call: ts.Node, index: number): boolean =>
  index > 0 && ts.isCallExpression(call) && /\.(map|imap|imapUnordered)$/.test(call.expression.getText());

/** An item, or a part of one, of a list that happens to have one. */
function isElementOfList(node: ts.Node): boolean {
  for (let up = node.parent; ts.isArrayLiteralExpression(up); up = up.parent)
    if (up.elements.length === 1) return true;
  return false;
}
