import assert from 'node:assert/strict';
import { exportedFunctions, functionAtLine } from '../../../src/editor/lenses/exports.ts';

const names = (text: string): string[] => exportedFunctions(text).map(({ name }) => name);

describe('exported functions of a text', () => {
  const found: Record<string, readonly [text: string, names: string[]]> = {
    'a function declaration': ['export function f(a) { return a; }', ['f']],
    'an async function': ['export async function f() {}', ['f']],
    'an arrow function': ['export const f = (a) => a;', ['f']],
    'an arrow function with one bare parameter': ['export const f = a => a;', ['f']],
    'an async arrow function': ['export const f = async (a) => a;', ['f']],
    'a generic arrow function': ['export const f = <T extends { a: () => void },>(a: T): T => a;', ['f']],
    'an arrow function with a return type': ['export const f = (a: number): Promise<number> => g(a);', ['f']],
    'an arrow function under a declared type': [
      'export const f: (a: number) => { b: number } = (a) => ({ b: a });',
      ['f'],
    ],
    'a function expression': ['export const f = function g() {};', ['f']],
    'a parenthesised function with a cast': ['export const f = ((a) => a) as Fn;', ['f']],
    'several declarators': ['export const a = 1, f = (x) => x, g = function () {};', ['f', 'g']],
    'declarators around type arguments': ['export const m = new Map<string, number>(), f = (x) => x;', ['f']],
    'overloads, once': ['export function f(a: string): void;\nexport function f(a: any): void {}', ['f']],
    'a default function': ['export default function f() {}', ['default']],
    'a nameless default function': ['export default function () {}', ['default']],
    'a default arrow function': ['export default async (a) => a;', ['default']],
    'a default export by name': ['function f() {}\nexport default f;', ['default']],
    'one function under a name and as default, by name': ['export function f() {}\nexport default f;', ['f']],
    'an export list': ['const f = (a) => a;\nfunction g() {}\nexport { f, g as h };', ['f', 'h']],
    'an export list above the functions': ['export { f };\nasync function f() {}', ['f']],
    'TypeScript export assignment': ['function f() {}\nexport = f;', ['default']],
    'exports.f =': ['exports.f = function (a) { return a; };', ['f']],
    'exports.f = a local function': ['function g() {}\nexports.f = g;', ['f']],
    'module.exports.f =': ['module.exports.f = async (a) => a;', ['f']],
    'module.exports = a function': ['module.exports = function f() {};', ['default']],
    'module.exports = an object': [
      "const f = (a) => a;\nmodule.exports = {\n  f,\n  g: (a) => a,\n  async h(a) { return [a, 1]; },\n  'i': function () {},\n  n: 1,\n};",
      ['f', 'g', 'h', 'i'],
    ],
    'a chain of names, once': ['exports.a = exports.b = (x) => x;', ['a']],
  };
  for (const [what, [text, expected]] of Object.entries(found))
    it(`finds ${what}`, () => assert.deepEqual(names(text).sort(), [...expected].sort()));

  const ignored: Record<string, string> = {
    generators: 'export function* f() {}\nexport async function* g() {}\nexport const h = function* () {};',
    'values and classes': 'export const a = 1, b = f(() => 1);\nexport class C { f() {} }\nexport let c;',
    'the value of a function that is called': 'export const a = (function () { return 1; })();',
    'types, enums and declarations':
      'export type F = () => void;\nexport interface I { f(): void }\nexport enum E { f }\nexport declare function f(): void;',
    're-exports of other files': "export { f } from './f.js';\nexport * from './g.js';",
    'type exports': 'function f() {}\nexport type { f };\nexport { type f };',
    'functions inside namespaces': 'export namespace N {\n  export function f() {}\n}',
    'what strings, comments, templates and regular expressions hold':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text has a template
      '// export function a() {}\n/* export function b() {} */\nconst s = "export function c() {}", t = `\nexport function d() {} ${"}"} `, r = /export function e() {}/;',
    'functions that are not exported': 'function f() {}\nconst g = () => 1;\nexport const a = 1;',
  };
  for (const [what, text] of Object.entries(ignored))
    it(`leaves out ${what}`, () => assert.deepEqual(names(text), []));

  const broken: Record<string, string> = {
    'an unclosed brace': 'export function a() { if (x) {\n\nexport function b() {}\n',
    'an unclosed parameter list': 'export function a(\n\nexport function b() {}\n',
    'an unclosed string': "export function a() { return 'x\n}\nexport function b() {}\n",
    'an unclosed template': 'export function a() { return `x\n}\nexport function b() {}\n',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text has a template
    'an unclosed expression in a template': 'export function a() { return `x${y\n}\nexport function b() {}\n',
    'a statement that is being typed': 'export function a() { const = ; ]) }\nexport function b() {}\n',
  };
  for (const [what, text] of Object.entries(broken))
    it(`keeps the functions around ${what}`, () => assert.deepEqual(names(text), ['a', 'b']));

  it('finds functions beside JSX text with quotes', () => {
    const text = "export const A = () => <p>don't {`x`} / it's</p>;\nexport function b() { return <br/>; }\n";
    assert.deepEqual(names(text), ['A', 'b']);
  });

  it('takes a slash after a value for division and elsewhere for a regular expression', () => {
    const text = 'const q = a / b; const r = (a) / 2; s.replace(/[/`"]/g, "");\nexport function f() {}';
    assert.deepEqual(names(text), ['f']);
  });

  it('tells the lines of a function, up to its end', () => {
    const text =
      '// first\n\nexport function f(\n  a,\n) {\n  return a;\n}\nconst x = 1;\n\nexport const g = (b) =>\n  b;\n';
    const functions = exportedFunctions(text);
    assert.deepEqual(
      functions.map(({ name, line, lastLine }) => [name, line, lastLine]),
      [
        ['f', 2, 6],
        ['g', 9, 10],
      ],
    );
    assert.equal(functionAtLine(functions, 5)?.name, 'f');
    assert.equal(functionAtLine(functions, 7), undefined);
    assert.equal(functionAtLine(functions, 10)?.name, 'g');
  });

  it('puts the function of an export list where it is declared', () => {
    const [found] = exportedFunctions('const a = 1;\nasync function f() {}\nexport { f };');
    assert.equal(found?.line, 1);
  });
});
