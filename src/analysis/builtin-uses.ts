import { ts } from 'ts-morph';
import type { Model } from './model.ts';
import { nodeName } from './node-names.ts';
import { occurrencesIn } from './occurrences.ts';
import { type Use, useAt } from './uses.ts';

/** A use of something of Node or of another package. */
export interface BuiltinUse extends Use {
  /** Its full name with the members on the way and the method called: `process.env.TZ`, `fs.writeFileSync`. */
  readonly name: string;
}

/** Every such use in a file, in no order. */
export const builtinUses = (model: Model, file: ts.SourceFile): readonly BuiltinUse[] =>
  model.keep(collect, file, file, []);

function collect(model: Model, file: ts.SourceFile): readonly BuiltinUse[] {
  const uses: BuiltinUse[] = [];
  const add = (node: ts.Identifier, base: string): void => {
    const use = useAt(model, node);
    const parts = [base, ...use.path.filter((step) => step !== 'promises' && step !== 'default')];
    if (use.method !== undefined) parts.push(use.method);
    uses.push({ ...use, name: parts.filter((part) => part !== '').join('.') });
  };
  const { byDeclaration, ambient } = occurrencesIn(model, file);
  for (const nodes of ambient.values()) {
    for (const node of nodes) {
      const base = nodeName(model, node);
      if (base !== undefined) add(node, base);
    }
  }
  for (const nodes of byDeclaration.values()) {
    const [first] = nodes;
    const base = first && nodeName(model, first);
    if (base !== undefined) for (const node of nodes) add(node, base);
  }
  return uses;
}

/** The call of what the use names. */
export function callOf(use: BuiltinUse): ts.CallExpression | undefined {
  if (use.method !== undefined) return ts.isCallExpression(use.place) ? use.place : undefined;
  const { parent } = use.node;
  return ts.isCallExpression(parent) && parent.expression === use.node ? parent : undefined;
}
