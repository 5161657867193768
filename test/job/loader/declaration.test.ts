import assert from 'node:assert/strict';
import { declarationLine } from '../../../src/job/loader/declaration.ts';

const SOURCE = `// export function fake() {}
const text = 'export function fake() {}'; /* function later
function later */
export async function later(a: number) {}
export const arrow = (x: number) => x, other = 2;
function local() {}
export { local as renamed };
export namespace Stats {
  export function mean() {}
}
export const table = {
  first: () => 1,
  second() {},
};
export function* generated() {}
export default class Model {
  static fit() {}
}
export { elsewhere } from './elsewhere.ts';
`;

describe('declarationLine', () => {
  const line = (name: string, source = SOURCE) => declarationLine(source, name);

  it('finds declarations, and none in comments and texts', () => {
    assert.deepEqual([line('later'), line('arrow'), line('generated')], [4, 5, 15]);
    assert.equal(line('fake'), null);
  });

  it('follows a renamed local function', () => assert.equal(line('renamed'), 6));

  it('finds members of namespaces, objects and classes', () => {
    assert.deepEqual([line('Stats.mean'), line('table.first'), line('table.second')], [9, 12, 13]);
    assert.equal(line('Model.fit'), 17);
  });

  it('finds the default export, and the local one that it names', () => {
    assert.equal(line('default'), 16);
    assert.equal(line('default', 'function go() {}\n\nexport default go;\n'), 1);
    assert.equal(line('default', '\nexport default async (x) => x;\n'), 2);
  });

  it('finds what CommonJS exports', () => {
    const source = "'use strict';\nexports.half = (x) => x / 2;\nfunction go() {}\nmodule.exports = go;\n";
    assert.deepEqual([line('half', source), line('default', source)], [2, 3]);
  });

  it('is null for what is declared elsewhere', () => {
    assert.equal(line('elsewhere'), null);
    assert.equal(line('absent'), null);
  });
});
