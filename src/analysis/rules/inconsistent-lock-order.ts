import type { ts } from 'ts-morph';
import { placeText, shortText, spanOf } from '../ast.ts';
import { MENTIONS_LOCK } from '../locks/operations.ts';
import { type Circle, lockCircles, type Nesting } from '../locks/order.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { workerRunOf } from '../worker-set.ts';

/** Two places take the same locks in another order, so that each can hold what the other waits for. */
export const inconsistentLockOrder: Rule = {
  name: 'inconsistent-lock-order',
  category: 'race',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!MENTIONS_LOCK.test(file.text)) return;
  for (const circle of lockCircles(model)) {
    const { call } = circle.closing.operation;
    if (call.getSourceFile() === file) yield finding(model, circle);
  }
}

function finding(model: Model, { closing, back }: Circle): Finding {
  const { operation } = closing;
  const run = workerRunOf(model, operation.call);
  return {
    node: operation.call,
    message:
      `${sentence(closing)}, but ${back.map(sentence).join(', and ')}: two processes can each hold one lock and wait for the other's ` +
      'for ever. Take the locks in the same order everywhere, or use one lock for both.',
    path: `${shortText(closing.held.lock)} → ${shortText(operation.lock)}`,
    ...(run && { chain: run.chain }),
    related: back.map((one) => ({
      file: one.operation.call.getSourceFile().fileName,
      ...spanOf(one.operation.call),
      message: `\`${shortText(one.operation.lock)}\` is taken here while \`${shortText(one.held.lock)}\` is held`,
    })),
  };
}

function sentence({ operation, held, through }: Nesting): string {
  const start = through ? `, run by \`${shortText(through)}\` (${placeText(through)}),` : '';
  return `\`${shortText(operation.lock)}\` is taken (${placeText(operation.call)}) while \`${shortText(held.lock)}\` is held${start}`.replace(
    /,$/,
    '',
  );
}
