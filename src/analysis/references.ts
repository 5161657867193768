import { ts } from 'ts-morph';
import type { Model } from './model.ts';

/** The identifiers in a file that stand for a symbol declared in it, its declaration left out. */
export function referencesTo(model: Model, symbol: ts.Symbol): readonly ts.Identifier[] {
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
  const file = declaration?.getSourceFile();
  if (file === undefined) return [];
  const name = symbol.name.startsWith('__#') ? symbol.name.slice(symbol.name.indexOf('@') + 1) : symbol.name;
  const named = model.once(identifiersByName, file, new Map()).get(name) ?? [];
  return named.filter((node) => node.parent !== declaration && model.symbolAt(node) === symbol);
}

function identifiersByName(
  _model: Model,
  file: ts.SourceFile,
): ReadonlyMap<string, readonly ts.Identifier[]> {
  const names = new Map<string, ts.Identifier[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      const list = names.get(node.text);
      if (list === undefined) names.set(node.text, [node as ts.Identifier]);
      else list.push(node as ts.Identifier);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}
