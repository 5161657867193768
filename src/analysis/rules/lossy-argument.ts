import type { ts } from 'ts-morph';
import { isFunctionWithBody, placeText, spanOf } from '../ast.ts';
import { messageCalls, type Position, placeOf, type WorkerCall, workerCalls } from '../calls.ts';
import { article, instanceAdvice } from '../loss-text.ts';
import { lostUse } from '../loss-uses.ts';
import type { Model } from '../model.ts';
import { isReceived, reachOf } from '../reach.ts';
import type { Finding, Rule } from '../rule.ts';
import { judgeSent } from '../sent.ts';
import type { Loss } from '../shape.ts';
import { resolveWorkers } from '../workers.ts';

/** An argument arrives changed in the worker: empty, without a member that the worker uses, or without a symbol key. */
export const lossyArgument: Rule = {
  name: 'lossy-argument',
  category: 'unserializable',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    for (const position of call.sends) {
      const told = new Set<string>();
      for (const loss of judgeSent(model, position).losses) {
        if (told.has(loss.name)) continue; // The next item of the same class.
        const finding =
          loss.kind === 'instance'
            ? usedInstance(model, call, position, loss)
            : leftOut(call, position, loss, 'the worker');
        if (finding === undefined) continue;
        told.add(loss.name);
        yield finding;
      }
    }
  }
  for (const call of messageCalls(model, file)) {
    for (const position of call.messages) {
      for (const loss of judgeSent(model, position).losses) {
        const finding = leftOut(call, position, loss, 'the other process');
        if (finding) yield finding;
      }
    }
  }
}

/** What never arrives, whoever reads it. */
function leftOut(call: WorkerCall, position: Position, loss: Loss, receiver: string): Finding | undefined {
  if (loss.kind !== 'emptied' && loss.kind !== 'symbol') return undefined;
  const message =
    loss.kind === 'emptied'
      ? `\`${loss.path}\` is ${article(loss.name)}: \`${call.name}\` sends it without an error, and it arrives in ${receiver} ` +
        `as an empty object. Instead: ${loss.advice}.`
      : `\`${loss.path}\` has a symbol as its key: \`${call.name}\` sends the object without it, and without an error. Instead: ` +
        'use a string as the key.';
  return { ...placed(call, position, loss), message };
}

/** An instance of which the worker function, or what it calls, uses a member that is lost. */
function usedInstance(model: Model, call: WorkerCall, position: Position, loss: Loss): Finding | undefined {
  for (const workers of call.workers) {
    for (const worker of resolveWorkers(model, workers)) {
      const fn = 'node' in worker && isFunctionWithBody(worker.node) ? worker.node : undefined;
      if (fn === undefined) continue;
      const scopes = reachOf(model, fn);
      const use = lostUse(model, scopes, loss, (expression) => isReceived(model, fn, expression));
      if (use === undefined) continue;
      const { related, ...rest } = placed(call, position, loss);
      return {
        ...rest,
        severity: 'error',
        message:
          `\`${loss.path}\` is ${article(loss.name)}: it arrives in the worker as a plain ${loss.base ?? 'object'} without ` +
          `\`${use.name}\`, which is used at ${placeText(use.node)}. Instead: ${instanceAdvice(loss, 'send', 'worker')}.`,
        related: [
          {
            file: use.node.getSourceFile().fileName,
            ...spanOf(use.node),
            message: `\`${use.name}\` is undefined here`,
          },
          ...related,
        ],
      };
    }
  }
  return undefined;
}

const placed = (call: WorkerCall, position: Position, loss: Loss) => ({
  node: placeOf(position),
  path: loss.path,
  chain: [`sent by ${call.name} (${placeText(call.node)})`],
  related: [
    {
      file: loss.node.getSourceFile().fileName,
      ...spanOf(loss.node),
      message: `\`${loss.path}\` comes from here`,
    },
  ],
});
