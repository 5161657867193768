import type { ts } from 'ts-morph';
import { isFunctionWithBody, shortText, shownName } from '../ast.ts';
import { describeCall } from '../calls.ts';
import { onlyWaits } from '../io.ts';
import type { Model } from '../model.ts';
import { type PoolCall, poolCalls } from '../pool-calls.ts';
import type { Finding, Rule } from '../rule.ts';
import { resolveWorkers } from '../workers.ts';

/** Workers that only wait for the network or for files: one process can wait for many at once. */
export const ioBoundPool: Rule = {
  name: 'io-bound-pool',
  category: 'performance',
  severity: 'hint',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const task of poolCalls(model, file)) {
    const workers = (describeCall(model, task.call)?.workers ?? []).flatMap((position) =>
      resolveWorkers(model, position),
    );
    const names: string[] = [];
    for (const worker of workers) {
      if (!('node' in worker) || !isFunctionWithBody(worker.node) || !onlyWaits(model, worker.node)) break;
      names.push(shownName(worker.node) ?? 'the function');
    }
    if (names.length > 0 && names.length === workers.length) yield finding(task, names.join(', '));
  }
}

function finding({ call }: PoolCall, names: string): Finding {
  const name = shortText(call.expression);
  return {
    node: call,
    message:
      `\`${names}\` only waits for the network or for files, and \`${name}\` runs it in worker processes: waiting needs no core, and the results are ` +
      'copied once more. Write `await Promise.all(items.map(f))` in this process, with a limit on how many run at once.',
    path: name,
  };
}
