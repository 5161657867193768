import type { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody } from './ast.ts';
import type { Model } from './model.ts';

/** The functions that are started from outside and have a body here. */
export function startedFunctions(
  model: Model,
): readonly { readonly fn: FunctionNode & { body: ts.ConciseBody }; readonly exportName: string }[] {
  return model.started.flatMap(({ file, exportName }) => {
    const source = model.program.getSourceFile(file);
    const module = source && model.directSymbolAt(source);
    if (module === undefined) return [];
    const exported = model.checker.getExportsOfModule(module).find((one) => one.name === exportName);
    const fn = exported && model.functionOfSymbol(model.unalias(exported));
    return fn && isFunctionWithBody(fn) ? [{ fn, exportName }] : [];
  });
}
