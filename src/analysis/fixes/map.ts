import { ts } from 'ts-morph';
import { spanOf, unwrap } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Model } from '../model.ts';

/**
 * `for (const x of xs) { out.push(await pool.apply(f, [x])); }` becomes `out.push(...(await pool.map(f, xs)));`. Only for a loop that does
 * nothing else.
 */
export function mapFix(model: Model, call: ts.CallExpression, loop: ts.IterationStatement): Fix | undefined {
  if (!ts.isForOfStatement(loop) || !ts.isVariableDeclarationList(loop.initializer)) return undefined;
  const callee = unwrap(call.expression);
  const [item] = loop.initializer.declarations;
  const [fn, args, ...rest] = call.arguments;
  if (!item || !ts.isIdentifier(item.name) || !fn || !args || rest.length > 0) return undefined;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'apply') return undefined;
  const list = unwrap(args);
  const [only] = ts.isArrayLiteralExpression(list) ? list.elements : [];
  if (!ts.isArrayLiteralExpression(list) || list.elements.length !== 1 || !only || !ts.isIdentifier(only))
    return undefined;
  if (model.symbolAt(only) !== model.symbolAt(item.name)) return undefined;
  const statement = onlyStatement(loop.statement);
  const push = statement && ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (!push || !ts.isCallExpression(push) || push.arguments.length !== 1) return undefined;
  const [pushed] = push.arguments;
  const target = unwrap(push.expression);
  if (!pushed || !ts.isAwaitExpression(pushed) || unwrap(pushed.expression) !== call) return undefined;
  if (!ts.isPropertyAccessExpression(target) || target.name.text !== 'push') return undefined;
  const pool = callee.expression.getText();
  const newText = `${target.getText()}(...(await ${pool}.map(${fn.getText()}, ${loop.expression.getText()})));`;
  return {
    title: 'Run them side by side with `map`',
    edits: [{ file: loop.getSourceFile().fileName, ...spanOf(loop), newText }],
  };
}

const onlyStatement = (body: ts.Statement): ts.Statement | undefined => {
  if (!ts.isBlock(body)) return body;
  return body.statements.length === 1 ? body.statements[0] : undefined;
};
