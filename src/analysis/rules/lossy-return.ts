import type { ts } from 'ts-morph';
import { isGenerator, placeText, resultsOf, shownName, spanOf } from '../ast.ts';
import type { WorkerCall } from '../calls.ts';
import { article, instanceAdvice } from '../loss-text.ts';
import { lostUse, type MemberUse } from '../loss-uses.ts';
import type { Model } from '../model.ts';
import type { Body } from '../reach.ts';
import { pureResultCalls } from '../result-calls.ts';
import { taskFunctionsIn } from '../results.ts';
import type { Finding, Rule } from '../rule.ts';
import { judgeResult, type Loss } from '../shape.ts';

/** A result arrives changed in the parent: empty, without a member that the parent uses, or without a symbol key. */
export const lossyReturn: Rule = {
  name: 'lossy-return',
  category: 'unserializable',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const [fn, calls] of taskFunctionsIn(model, file)) {
    if (isGenerator(fn)) continue;
    for (const result of resultsOf(fn)) {
      for (const loss of judgeResult(model, result).losses) {
        const finding = judgeLoss(model, fn, calls, result, loss);
        if (finding) yield finding;
      }
    }
  }
}

function judgeLoss(
  model: Model,
  fn: Body,
  calls: readonly WorkerCall[],
  result: ts.Expression,
  loss: Loss,
): Finding | undefined {
  const [call] = calls;
  if (call === undefined || loss.kind === 'shared') return undefined;
  const name = shownName(fn) ?? 'this function';
  const use = loss.kind === 'instance' ? useOf(model, calls, loss) : undefined;
  if (loss.kind === 'instance' && use === undefined) return undefined;
  const where = `from the worker in which \`${name}\` runs through \`${call.name}\` (${placeText(call.node)})`;
  return {
    node: result,
    ...(use && { severity: 'error' as const }),
    message: use
      ? `\`${loss.path}\` is ${article(loss.name)}: it arrives ${where} as a plain ${loss.base ?? 'object'} without ` +
        `\`${use.name}\`, which is used at ${placeText(use.node)}. Instead: ${instanceAdvice(loss, 'return', 'parent')}.`
      : loss.kind === 'emptied'
        ? `\`${loss.path}\` is ${article(loss.name)}: it arrives ${where} as an empty object, without an error. Instead: ` +
          `${loss.advice}.`
        : `\`${loss.path}\` has a symbol as its key: the object arrives ${where} without it, and without an error. Instead: use a ` +
          'string as the key.',
    path: loss.path,
    chain: calls.map((one) => `${name} runs in workers through ${one.name} (${placeText(one.node)})`),
    related: [
      ...(use
        ? [
            {
              file: use.node.getSourceFile().fileName,
              ...spanOf(use.node),
              message: `\`${use.name}\` is undefined here`,
            },
          ]
        : []),
      {
        file: loss.node.getSourceFile().fileName,
        ...spanOf(loss.node),
        message: `\`${loss.path}\` comes from here`,
      },
    ],
  };
}

/** Where the program uses a lost member of what one of the calls gives. */
function useOf(model: Model, calls: readonly WorkerCall[], loss: Loss): MemberUse | undefined {
  const names = [...loss.members.keys()];
  const files = model.candidates.filter((file) => names.some((name) => file.text.includes(name)));
  const nodes = new Set<ts.Node>(calls.map((call) => call.node));
  return lostUse(model, files, loss, (expression) => {
    for (const call of pureResultCalls(model, expression)) if (nodes.has(call)) return true;
    return false;
  });
}
