import type { ts } from 'ts-morph';
import type { FunctionNode } from './ast.ts';
import type { WorkerCall } from './calls.ts';
import { handedIn } from './handed.ts';
import type { Model } from './model.ts';

type Body = FunctionNode & { readonly body: ts.ConciseBody };

/** Functions whose result is sent back, and the calls that ask for it. What a target or an initializer returns is dropped. */
const taskFunctions = (model: Model): ReadonlyMap<Body, readonly WorkerCall[]> =>
  model.once(collect, model, new Map());

/** Those of a file, in the order in which they are found. */
export const taskFunctionsIn = (model: Model, file: ts.SourceFile): readonly TaskFunction[] =>
  model.once(byFile, model, new Map<ts.SourceFile, TaskFunction[]>()).get(file) ?? [];

type TaskFunction = readonly [fn: Body, calls: readonly WorkerCall[]];

function byFile(model: Model): ReadonlyMap<ts.SourceFile, readonly TaskFunction[]> {
  const files = new Map<ts.SourceFile, TaskFunction[]>();
  for (const task of taskFunctions(model)) {
    const file = task[0].getSourceFile();
    const list = files.get(file);
    if (list === undefined) files.set(file, [task]);
    else list.push(task);
  }
  return files;
}

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
