import { ts } from 'ts-morph';
import { shortText, spanOf } from '../ast.ts';
import { usingFix } from '../fixes/using.ts';
import { rootOf } from '../flow/immediate.ts';
import { endOfWay, madeIn, returnsWhileOpen, wayText } from '../handles.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { type Uses, usesOf } from '../value-uses.ts';

/** A pool or executor is made, and nothing closes it. */
export const poolNotClosed: Rule = {
  name: 'pool-not-closed',
  category: 'lifecycle',
  severity: 'warning',
  check,
};

const POOLS = new Set(['Pool', 'ProcessPoolExecutor']);
const CLOSERS = new Set(['close', 'terminate', 'shutdown', 'Symbol.asyncDispose']);

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const made of madeIn(model, file, POOLS)) {
    if (endsProcess(model, made)) continue;
    const uses = usesOf(model, made);
    if (uses.escapes || uses.disposed) continue;
    if (![...CLOSERS].some((name) => uses.members.has(name))) {
      if (!uses.captured || isField(made)) yield finding(made, uses, 'nothing closes it');
      continue;
    }
    const [left] = uses.captured ? [] : returnsWhileOpen(model, made, CLOSERS);
    if (left) yield finding(made, uses, `${wayText(left)} leaves it open`, left);
  }
}

/** The program is ended by force afterwards. */
const endsProcess = (model: Model, made: ts.Node): boolean =>
  /\bprocess\.(exit|abort|kill)\b/.test(rootOf(model, made).getText());

/** A private field: the class is the only one that could close it. */
const isField = (made: ts.Expression): boolean =>
  ts.isPropertyDeclaration(made.parent) ||
  (ts.isBinaryExpression(made.parent) && ts.isPropertyAccessExpression(made.parent.left));

function finding(made: ts.NewExpression, uses: Uses, why: string, left?: ts.Node): Finding {
  const shown = shortText(made);
  const fix = left === undefined && !uses.captured ? usingFix(made) : undefined;
  const advice = isField(made)
    ? 'Give the class a `[Symbol.asyncDispose]()` that closes it'
    : `Write \`await using pool = ${shown}\`, or close it in \`finally\``;
  return {
    node: made,
    message: `\`${shown}\` starts worker processes, but ${why}: they keep running and the program does not end. ${advice}.`,
    path: shown,
    ...(left && {
      related: [{ file: left.getSourceFile().fileName, ...spanOf(endOfWay(left)), message: 'left here' }],
    }),
    ...(fix && { fixes: [fix] }),
  };
}
