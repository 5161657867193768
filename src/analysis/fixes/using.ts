import { ts } from 'ts-morph';
import { spanBetween } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import { mayAwait } from './await.ts';

/** `const x = new X()` becomes `await using x = new X()`. Only for the one declaration of a statement in a block. */
export function usingFix(made: ts.Expression): Fix | undefined {
  const declaration = made.parent;
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return undefined;
  const list = declaration.parent;
  if (!ts.isVariableDeclarationList(list)) return undefined;
  const statement = list.parent;
  if (!ts.isVariableStatement(statement) || list.declarations.length !== 1 || !mayAwait(statement))
    return undefined;
  if (!(list.flags & ts.NodeFlags.Const) || ts.getModifiers(statement) !== undefined) return undefined;
  const file = made.getSourceFile();
  const start = list.getStart(file);
  const end = declaration.getStart(file);
  return {
    title: 'Declare it with `await using`',
    edits: [{ file: file.fileName, ...spanBetween(file, start, end), newText: 'await using ' }],
  };
}
