import type { ts } from 'ts-morph';
import type { FunctionNode } from './ast.ts';
import type { WorkerCall } from './calls.ts';
import { handedIn } from './handed.ts';
import type { Model } from './model.ts';

type Body = FunctionNode & { readonly body: ts.ConciseBody };

/** Functions whose result is sent back, and the calls that ask for it. What a target or an initializer returns is dropped. */
export const taskFunctions = (model: Model): ReadonlyMap<Body, readonly WorkerCall[]> =>
  model.once(collect, model, new Map());

function collect(model: Model): ReadonlyMap<Body, readonly WorkerCall[]> {
  const tasks = new Map<Body, WorkerCall[]>();
  for (const file of model.candidates) {
    for (const { fn, role, call } of handedIn(model, file)) {
      if (role !== 'task') continue;
      const calls = tasks.get(fn);
      if (calls === undefined) tasks.set(fn, [call]);
      else if (!calls.includes(call)) calls.push(call);
    }
  }
  return tasks;
}
