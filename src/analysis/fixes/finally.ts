import { ts } from 'ts-morph';
import { spanBetween } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Model } from '../model.ts';

/**
 * Puts the statements between `take` and `release`, two statements of one block, into `try`, and the release into `finally`.
 * Undefined where a name that is declared between them is used after them, or where the text cannot be indented.
 */
export function finallyFix(model: Model, take: ts.Statement, release: ts.Statement): Fix | undefined {
  const block = take.parent;
  if (block !== release.parent || !(ts.isBlock(block) || ts.isSourceFile(block))) return undefined;
  const from = block.statements.indexOf(take);
  const to = block.statements.indexOf(release);
  const between = block.statements.slice(from + 1, to);
  const [first] = between;
  const last = between.at(-1);
  if (!first || !last || between.some(cannotMove)) return undefined;
  if (usesNames(model, block.statements.slice(to + 1), between)) return undefined;
  const file = take.getSourceFile();
  const start = first.getStart(file);
  const body = file.text.slice(start, last.end);
  if (/`[^`]*\n/.test(body)) return undefined;
  const indent = /[ \t]*$/.exec(file.text.slice(0, start))?.[0] ?? '';
  const newText =
    `try {\n${indent}  ${body.replace(/\n(?=[^\r\n])/g, '\n  ')}\n${indent}} finally {\n` +
    `${indent}  ${release.getText(file)}\n${indent}}`;
  return {
    title: 'Release it in `finally`',
    edits: [{ file: file.fileName, ...spanBetween(file, start, release.end), newText }],
  };
}

const cannotMove = (statement: ts.Statement): boolean =>
  ts.isFunctionDeclaration(statement) ||
  ts.isClassDeclaration(statement) ||
  ts.isExportDeclaration(statement);

/** True when statements use a name that others declare at their top. */
function usesNames(
  model: Model,
  statements: readonly ts.Statement[],
  declaring: readonly ts.Statement[],
): boolean {
  const names = new Set<ts.Symbol>();
  const add = (name: ts.BindingName): void => {
    if (!ts.isIdentifier(name))
      for (const element of name.elements) ts.isBindingElement(element) && add(element.name);
    else {
      const symbol = model.symbolAt(name);
      if (symbol) names.add(symbol);
    }
  };
  for (const statement of declaring) {
    if (ts.isVariableStatement(statement))
      for (const one of statement.declarationList.declarations) add(one.name);
  }
  if (names.size === 0) return false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) {
      const symbol = model.symbolAt(node);
      return symbol !== undefined && names.has(symbol);
    }
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return statements.some(visit);
}
