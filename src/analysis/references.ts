import type { ts } from 'ts-morph';
import type { Model } from './model.ts';
import { syntaxOf } from './syntax.ts';

/** The identifiers in a file that stand for a symbol declared in it, its declaration left out. */
export function referencesTo(model: Model, symbol: ts.Symbol): readonly ts.Identifier[] {
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
  const file = declaration?.getSourceFile();
  if (file === undefined) return [];
  const name = symbol.name.startsWith('__#') ? symbol.name.slice(symbol.name.indexOf('@') + 1) : symbol.name;
  return syntaxOf(file).names.filter(
    (node): node is ts.Identifier =>
      node.text === name && node.parent !== declaration && model.symbolAt(node) === symbol,
  );
}
