import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import type { Model } from './model.ts';

/** Packages that offer the functions of another module under the same names. */
const SAME_AS: Readonly<Record<string, string>> = {
  'fs-extra': 'fs',
  'graceful-fs': 'fs',
  'fs/promises': 'fs',
  'readline/promises': 'readline',
  'timers/promises': 'timers',
};

/** Globals of Node that are modules as well. */
const GLOBALS = new Set(['process', 'console', 'setInterval', 'setTimeout', 'Atomics', 'Math', 'Date']);

/**
 * Full name of what an expression refers to in a module of Node or in another package: `fs.writeFileSync`, `process.env.TZ`,
 * `express.default`. By the import or `require` that the name comes from, never by its look; `node:` and `promises` are left
 * out. Undefined for all else, the user's own modules included.
 */
export function nodeName(model: Model, expression: ts.Node, hops = 0): string | undefined {
  const node = ts.isExpression(expression) ? unwrap(expression) : expression;
  if (ts.isPropertyAccessExpression(node)) {
    if (node.expression.kind === ts.SyntaxKind.ThisKeyword) return undefined;
    const owner = nodeName(model, node.expression, hops);
    return owner === undefined ? undefined : join(owner, node.name.text);
  }
  if (ts.isElementAccessExpression(node)) {
    const owner = nodeName(model, node.expression, hops);
    const key = unwrap(node.argumentExpression);
    const member = ts.isStringLiteralLike(key) || ts.isNumericLiteral(key) ? key.text : '*';
    return owner === undefined ? undefined : join(owner, member);
  }
  if (ts.isCallExpression(node)) {
    const [argument] = node.arguments;
    const isPromisified = argument && nodeName(model, node.expression, hops + 1) === 'util.promisify';
    return isPromisified ? nodeName(model, argument, hops + 1) : ofModule(requiredModule(node));
  }
  if (!ts.isIdentifier(node) || hops > 4) return undefined;
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? model.checker.getShorthandAssignmentValueSymbol(node.parent)
    : model.directSymbolAt(node);
  const declaration = symbol?.declarations?.[0];
  if (declaration === undefined || (GLOBALS.has(node.text) && isAmbient(declaration))) {
    const isGlobal = node.text === 'globalThis' || node.text === 'global';
    return GLOBALS.has(node.text) || isGlobal ? node.text.replace(/^global(This)?$/, '') : undefined;
  }
  if (isAmbient(declaration) && /^global(This)?$/.test(node.text)) return '';
  return nameOfDeclaration(model, declaration, hops + 1);
}

function nameOfDeclaration(model: Model, declaration: ts.Declaration, hops: number): string | undefined {
  if (ts.isImportSpecifier(declaration)) {
    const owner = ofModule(importedModule(declaration.parent.parent.parent));
    return owner === undefined ? undefined : join(owner, (declaration.propertyName ?? declaration.name).text);
  }
  if (ts.isNamespaceImport(declaration)) return ofModule(importedModule(declaration.parent.parent));
  if (ts.isImportClause(declaration)) return ofModule(importedModule(declaration.parent));
  if (ts.isImportEqualsDeclaration(declaration)) {
    const { moduleReference } = declaration;
    const specifier = ts.isExternalModuleReference(moduleReference) ? moduleReference.expression : undefined;
    return specifier && ts.isStringLiteralLike(specifier) ? ofModule(specifier.text) : undefined;
  }
  if (ts.isVariableDeclaration(declaration) && declaration.initializer && isConst(declaration)) {
    return nodeName(model, awaited(declaration.initializer), hops);
  }
  if (ts.isBindingElement(declaration) && ts.isObjectBindingPattern(declaration.parent)) {
    const holder = declaration.parent.parent;
    const source = ts.isVariableDeclaration(holder) && isConst(holder) ? holder.initializer : undefined;
    const owner = source && nodeName(model, awaited(source), hops);
    return owner === undefined
      ? undefined
      : join(owner, (declaration.propertyName ?? declaration.name).getText());
  }
  return undefined;
}

/** `await import('node:fs')` gives the module. */
function awaited(expression: ts.Expression): ts.Expression {
  const node = unwrap(expression);
  return ts.isAwaitExpression(node) ? node.expression : node;
}

function requiredModule(node: ts.CallExpression): string | undefined {
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const specifier = node.arguments[0];
  return (isRequire || isImport) && specifier && ts.isStringLiteralLike(specifier)
    ? specifier.text
    : undefined;
}

const importedModule = (node: ts.Node): string | undefined =>
  ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)
    ? node.moduleSpecifier.text
    : undefined;

function ofModule(specifier: string | undefined): string | undefined {
  if (specifier === undefined || specifier.startsWith('.') || specifier.startsWith('/')) return undefined;
  const name = specifier.replace(/^node:/, '');
  return SAME_AS[name] ?? name;
}

/** A default import of a CommonJS module is the module; `fs.promises` is `fs`. */
function join(owner: string, member: string): string {
  if (member === 'default' || (member === 'promises' && owner !== 'process')) return owner;
  return owner === '' ? member : `${owner}.${member}`;
}

const isAmbient = (declaration: ts.Declaration): boolean => declaration.getSourceFile().isDeclarationFile;

const isConst = (declaration: ts.VariableDeclaration): boolean =>
  (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
