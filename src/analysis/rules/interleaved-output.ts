import { ts } from 'ts-morph';
import { unwrap } from '../ast.ts';
import { callOf } from '../builtin-uses.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import type { WorkerRun } from '../worker-set.ts';
import { builtinsInWorkers } from '../worker-uses.ts';

/** A worker writes a part of a line, into the middle of what others write. */
export const interleavedOutput: Rule = {
  name: 'interleaved-output',
  category: 'race',
  severity: 'hint',
  check,
};

const MOVES = /^readline\.(cursorTo|moveCursor|clearLine|clearScreenDown)$/;

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  const functions = new Set<WorkerRun>();
  for (const { use, run } of builtinsInWorkers(model, file)) {
    if (functions.has(run)) continue;
    const call = callOf(use);
    if (call === undefined) continue;
    const isPart =
      /^process\.std(out|err)\.write$/.test(use.name) && call.arguments[0] && isPartOfLine(call.arguments[0]);
    if (!isPart && !MOVES.test(use.name)) continue;
    functions.add(run);
    yield {
      node: call,
      message:
        `This writes a part of a line in a worker process (${run.chain.join(', ')}): what other workers write lands in the middle of it. ` +
        'Write whole lines with `console.log`, or report to the parent and let it write.',
      chain: run.chain,
    };
  }
}

/** True for text that surely does not end a line. */
function isPartOfLine(text: ts.Expression): boolean {
  const node = unwrap(text);
  if (ts.isStringLiteralLike(node)) return node.text !== '' && !node.text.endsWith('\n');
  if (ts.isTemplateExpression(node)) {
    const last = node.templateSpans.at(-1)?.literal.text ?? '';
    return last !== '' && !last.endsWith('\n');
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return isPartOfLine(node.right);
  return ts.isConditionalExpression(node) && isPartOfLine(node.whenTrue) && isPartOfLine(node.whenFalse);
}
