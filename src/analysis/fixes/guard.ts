import { ts } from 'ts-morph';
import { spanBetween, spanOf } from '../ast.ts';
import type { Fix, TextEdit } from '../diagnostic.ts';
import type { Model } from '../model.ts';
import { PACKAGE_NAME } from '../text-facts.ts';

const TITLE = 'Run only in the main process: wrap in `if (isMainProcess)`';

/**
 * Wraps a statement, and the following ones that use what it declares, in `if (isMainProcess) { ... }`, and imports the
 * guard. Undefined where a declaration would be hidden from code outside of the block.
 */
export function guardFix(model: Model, file: ts.SourceFile, statement: ts.Statement): Fix | undefined {
  const wrapped = statementsToWrap(model, file, statement);
  const first = wrapped?.[0];
  const last = wrapped?.at(-1);
  if (!first || !last) return undefined;
  const guard = guardName(file);
  if (guard === undefined) return undefined;
  const start = first.getStart(file);
  const body = file.text.slice(start, last.end);
  const indented = containsMultilineText(wrapped, file) ? body : body.replace(/\n(?=[^\r\n])/g, '\n  ');
  const edits: TextEdit[] = [
    {
      file: file.fileName,
      ...spanBetween(file, start, last.end),
      newText: `if (${guard.condition}) {\n  ${indented}\n}`,
    },
  ];
  if (guard.edit) edits.push(guard.edit);
  return {
    title: guard.condition === 'isMainProcess' ? TITLE : TITLE.replace('isMainProcess', guard.condition),
    edits,
  };
}

function statementsToWrap(model: Model, file: ts.SourceFile, from: ts.Statement): ts.Statement[] | undefined {
  const begin = file.statements.indexOf(from);
  let end = begin;
  const declared = new Set<ts.Symbol>();
  for (let index = begin; index <= end; index++) {
    const statement = file.statements[index];
    if (!statement || !isWrappable(statement)) return undefined;
    if (ts.isVariableStatement(statement)) addDeclared(model, statement.declarationList, declared);
    if (declared.size > 0) end = Math.max(end, lastUser(model, file, declared));
  }
  // A function outside of the block that uses a declaration inside of it would not find it.
  const before = file.statements.slice(0, begin).some((statement) => uses(model, statement, declared));
  return before ? undefined : file.statements.slice(begin, end + 1);
}

function isWrappable(statement: ts.Statement): boolean {
  if (ts.isVariableStatement(statement)) {
    return !ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
  }
  return !(
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement)
  );
}

function addDeclared(model: Model, list: ts.VariableDeclarationList, declared: Set<ts.Symbol>): void {
  const addName = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) {
      const symbol = model.symbolAt(name);
      if (symbol) declared.add(symbol);
    } else for (const element of name.elements) if (ts.isBindingElement(element)) addName(element.name);
  };
  for (const declaration of list.declarations) addName(declaration.name);
}

const lastUser = (model: Model, file: ts.SourceFile, declared: ReadonlySet<ts.Symbol>): number =>
  file.statements.findLastIndex((statement) => uses(model, statement, declared));

function uses(model: Model, node: ts.Node, symbols: ReadonlySet<ts.Symbol>): boolean {
  if (symbols.size === 0) return false;
  if (ts.isIdentifier(node)) {
    const symbol = model.symbolAt(node);
    return symbol !== undefined && symbols.has(symbol);
  }
  return ts.forEachChild(node, (child) => uses(model, child, symbols) || undefined) ?? false;
}

/** The condition to write, and the edit that imports what it needs. */
export function guardName(file: ts.SourceFile): { condition: string; edit?: TextEdit } | undefined {
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (statement.moduleSpecifier.text !== PACKAGE_NAME || statement.importClause?.isTypeOnly) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings) continue;
    if (ts.isNamespaceImport(bindings)) return { condition: `${bindings.name.text}.isMainProcess` };
    const known = bindings.elements.find(
      (element) => (element.propertyName ?? element.name).text === 'isMainProcess',
    );
    if (known) return { condition: known.name.text };
    const last = bindings.elements.at(-1);
    if (!last) continue;
    if (isTaken(file)) return undefined;
    const at = spanBetween(file, last.end, last.end);
    return { condition: 'isMainProcess', edit: { file: file.fileName, ...at, newText: ', isMainProcess' } };
  }
  const importing = file.statements.find(ts.isImportDeclaration);
  if (importing) {
    if (isTaken(file)) return undefined;
    const at = { ...spanOf(importing), endLine: spanOf(importing).line, endColumn: spanOf(importing).column };
    return {
      condition: 'isMainProcess',
      edit: { file: file.fileName, ...at, newText: `import { isMainProcess } from '${PACKAGE_NAME}';\n` },
    };
  }
  return /\.c?js$/.test(file.fileName) && file.text.includes('require(')
    ? { condition: 'require.main === module' }
    : undefined;
}

/** The file has something else of that name. */
const isTaken = (file: ts.SourceFile): boolean =>
  /\b(const|let|var|function|class|import)\b[^;=]*\bisMainProcess\b/.test(file.text);

/** Indenting would change the text of a template literal that spans lines. */
function containsMultilineText(statements: readonly ts.Statement[], file: ts.SourceFile): boolean {
  const visit = (node: ts.Node): boolean =>
    ((ts.isTemplateLiteralToken(node) || ts.isTemplateExpression(node)) &&
      node.getText(file).includes('\n')) ||
    (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  return statements.some(visit);
}
