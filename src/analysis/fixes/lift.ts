import { ts } from 'ts-morph';
import { isFunctionExpression, spanBetween, topLevelStatement } from '../ast.ts';
import type { Role } from '../calls.ts';
import type { Fix, TextEdit } from '../diagnostic.ts';
import type { Model } from '../model.ts';

/**
 * Moves a function to the top level of its module and exports it. Undefined where it uses a name of the function around it,
 * its own `this`, or a type that only the place gives it; and in CommonJS.
 */
export function liftFix(model: Model, node: ts.Node, role: Role): Fix | undefined {
  const file = node.getSourceFile();
  const top = topLevelStatement(node);
  if (top === undefined || !isModule(file) || !standsAlone(model, node)) return undefined;
  if (ts.isFunctionDeclaration(node) && node.name && ts.isBlock(node.parent)) {
    return move(model, file, top, node, node.name);
  }
  if (!isFunctionExpression(node) || !isTyped(node)) return undefined;
  const holder = node.parent;
  if (!ts.isVariableDeclaration(holder))
    return isAnArgument(node) ? extract(file, top, node, freeName(file, role)) : undefined;
  const statement = holder.parent.parent;
  const alone = ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1;
  const isConst = (ts.getCombinedNodeFlags(holder) & ts.NodeFlags.Const) !== 0;
  if (!alone || !isConst || holder.type || !ts.isIdentifier(holder.name)) return undefined;
  return move(model, file, top, statement, holder.name);
}

/** The same text with `export`, before the statement at the top level; nothing where it was. */
function move(
  model: Model,
  file: ts.SourceFile,
  top: ts.Statement,
  statement: ts.Statement,
  name: ts.Identifier,
): Fix | undefined {
  if (!isOnlyOne(model, file, name)) return undefined;
  const begin = startWithComments(file, statement);
  const comments = file.text.slice(begin, statement.getStart(file));
  const whole = `${comments}export ${statement.getText(file)}`;
  const text = spansText(statement)
    ? whole
    : outdent(whole, file.getLineAndCharacterOfPosition(begin).character);
  const lineStart = file.text.lastIndexOf('\n', begin) + 1;
  const rest = /^[ \t]*(\r?\n)?/.exec(file.text.slice(statement.end))?.[0] ?? '';
  const ownsLine = file.text.slice(lineStart, begin).trim() === '' && rest.includes('\n');
  const start = ownsLine ? lineStart : begin;
  const end = ownsLine ? statement.end + rest.length : statement.end;
  return {
    title: `Move \`${name.text}\` to the top level and export it`,
    edits: [
      before(file, top, `${text}\n\n`),
      { file: file.fileName, ...spanBetween(file, start, end), newText: '' },
    ],
  };
}

function extract(
  file: ts.SourceFile,
  top: ts.Statement,
  node: ts.ArrowFunction | ts.FunctionExpression,
  name: string,
): Fix {
  const line = file.text.slice(0, node.getStart(file)).split('\n').at(-1) ?? '';
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  const text = spansText(node) ? node.getText(file) : outdent(node.getText(file), indent);
  return {
    title: `Move the function to the top level as \`${name}\` and export it`,
    edits: [
      before(file, top, `export const ${name} = ${text};\n\n`),
      { file: file.fileName, ...spanBetween(file, node.getStart(file), node.end), newText: name },
    ],
  };
}

/** Where a statement starts with the comments right above it. */
function startWithComments(file: ts.SourceFile, statement: ts.Node): number {
  let start = statement.getStart(file);
  for (const comment of (ts.getLeadingCommentRanges(file.text, statement.pos) ?? []).toReversed()) {
    if (/\n\s*\n/.test(file.text.slice(comment.end, start))) break;
    start = comment.pos;
  }
  return start;
}

const before = (file: ts.SourceFile, top: ts.Statement, newText: string): TextEdit => {
  const start = startWithComments(file, top);
  return { file: file.fileName, ...spanBetween(file, start, start), newText };
};

const outdent = (text: string, columns: number): string =>
  text.replace(new RegExp(`\\n[ \\t]{1,${Math.max(columns, 1)}}`, 'g'), columns === 0 ? '$&' : '\n');

/** Moving lines would change the text of a template literal that spans them. */
const spansText = (node: ts.Node): boolean =>
  ((ts.isTemplateLiteralToken(node) || ts.isTemplateExpression(node)) && node.getText().includes('\n')) ||
  (ts.forEachChild(node, (child) => spansText(child) || undefined) ?? false);

const isModule = (file: ts.SourceFile): boolean =>
  !/\.c[jt]s$/.test(file.fileName) &&
  file.statements.some((one) => ts.isImportDeclaration(one) || ts.isExportDeclaration(one));

const isAnArgument = (node: ts.Node): boolean =>
  ts.isCallExpression(node.parent) || ts.isPropertyAssignment(node.parent);

/** Without annotations the parameters have the types that the call gives them. */
const isTyped = (fn: ts.ArrowFunction | ts.FunctionExpression): boolean =>
  /\.m?jsx?$/.test(fn.getSourceFile().fileName) ||
  fn.parameters.every((parameter) => parameter.type !== undefined || parameter.initializer !== undefined);

/** Uses only what the module, its imports and the platform give, besides what is its own. */
function standsAlone(model: Model, fn: ts.Node): boolean {
  const visit = (node: ts.Node): boolean => {
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return false;
    if (ts.isIdentifier(node)) {
      if (node.text === 'arguments') return false;
      const symbol = model.directSymbolAt(node);
      if (symbol?.declarations?.some((one) => isAround(one, fn))) return false;
    }
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) !== true;
  };
  return visit(fn);
}

/** Declared in the same file, neither in the function nor at the top level, and not a member of something. */
function isAround(declaration: ts.Declaration, fn: ts.Node): boolean {
  if (declaration.getSourceFile() !== fn.getSourceFile()) return false;
  if (declaration === fn || declaration === fn.parent) return false;
  if (declaration.pos >= fn.pos && declaration.end <= fn.end) return false;
  const isMember =
    ts.isClassElement(declaration) ||
    ts.isTypeElement(declaration) ||
    ts.isObjectLiteralElementLike(declaration);
  if (isMember || ts.isEnumMember(declaration)) return false;
  for (let up: ts.Node | undefined = declaration.parent; up !== undefined; up = up.parent) {
    if (ts.isFunctionLike(up) || ts.isBlock(up) || ts.isCaseBlock(up) || ts.isClassLike(up)) return true;
    if (ts.isForStatement(up) || ts.isForOfStatement(up) || ts.isForInStatement(up)) return true;
  }
  return false;
}

/** No other variable, function or type of the file has the name. */
function isOnlyOne(model: Model, file: ts.SourceFile, name: ts.Identifier): boolean {
  const own = model.directSymbolAt(name);
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node) && node.text === name.text) {
      const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
      if (!isMember && model.symbolAt(node) !== own && !ts.isPropertyAssignment(node.parent)) return false;
    }
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) !== true;
  };
  return visit(file);
}

/** `task`, `task2`, ...: a name that the file does not contain. */
function freeName(file: ts.SourceFile, role: Role): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${role}` : `${role}${number}`;
    if (!new RegExp(`\\b${name}\\b`).test(file.text)) return name;
  }
}
