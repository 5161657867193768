import { deepEqual } from 'node:assert/strict';
import { ts } from 'ts-morph';
import { type FunctionNode, namedFunctions } from '../../src/analysis/ast.ts';

/** The arguments, and their numbers, that may be functions: `call` calls `f`, which has these parameters. */
function named(parameters: string, call: string): string[] {
  const text = `function f(${parameters}) {}\n${call};`;
  const file = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
  const [callee, statement] = file.statements as unknown as [FunctionNode, ts.ExpressionStatement];
  return namedFunctions(statement.expression as ts.CallExpression, callee).map(
    ([value, index]) => `${index} ${value.getText()}`,
  );
}

describe('functions given by name', () => {
  for (const [what, parameters, call, expected] of [
    ['are names and members of names', 'a, b, c, d', 'f(g, h.i, () => 1, 2)', ['0 g', '1 h.i']],
    ['are none where a text or a number is taken', 'a: string, b: number, c: boolean', 'f(g, h.i, j)', []],
    [
      'are none where a list or literal is taken',
      "a: readonly X[], b: [X], c: 'x' | undefined",
      'f(g, h, i)',
      [],
    ],
    [
      'are those where a type says nothing or too little',
      'a: X, b: any, c: object',
      'f(g, h.i, j)',
      ['0 g', '1 h.i', '2 j'],
    ],
    ['are those where one kind of value may be a function', 'a: string | (() => void)', 'f(g)', ['0 g']],
    ['are counted without `this`', 'this: X, a: string, b: () => void', 'f(g, h)', ['1 h']],
    [
      'are all that a list of parameters takes',
      'a: string, ...b: (() => void)[]',
      'f(g, h, i)',
      ['1 h', '2 i'],
    ],
    ['are all where a list is spread before them', 'a: string, b: string', 'f(...g, h)', ['1 h']],
    ['are all that are too many', 'a: string', 'f(g, h)', ['1 h']],
  ] as const) {
    it(what, () => deepEqual(named(parameters, call), expected));
  }
});
