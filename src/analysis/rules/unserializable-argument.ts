import type { ts } from 'ts-morph';
import { spanOf } from '../ast.ts';
import { placeOf, workerCalls } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import { dropFix } from '../fixes/drop.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { judgeSent } from '../sent.ts';
import type { Fault } from '../shape.ts';

/** A value that cannot be copied to another process is an argument of a worker function. */
export const unserializableArgument: Rule = {
  name: 'unserializable-argument',
  category: 'unserializable',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    if (isErrorExpected(call.node)) continue;
    for (const position of call.sends) {
      const { faults } = judgeSent(model, position);
      const [first, ...others] = faults;
      if (first === undefined) continue;
      const fix = dropFix(model, first, call.workers[0] && placeOf(call.workers[0]));
      yield {
        node: placeOf(position),
        message: messageFor(first, others, call.name),
        path: first.path,
        chain: [`sent to a worker by ${call.name}`],
        related: faults.map((fault) => ({
          file: fault.node.getSourceFile().fileName,
          ...spanOf(fault.node),
          message: `\`${fault.path}\` comes from here`,
        })),
        ...(fix && { fixes: [fix] }),
      };
    }
  }
}

function messageFor(first: Fault, others: readonly Fault[], sender: string): string {
  const also =
    others.length === 0
      ? ''
      : ` Also: ${others.map((fault) => `\`${fault.path}\` (${fault.what})`).join(', ')}.`;
  return (
    `\`${first.path}\` is ${first.what}: it cannot be copied to a worker, so \`${sender}\` fails with SerializationError. ` +
    `Instead: ${first.advice}.${also}`
  );
}
