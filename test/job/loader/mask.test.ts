import assert from 'node:assert/strict';
import { maskSource } from '../../../src/job/loader/mask.ts';

describe('maskSource', () => {
  const masked = (source: string, code: string) => {
    assert.equal(maskSource(source), code);
    assert.equal(source.length, code.length);
  };

  it('blanks comments and hashbangs, and keeps lines', () => {
    masked('#!/x\na // b\n/* c\n d */ e', '    \na     \n    \n      e');
  });

  it('blanks what is between quotes', () => {
    masked(`f("a\\"b", 'c')`, `f("    ", ' ')`);
  });

  it('keeps the code in the holes of templates, nested ones too', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template.
    masked('`a${b + `c${ {d: 1}.d }e`}f` + g', '`  {b + `  { {d: 1}.d } `} ` + g');
  });

  it('tells a regular expression from a division', () => {
    masked('a / b / c; x = /[\'"`]/g; return_ / 2', 'a / b / c; x = /     /g; return_ / 2');
    masked('return /[/"]/.test(x) / 2', 'return /    /.test(x) / 2');
  });

  it('loses no more than a line to an apostrophe in JSX', () => {
    masked("<p>Don't</p>\nnext()", "<p>Don'     \nnext()");
  });
});
