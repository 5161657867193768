import type { ts } from 'ts-morph';
import { type FunctionNode, isAsync, isGenerator, placeText, resultsOf, shownName, spanOf } from '../ast.ts';
import type { WorkerCall } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import { dropFix } from '../fixes/drop.ts';
import type { Model } from '../model.ts';
import { taskFunctionsIn } from '../results.ts';
import type { Finding, Rule } from '../rule.ts';
import { judgeResult } from '../shape.ts';

/** What a worker function returns cannot be copied back. */
export const unserializableReturn: Rule = {
  name: 'unserializable-return',
  category: 'unserializable',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const [fn, calls] of taskFunctionsIn(model, file)) {
    if (calls.every((call) => isErrorExpected(call.node))) continue;
    const name = shownName(fn) ?? 'this function';
    const chain = calls.map(
      (call) => `${name} runs in workers through ${call.name} (${placeText(call.node)})`,
    );
    const through = `\`${calls[0]?.name}\` (${placeText((calls[0] as WorkerCall).node)})`;
    if (isGenerator(fn)) {
      yield { ...generatorFinding(fn, name, through), chain };
      continue;
    }
    for (const result of resultsOf(fn)) {
      const [first, ...others] = judgeResult(model, result).faults;
      if (first === undefined) continue;
      const fix = dropFix(model, first, undefined);
      const also =
        others.length === 0
          ? ''
          : ` Also: ${others.map((fault) => `\`${fault.path}\` (${fault.what})`).join(', ')}.`;
      yield {
        node: result,
        message:
          `\`${first.path}\` is ${first.what}: it cannot be copied back from the worker in which \`${name}\` runs through ` +
          `${through}, so the task fails with SerializationError. Instead: ${adviceFor(first.advice)}.${also}`,
        path: first.path,
        chain,
        related: [first, ...others].map((fault) => ({
          file: fault.node.getSourceFile().fileName,
          ...spanOf(fault.node),
          message: `\`${fault.path}\` comes from here`,
        })),
        ...(fix && { fixes: [fix] }),
      };
    }
  }
}

function generatorFinding(fn: FunctionNode, name: string, through: string): Finding {
  const kind = isAsync(fn) ? 'an AsyncGenerator' : 'a Generator';
  return {
    node: ('asteriskToken' in fn ? fn.asteriskToken : undefined) ?? fn,
    message:
      `\`${name}\` is a generator function: its result is ${kind}, which cannot be copied back from the worker in which it runs ` +
      `through ${through}, so the task fails with SerializationError. Instead: collect what it yields into an array and ` +
      'return that, or put each item on a Queue.',
    path: name,
  };
}

/** The advice of a fault speaks of sending to a worker. */
const adviceFor = (advice: string): string =>
  advice
    .replace('keep it in the parent and leave it out here', 'return the data that it works on')
    .replace('await it before it is sent', 'await it before it is returned')
    .replace('use the console of the worker: its output is shown with the name of the worker', 'leave it out')
    .replace(/\b(open|make) it in the worker/, '$1 it in the parent')
    .replace(
      /\b(the key|the module|instantiate it|compile them|connect|import it) in the worker/,
      '$1 in the parent',
    )
    .replace('what the worker needs', 'what the parent needs');
