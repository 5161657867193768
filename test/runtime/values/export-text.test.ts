import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { exportedAs, exportsExpression } from '../../../runtime/values/export-text.ts';

describe('the exports that the text of a module shows', () => {
  const texts: [text: string, variable: string, exported: string | undefined][] = [
    ['export function square(n) {}', 'square', 'square'],
    ['export async function* square(n) {}', 'square', 'square'],
    ['export const square = (n) => n * n;', 'square', 'square'],
    ['export const squares = 1;', 'square', undefined],
    ['export const $ = (n) => n;', '$', '$'],
    ['export class Job extends Process {}', 'Job', 'Job'],
    ['function square() {}\nexport {\n  cube,\n  square\n};', 'square', 'square'],
    ['export { a as b, square as default };', 'square', 'default'],
    ['export { square } from "./other.js"; function square() {}', 'square', undefined],
    ['export default function square() {}', 'square', 'default'],
    ['function square() {}\nexport default square;', 'square', 'default'],
    ['export default class Job extends Process {}', 'Job', 'default'],
    ['export const a = 1, square = (n) => n;', 'square', 'square'],
    ['export const { square, cube: other } = make();', 'square', 'square'],
    ['export const [cube, square] = make();', 'square', 'square'],
    ['export const a = 1;\nfunction square() {}\nsquare();', 'square', undefined],
    ['export const a = 1\nfunction square() {}\nexport function cube() {}', 'square', undefined],
    ['function square() {}', 'square', undefined],
  ];
  for (const [text, variable, exported] of texts)
    it(`${variable} of ${JSON.stringify(text)}: ${exported ?? 'none'}`, () =>
      assert.equal(exportedAs(text, variable), exported));

  it('may be an expression without a variable', () => {
    const expressions = [
      'wrap(square)',
      '(n) => n',
      'function (n) {}',
      'class extends Process {}',
      '{ square }',
    ];
    for (const text of expressions) assert.ok(exportsExpression(`export default ${text};`), text);
    for (const text of [
      'square;',
      'square',
      'function square() {}',
      'class Job {}',
      'async function work() {}',
    ])
      assert.ok(!exportsExpression(`export default ${text}`), text);
    assert.ok(!exportsExpression('export const a = 1;'));
  });
});
