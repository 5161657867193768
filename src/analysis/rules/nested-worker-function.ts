import type { ts } from 'ts-morph';
import { enclosingFunction, placeText, shownName, spanOf } from '../ast.ts';
import { placeOf, workerCalls } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import { liftFix } from '../fixes/lift.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { resolveWorkers } from '../workers.ts';

/** A function that is declared inside of another function or of a block is used as a worker function. */
export const nestedWorkerFunction: Rule = {
  name: 'nested-worker-function',
  category: 'unserializable',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    if (isErrorExpected(call.node)) continue;
    for (const position of call.workers) {
      const nested = resolveWorkers(model, position).flatMap((worker) =>
        worker.kind === 'nested' ? [worker.node] : [],
      );
      const [first] = nested;
      if (first === undefined) continue;
      const name = shownName(first) ?? position.label;
      const fix = nested.length === 1 ? liftFix(model, first, position.role) : undefined;
      yield {
        node: placeOf(position),
        message:
          `\`${name}\` is declared inside of ${surrounding(first)}, so no module exports it: a worker imports the module and ` +
          `takes an export from it, and \`${call.name}\` fails with NotImportableError. Instead: move it to the top level of a ` +
          'module and export it; what it takes from around it becomes parameters.',
        path: name,
        chain: [`${name} is to run in workers through ${call.name} (${placeText(call.node)})`],
        related: nested.map((node) => ({
          file: node.getSourceFile().fileName,
          ...spanOf(node),
          message: 'declared here',
        })),
        ...(fix && { fixes: [fix] }),
      };
    }
  }
}

function surrounding(node: ts.Node): string {
  const outer = enclosingFunction(node);
  if (outer === undefined) return 'a block';
  const name = shownName(outer);
  return name === undefined ? 'a function' : `\`${name}\``;
}
