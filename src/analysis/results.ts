import type { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody } from './ast.ts';
import { type WorkerCall, workerCalls } from './calls.ts';
import type { Model } from './model.ts';
import { resolveWorkers } from './workers.ts';

type Body = FunctionNode & { readonly body: ts.ConciseBody };

/** Functions whose result is sent back, and the calls that ask for it. What a target or an initializer returns is dropped. */
export const taskFunctions = (model: Model): ReadonlyMap<Body, readonly WorkerCall[]> =>
  model.once(collect, model, new Map());

function collect(model: Model): ReadonlyMap<Body, readonly WorkerCall[]> {
  const tasks = new Map<Body, WorkerCall[]>();
  for (const file of model.candidates) {
    for (const call of workerCalls(model, file)) {
      for (const position of call.workers) {
        if (position.role !== 'task') continue;
        for (const worker of resolveWorkers(model, position)) {
          if (!('node' in worker) || !isFunctionWithBody(worker.node)) continue;
          const calls = tasks.get(worker.node);
          if (calls === undefined) tasks.set(worker.node, [call]);
          else if (!calls.includes(call)) calls.push(call);
        }
      }
    }
  }
  return tasks;
}
