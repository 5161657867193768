import { ts } from 'ts-morph';
import { shortText, unwrap } from '../ast.ts';
import { calledRuntime } from '../calls.ts';
import { firstReached, leaves, STARTS, type Start } from '../entry.ts';
import { conditionFix } from '../fixes/condition.ts';
import { proofOf } from '../guards.ts';
import type { Model } from '../model.ts';
import { allowsBelow, isEsModule, nodeRange } from '../module-format.ts';
import type { Finding, Rule } from '../rule.ts';
import { type Branch, syntaxOf } from '../syntax.ts';
import { childModules } from '../workers.ts';

/** A condition that looks like an entry guard lets the wrong processes through, or none. */
export const brokenEntryGuard: Rule = {
  name: 'broken-entry-guard',
  category: 'entry-guard',
  severity: 'error',
  early: true,
  check,
};

const MENTIONS =
  /require\.main|module\.parent|import\.meta|isMainProcess|parentProcess|runMain|currentProcess/;

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!model.isCandidate(file) || !MENTIONS.test(file.text)) return;
  for (const node of syntaxOf(file).calls) {
    const finding = ts.isCallExpression(node) ? calledAtOnce(model, node) : undefined;
    if (finding !== undefined) yield finding;
  }
  for (const node of syntaxOf(file).branches) {
    const finding = guardFault(model, file, node);
    if (finding !== undefined) yield finding;
  }
}

/** A condition and the code that runs when it is true or false. */
interface Guard {
  readonly condition: ts.Expression;
  readonly yes: readonly ts.Node[];
  readonly no: readonly ts.Node[];
}

function guardOf(node: Branch): Guard | undefined {
  if (ts.isIfStatement(node)) {
    const after = leaves(node.thenStatement) ? following(node) : [];
    return {
      condition: node.expression,
      yes: [node.thenStatement],
      no: node.elseStatement ? [node.elseStatement] : after,
    };
  }
  if (ts.isConditionalExpression(node))
    return { condition: node.condition, yes: [node.whenTrue], no: [node.whenFalse] };
  if (node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken && !isCondition(node))
    return { condition: node.left, yes: [node.right], no: [] };
  if (node.operatorToken.kind === ts.SyntaxKind.BarBarToken && !isCondition(node))
    return { condition: node.left, yes: [], no: [node.right] };
  return undefined;
}

function following(statement: ts.Statement): readonly ts.Statement[] {
  const { parent } = statement;
  if (!ts.isBlock(parent) && !ts.isSourceFile(parent)) return [];
  return parent.statements.slice(parent.statements.indexOf(statement) + 1);
}

/** The operator makes one condition of two, and is judged with what it guards. */
const isCondition = (node: ts.BinaryExpression): boolean => {
  let up: ts.Node = node;
  while (
    ts.isParenthesizedExpression(up.parent) ||
    ts.isBinaryExpression(up.parent) ||
    ts.isPrefixUnaryExpression(up.parent)
  )
    up = up.parent;
  return ts.isIfStatement(up.parent) || (ts.isConditionalExpression(up.parent) && up.parent.condition === up);
};

function guardFault(model: Model, file: ts.SourceFile, node: Branch): Finding | undefined {
  const guard = guardOf(node);
  if (guard === undefined || !MENTIONS.test(guard.condition.getText())) return inverted(model, file, guard);
  return neverHolds(model, file, guard) ?? inverted(model, file, guard);
}

const startIn = (model: Model, nodes: readonly ts.Node[]): Start | undefined => {
  for (const node of nodes) {
    const start = firstReached(model, STARTS, node);
    if (start !== undefined) return start;
  }
  return undefined;
};

/** Processes are started where the condition leaves over the children. */
function inverted(model: Model, file: ts.SourceFile, guard: Guard | undefined): Finding | undefined {
  if (guard === undefined) return undefined;
  const { condition, yes, no } = guard;
  const { whenTrue, whenFalse } = proofOf(model, condition);
  if (whenTrue === whenFalse) return undefined;
  const start = startIn(model, whenFalse ? yes : no);
  if (start === undefined) return undefined;
  const fix = whenFalse ? conditionFix(file, condition, 'opposite') : undefined;
  return {
    node: condition,
    message:
      `This guard is the wrong way round: \`${shortText(condition)}\` lets only child processes reach \`${shortText(start.node)}\`, which starts ` +
      'processes. The main program does nothing, and a child that imports this module fails with EntryGuardError. Turn the condition round.',
    chain: start.chain,
    ...(fix && { fixes: [fix] }),
  };
}

/** Conditions that are an error, or the same in every process. */
function neverHolds(model: Model, file: ts.SourceFile, guard: Guard): Finding | undefined {
  const part = faultyPart(model, file, guard.condition);
  if (part === undefined) return undefined;
  const guarded = [...guard.yes, ...guard.no];
  const concerns =
    startIn(model, guarded) !== undefined || (part.inChildren && childModules(model).has(file));
  if (!concerns) return undefined;
  const fix = conditionFix(file, part.node, 'guard');
  return {
    node: part.node,
    message: `${part.what} ${adviceFor(model, file)}`,
    ...(fix && { fixes: [fix] }),
  };
}

interface Fault {
  readonly node: ts.Expression;
  readonly what: string;
  /** It matters whatever is guarded, as soon as children import the module. */
  readonly inChildren: boolean;
}

function faultyPart(model: Model, file: ts.SourceFile, condition: ts.Expression): Fault | undefined {
  const text = condition.getText();
  const node = unwrap(condition);
  const esm = isEsModule(model, file);
  const parts = operands(node);
  for (const part of parts) {
    const own = part.getText();
    if (esm && /\brequire\.main\b|\bmodule\.parent\b/.test(own) && !/typeof (require|module)/.test(text)) {
      return { node: part, what: ESM_WITHOUT_REQUIRE(own), inChildren: true };
    }
    if (!esm && /\bmodule\.parent\b(?!\s*[!=]==\s*null\b)/.test(own) && isAlternativeFree(parts, part)) {
      return { node: part, what: NO_PARENT, inChildren: true };
    }
    const range = nodeRange(model, file);
    const isMeta = /^import\.meta\.main( ===? true)?$/.test(own);
    if (isMeta && range && allowsBelow(range, HAVE_META_MAIN) && !/\?\?|\|\|/.test(text)) {
      return { node: part, what: NO_META_MAIN(range), inChildren: false };
    }
    if (comparesUrlWithPath(part) && isAlternativeFree(parts, part)) {
      return { node: part, what: URL_AND_PATH, inChildren: false };
    }
  }
  return undefined;
}

const HAVE_META_MAIN = [
  [22, 18],
  [24, 2],
] as const;

const ESM_WITHOUT_REQUIRE = (text: string): string =>
  `\`${text}\` does not work in an ES module: there is no \`require\` and no \`module\`, so this is a ReferenceError.`;
const NO_PARENT =
  '`module.parent` is not set where a child process imports the module, so this guard lets children through as well.';
const NO_META_MAIN = (range: string): string =>
  `\`import.meta.main\` is undefined before Node 22.18 and 24.2, and this package is for Node \`${range}\`: there the guarded code runs ` +
  'in no process at all.';
const URL_AND_PATH =
  '`import.meta.url` is a URL (`file:///...`) and `process.argv[1]` a path: they are never equal, so the guarded code runs in no process.';

const adviceFor = (model: Model, file: ts.SourceFile): string =>
  isEsModule(model, file)
    ? "Write `if (isMainProcess)` (it is exported by 'manycore')."
    : 'Write `if (require.main === module)`, or `if (isMainProcess)`.';

/** The parts that `&&` and `||` join. */
function operands(node: ts.Expression): ts.Expression[] {
  const inner = unwrap(node);
  const joins =
    ts.isBinaryExpression(inner) &&
    (inner.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ||
      inner.operatorToken.kind === ts.SyntaxKind.BarBarToken);
  return joins ? [...operands(inner.left), ...operands(inner.right)] : [inner];
}

/** No other part of the condition could be the guard. */
const isAlternativeFree = (parts: readonly ts.Expression[], part: ts.Expression): boolean =>
  parts.every((other) => other === part || !MENTIONS.test(other.getText()));

function comparesUrlWithPath(node: ts.Expression): boolean {
  if (!ts.isBinaryExpression(node)) return false;
  const sides = [node.left, node.right].map((side) => unwrap(side).getText());
  return (
    sides.includes('import.meta.url') &&
    sides.includes('process.argv[1]') &&
    EQUAL.has(node.operatorToken.kind)
  );
}

const EQUAL = new Set([ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.EqualsEqualsEqualsToken]);

/** `runMain(main())`: the call happens before `runMain` can ask in which process it is. */
function calledAtOnce(model: Model, node: ts.CallExpression): Finding | undefined {
  const argument = node.arguments[0] && unwrap(node.arguments[0]);
  if (!argument || !ts.isCallExpression(argument) || calledRuntime(model, node) !== 'runMain')
    return undefined;
  const start = firstReached(model, STARTS, argument);
  if (start === undefined) return undefined;
  return {
    node: argument,
    message:
      `\`${shortText(argument)}\` is called before \`runMain\` is, in every process. Hand over the function itself: ` +
      `\`runMain(${argument.expression.getText()})\`.`,
    chain: start.chain,
  };
}
