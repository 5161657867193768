import type { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody } from './ast.ts';
import { type Role, type WorkerCall, workerCalls } from './calls.ts';
import type { Model } from './model.ts';
import { resolveWorkers } from './workers.ts';

/** A function with a body that a call hands to child processes. */
export interface Handed {
  readonly fn: FunctionNode & { readonly body: ts.ConciseBody };
  readonly role: Role;
  readonly call: WorkerCall;
}

/** Every such function of the calls of a file, in the order of the text. One fact for a file is quicker to ask for than many. */
export const handedIn = (model: Model, file: ts.SourceFile): readonly Handed[] =>
  model.keep(collect, file, file, []);

function collect(model: Model, file: ts.SourceFile): readonly Handed[] {
  const handed: Handed[] = [];
  for (const call of workerCalls(model, file)) {
    for (const position of call.workers) {
      for (const worker of resolveWorkers(model, position)) {
        if ('node' in worker && isFunctionWithBody(worker.node))
          handed.push({ fn: worker.node, role: position.role, call });
      }
    }
  }
  return handed;
}
