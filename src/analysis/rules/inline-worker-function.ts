import type { ts } from 'ts-morph';
import { placeText, shortText, spanOf, unwrap } from '../ast.ts';
import { placeOf, workerCalls } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import { liftFix } from '../fixes/lift.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { resolveWorkers, type Worker } from '../workers.ts';

/** A function that is made at the place itself, bound, or brought along by the engine is used as a worker function. */
export const inlineWorkerFunction: Rule = {
  name: 'inline-worker-function',
  category: 'unserializable',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    if (isErrorExpected(call.node)) continue;
    for (const position of call.workers) {
      const place = placeOf(position);
      for (const worker of resolveWorkers(model, position)) {
        const what = describe(worker, unwrap(place));
        if (what === undefined) continue;
        const made = 'node' in worker ? worker.node : undefined;
        const fix = made && liftFix(model, made, position.role);
        yield {
          node: place,
          message:
            `${what.subject}: a worker imports the module of its function and takes an export from it, so \`${call.name}\` ` +
            `fails with NotImportableError. Instead: ${what.advice}.`,
          path: shortText(place),
          chain: [`${shortText(place)} is to run in workers through ${call.name} (${placeText(call.node)})`],
          ...(made &&
            made !== unwrap(place) && {
              related: [
                {
                  file: made.getSourceFile().fileName,
                  ...spanOf(made),
                  message: 'the function is made here',
                },
              ],
            }),
          ...(fix && { fixes: [fix] }),
        };
      }
    }
  }
}

const EXTRACT =
  'write it as an exported function of a module, and pass what it takes from around it as arguments ' +
  '(`pool.starmap`, `submit`) or with `initializer`';

function describe(worker: Worker, place: ts.Expression): { subject: string; advice: string } | undefined {
  switch (worker.kind) {
    case 'inline':
      return worker.node === place
        ? { subject: 'This function is written at the call and is no export of any module', advice: EXTRACT }
        : {
            subject: `\`${shortText(place)}\` is a function that is made while the program runs and is no export of any module`,
            advice: EXTRACT,
          };
    case 'bound':
      return worker.ofMethod
        ? undefined
        : {
            subject: `\`${shortText(place)}\` is a bound function, which no module can export to a worker`,
            advice: 'pass the function itself, and what was bound as an argument',
          };
    case 'engine':
      return {
        subject: `\`${worker.name}\` is a function of the JavaScript engine, which no module exports`,
        advice: 'export a function that calls it, and pass that',
      };
    default:
      return undefined;
  }
}
