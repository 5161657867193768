import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { ts } from 'ts-morph';
import { isFunctionWithBody } from '../../src/analysis/ast.ts';
import { callsOf, callsWithin, functionsOf, plainCallsWithin } from '../../src/analysis/syntax.ts';

describe('nodes of a file', () => {
  it('are those that a walk finds in a part of it, in its order', () => {
    let parts = 0;
    for (const name of globSync('{test/corpus,test/fixtures/rules,src}/**/*.{ts,tsx,js,mjs,cjs}')) {
      const file = ts.createSourceFile(name, readFileSync(name, 'utf8'), ts.ScriptTarget.Latest, true);
      ok(isSame(callsOf(file), walk(file).filter(isCall)), name);
      ok(isSame(functionsOf(file), walk(file).filter(isFunctionWithBody)), name);
      for (const { body } of functionsOf(file)) {
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
