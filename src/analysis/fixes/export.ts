import { ts } from 'ts-morph';
import { spanBetween } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Model } from '../model.ts';

/** Exports a declaration of module level under its name, or undefined where the name is taken or the form is not known. */
export function exportFix(model: Model, holder: ts.Declaration): Fix | undefined {
  if (
    !ts.isFunctionDeclaration(holder) &&
    !ts.isVariableDeclaration(holder) &&
    !ts.isClassDeclaration(holder)
  )
    return undefined;
  if (holder.name === undefined || !ts.isIdentifier(holder.name)) return undefined;
  const file = holder.getSourceFile();
  const name = holder.name.text;
  const statement = ts.isVariableDeclaration(holder) ? holder.parent.parent : holder;
  if (
    !ts.isVariableStatement(statement) &&
    !ts.isFunctionDeclaration(statement) &&
    !ts.isClassDeclaration(statement)
  )
    return undefined;
  const title = `Export \`${name}\``;
  const insert = (offset: number, newText: string): Fix => ({
    title,
    edits: [{ file: file.fileName, ...spanBetween(file, offset, offset), newText }],
  });
  if (isCommonJs(file)) {
    const literal = exportedLiteral(file);
    if (literal === undefined) return insert(statement.end, `\n\nexports.${name} = ${name};`);
    const last = literal.properties.at(-1);
    return last ? insert(last.end, `, ${name}`) : insert(literal.getStart(file) + 1, ` ${name} `);
  }
  const module = model.directSymbolAt(file);
  if (module && model.checker.getExportsOfModule(module).some((symbol) => symbol.name === name))
    return undefined;
  if (ts.isVariableStatement(statement) && statement.declarationList.declarations.length > 1) {
    return insert(statement.end, `\nexport { ${name} };`);
  }
  return insert(statement.getStart(file), 'export ');
}

/** True when a file is run as CommonJS and written so: `export` would be an error in it. */
function isCommonJs(file: ts.SourceFile): boolean {
  const hasModuleSyntax = file.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) ||
      ts.isExportDeclaration(statement) ||
      ts.isExportAssignment(statement) ||
      (ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ===
          true),
  );
  return !hasModuleSyntax && /\.c?js$/.test(file.fileName);
}

/** The literal of `module.exports = { ... }`: an `exports.f = f` before it would be lost. */
function exportedLiteral(file: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  for (const statement of file.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isBinaryExpression(statement.expression)) continue;
    const { left, right } = statement.expression;
    if (left.getText() === 'module.exports' && ts.isObjectLiteralExpression(right)) return right;
  }
  return undefined;
}
