import type { ts } from 'ts-morph';
import { spanOf } from '../ast.ts';
import { placeOf, workerCalls } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import { exportFix } from '../fixes/export.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { resolveWorkers } from '../workers.ts';

/** A function at module level that no export leads to is used as a worker function. */
export const nonExportedWorkerFunction: Rule = {
  name: 'non-exported-worker-function',
  category: 'unserializable',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    if (isErrorExpected(call.node)) continue;
    for (const position of call.workers) {
      for (const worker of resolveWorkers(model, position)) {
        if (worker.kind !== 'not-exported') continue;
        const source = worker.node.getSourceFile();
        const fix = exportFix(model, worker.holder);
        yield {
          node: placeOf(position),
          message:
            `\`${worker.name}\` runs in worker processes through \`${call.name}\`, but no module exports it: a worker imports ` +
            `the module and looks for the export, so the call fails with NotImportableError. ${advice(source, worker.name)}`,
          path: worker.name,
          chain: [`${worker.name} runs in workers through ${call.name}`],
          related: [
            { file: source.fileName, ...spanOf(worker.node), message: 'declared here without `export`' },
          ],
          ...(fix && { fixes: [fix] }),
        };
      }
    }
  }
}

const advice = (file: ts.SourceFile, name: string): string =>
  /\.cjs$/.test(file.fileName)
    ? `Write \`exports.${name} = ${name}\`.`
    : `Write \`export\` before its declaration.`;
