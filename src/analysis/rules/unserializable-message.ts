import type { ts } from 'ts-morph';
import { placeText, spanOf } from '../ast.ts';
import { messageCalls, placeOf } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import { dropFix } from '../fixes/drop.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { judgeSent } from '../sent.ts';

/** A value that cannot be copied to another process is put on a queue, sent over a pipe or stored in a manager. */
export const unserializableMessage: Rule = {
  name: 'unserializable-message',
  category: 'unserializable',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of messageCalls(model, file)) {
    if (isErrorExpected(call.node)) continue;
    for (const position of call.messages) {
      const { faults } = judgeSent(model, position);
      const [first, ...others] = faults;
      if (first === undefined) continue;
      const fix = dropFix(model, first, undefined);
      const also =
        others.length === 0
          ? ''
          : ` Also: ${others.map((fault) => `\`${fault.path}\` (${fault.what})`).join(', ')}.`;
      yield {
        node: placeOf(position),
        message:
          `\`${first.path}\` is ${first.what}: it cannot be copied to another process, so \`${call.name}\` fails with ` +
          `SerializationError. Instead: ${adviceFor(first.advice)}.${also}`,
        path: first.path,
        chain: [`sent to another process by ${call.name} (${placeText(call.node)})`],
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

/** The advice of a fault speaks of a parent and its workers. */
const adviceFor = (advice: string): string =>
  advice
    .replace(
      'keep it in the parent and leave it out here',
      'keep it here under an id and send the id, which the answer brings back',
    )
    .replace(/\bin the worker\b/, 'where it is received')
    .replace('what the worker needs', 'what the receiver needs');
