import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { ts } from 'ts-morph';
import { isFunctionWithBody } from '../../src/analysis/ast.ts';
import { callsWithin, plainCallsWithin, syntaxOf } from '../../src/analysis/syntax.ts';

describe('nodes of a file', () => {
  it('are those that a walk finds in a part of it, in its order', () => {
    let parts = 0;
    for (const name of globSync('{test/corpus,test/fixtures/rules,src}/**/*.{ts,tsx,js,mjs,cjs}')) {
      const file = ts.createSourceFile(name, readFileSync(name, 'utf8'), ts.ScriptTarget.Latest, true);
      const [syntax, nodes] = [syntaxOf(file), walk(file)];
      ok(isSame(syntax.calls, nodes.filter(isCall)), name);
      ok(isSame(syntax.tagged, nodes.filter(ts.isTaggedTemplateExpression)), name);
      ok(isSame(syntax.functions, nodes.filter(isFunctionWithBody)), name);
      ok(isSame(syntax.classes, nodes.filter(ts.isClassLike)), name);
      ok(isSame(syntax.names, nodes.filter(isName)), name);
      ok(isSame(syntax.valueNames, nodes.filter(ts.isIdentifier).filter(isOutsideOfTypes)), name);
      ok(isSame(syntax.selves, nodes.filter(isSelf).filter(isOutsideOfTypes)), name);
      ok(isSame(syntax.strings, nodes.filter(ts.isStringLiteralLike)), name);
      ok(isSame(syntax.branches, nodes.filter(isBranch)), name);
      ok(isSame(syntax.writers, nodes.filter(isWriter)), name);
      for (const { body } of syntaxOf(file).functions) {
        parts++;
        ok(isSame(callsWithin(body), walk(body).filter(isCall)), `${name} ${body.pos}`);
      }
    }
    ok(parts > 1000);
  });

  it('leaves out what a class extends where that is asked for', () => {
    const file = ts.createSourceFile(
      'a.ts',
      'class A extends mixin(B) { x = f(); }',
      ts.ScriptTarget.Latest,
      true,
    );
    deepEqual(
      callsWithin(file).map((call) => call.getText()),
      ['mixin(B)', 'f()'],
    );
    deepEqual(
      plainCallsWithin(file).map((call) => call.getText()),
      ['f()'],
    );
  });
});

const isCall = (node: ts.Node): node is ts.CallExpression | ts.NewExpression =>
  ts.isCallExpression(node) || ts.isNewExpression(node);

const isName = (node: ts.Node): boolean => ts.isIdentifier(node) || ts.isPrivateIdentifier(node);

const isSelf = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.ThisKeyword;

const isBranch = (node: ts.Node): boolean =>
  ts.isIfStatement(node) || ts.isConditionalExpression(node) || ts.isBinaryExpression(node);

const isWriter = (node: ts.Node): boolean =>
  ts.isBinaryExpression(node) || ts.isDeleteExpression(node) || ts.isCallExpression(node);

function isOutsideOfTypes(node: ts.Node): boolean {
  for (let up = node.parent; up !== undefined; up = up.parent) {
    const isType = ts.isTypeNode(up) && !ts.isExpressionWithTypeArguments(up);
    if (isType || ts.isInterfaceDeclaration(up) || ts.isTypeAliasDeclaration(up)) return false;
  }
  return true;
}

const isSame = (some: readonly ts.Node[], others: readonly ts.Node[]): boolean =>
  some.length === others.length && some.every((node, index) => node === others[index]);

function walk(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}
