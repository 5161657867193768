import type { ts } from 'ts-morph';
import { type BuiltinUse, builtinUses } from './builtin-uses.ts';
import type { Model } from './model.ts';
import { guardAround } from './where-runs.ts';
import { type WorkerRun, workerRunOf } from './worker-set.ts';

/** A use of something of Node or of another package by code that runs in worker processes. */
export interface WorkerUse {
  readonly use: BuiltinUse;
  readonly run: WorkerRun;
}

/** Every such use in a file, in the order of the text; parts for the main process only are left out. */
export const builtinsInWorkers = (model: Model, file: ts.SourceFile): readonly WorkerUse[] =>
  model.once(collect, file, []);

/** Why a use happens in worker processes; undefined for one that does not. */
export function runOf(model: Model, { node }: BuiltinUse): WorkerRun | undefined {
  const run = workerRunOf(model, node);
  return run !== undefined && guardAround(model, node) !== 'main' ? run : undefined;
}

function collect(model: Model, file: ts.SourceFile): readonly WorkerUse[] {
  return builtinUses(model, file)
    .flatMap((use) => {
      const run = runOf(model, use);
      return run === undefined ? [] : [{ use, run }];
    })
    .sort((a, b) => a.use.node.pos - b.use.node.pos);
}
