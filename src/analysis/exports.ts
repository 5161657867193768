import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import type { Model } from './model.ts';

/**
 * True when a declaration or function expression can be imported: it is an export of its module under any name, or hangs
 * on one as a property path (a member of an exported object, namespace or class).
 */
export function isExported(model: Model, node: ts.Node): boolean {
  const file = node.getSourceFile();
  return model.keep(exportedNodes, file, file, new Set()).has(node);
}

/** Properties in the longest path that the runtime follows from a module. */
const MAX_PATH = 5;

function exportedNodes(model: Model, file: ts.SourceFile): ReadonlySet<ts.Node> {
  const nodes = new Set<ts.Node>();
  /** `path` counts the properties on the way to what is added. */
  const addSymbol = (symbol: ts.Symbol, path: number): void => {
    for (const declaration of model.unalias(symbol).declarations ?? []) addDeclaration(declaration, path);
  };
  const addDeclaration = (node: ts.Node, path: number): void => {
    if (nodes.has(node) || path > MAX_PATH) return;
    nodes.add(node);
    if (ts.isVariableDeclaration(node) && node.initializer) addValue(node.initializer, path);
    else if (ts.isExportAssignment(node)) addValue(node.expression, path);
    else if (ts.isClassLike(node)) {
      if (path === MAX_PATH) return;
      for (const member of node.members) {
        const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
        if (!isStatic || (member.name && ts.isPrivateIdentifier(member.name))) continue;
        nodes.add(member);
        if (ts.isPropertyDeclaration(member) && member.initializer) addValue(member.initializer, path + 1);
      }
    } else if (ts.isModuleDeclaration(node)) {
      const symbol = model.directSymbolAt(node.name);
      for (const member of symbol?.exports?.values() ?? []) addSymbol(member, path + 1);
    } else if (ts.isBinaryExpression(node)) addValue(node.right, path);
  };
  const addValue = (expression: ts.Expression, path: number): void => {
    const value = unwrap(expression);
    if (path > MAX_PATH) return;
    nodes.add(value);
    if (ts.isIdentifier(value)) {
      const symbol = model.symbolAt(value);
      if (symbol) addSymbol(symbol, path);
    } else if (ts.isPropertyAccessExpression(value)) {
      const symbol = model.symbolAt(value.name);
      if (symbol) addSymbol(symbol, path);
    } else if (ts.isClassExpression(value)) addDeclaration(value, path);
    else if (ts.isBinaryExpression(value)) addValue(value.right, path);
    else if (ts.isCallExpression(value)) {
      for (const argument of value.arguments) if (isObjectFreeze(value)) addValue(argument, path);
    } else if (path === MAX_PATH) return;
    else if (ts.isArrayLiteralExpression(value)) {
      for (const element of value.elements) if (!ts.isSpreadElement(element)) addValue(element, path + 1);
    } else if (ts.isObjectLiteralExpression(value)) {
      for (const property of value.properties) {
        nodes.add(property);
        if (ts.isPropertyAssignment(property)) addValue(property.initializer, path + 1);
        else if (ts.isShorthandPropertyAssignment(property)) addValue(property.name, path + 1);
        else if (ts.isSpreadAssignment(property)) addValue(property.expression, path);
      }
    }
  };

  const module = model.directSymbolAt(file);
  if (module) {
    for (const symbol of model.checker.getExportsOfModule(module)) addSymbol(symbol, 1);
    const assigned = module.exports?.get(ts.InternalSymbolName.ExportEquals);
    if (assigned) addSymbol(assigned, 0);
  }
  for (const value of commonJsExports(file)) addValue(value, 1);
  return nodes;
}

/** Values that CommonJS statements at module level export: `exports.f = f`, `module.exports = {...}`, `Object.assign(...)`. */
function commonJsExports(file: ts.SourceFile): ts.Expression[] {
  const values: ts.Expression[] = [];
  for (const statement of file.statements) {
    if (!ts.isExpressionStatement(statement)) continue;
    const expression = unwrap(statement.expression);
    if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      if (startsAtExports(expression.left)) values.push(expression.right);
    } else if (ts.isCallExpression(expression) && expression.expression.getText() === 'Object.assign') {
      const [target, ...sources] = expression.arguments;
      if (target && startsAtExports(target)) values.push(...sources);
    }
  }
  return values;
}

function startsAtExports(expression: ts.Expression): boolean {
  let node = unwrap(expression);
  while (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    if (/^module\.exports$/.test(node.getText())) return true;
    node = unwrap(node.expression);
  }
  return ts.isIdentifier(node) && node.text === 'exports';
}

const isObjectFreeze = (call: ts.CallExpression): boolean =>
  ts.isPropertyAccessExpression(call.expression) && call.expression.getText().startsWith('Object.');
