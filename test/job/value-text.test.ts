import assert from 'node:assert/strict';
import { valueText } from '../../src/job/value-text.ts';

describe('valueText', () => {
  const circular: { self?: unknown; list: unknown[] } = { list: [] };
  circular.self = circular;
  circular.list.push({ up: circular.list });

  const cases: [name: string, value: unknown, text: string][] = [
    [
      'writes plain values as JSON does',
      { a: [1, 'x', null, true], b: undefined },
      '{"a":[1,"x",null,true]}',
    ],
    ['tags a missing value', undefined, '{"$undefined":true}'],
    ['tags undefined in a list', [undefined], '[{"$undefined":true}]'],
    ['tags the holes of a sparse list', Object.assign(new Array(2), { 1: 1 }), '[{"$undefined":true},1]'],
    ['tags NaN', Number.NaN, '{"$number":"NaN"}'],
    ['tags infinity inside of an object', { a: -Infinity }, '{"a":{"$number":"-Infinity"}}'],
    ['keeps the sign of zero', [-0, 0], '[{"$number":"-0"},0]'],
    ['tags a bigint', 2n ** 64n, '{"$bigint":"18446744073709551616"}'],
    ['tags a date', new Date(0), '{"$date":"1970-01-01T00:00:00.000Z"}'],
    ['tags an invalid date', new Date(Number.NaN), '{"$date":null}'],
    [
      'tags a map with any keys',
      new Map([[{ a: 1 }, new Set([2n])]]),
      '{"$map":[[{"a":1},{"$set":[{"$bigint":"2"}]}]]}',
    ],
    ['tags bytes', Buffer.from('hi'), '{"$bytes":"aGk="}'],
    ['tags a part of a buffer only', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), '{"$bytes":"AgM="}'],
    [
      'tags a typed array',
      new Float64Array([0.5, Number.NaN]),
      '{"$typedArray":["Float64Array",[0.5,{"$number":"NaN"}]]}',
    ],
    ['tags a regular expression', /a"b/g, '{"$regexp":["a\\"b","g"]}'],
    ['tags an error', new TypeError('no'), '{"$error":{"name":"TypeError","message":"no"}}'],
    ['tags a function', [function named() {}], '[{"$function":"named"}]'],
    ['names what is circular', circular, '{"list":[{"up":{"$circular":"$.list"}}],"self":{"$circular":"$"}}'],
    [
      'writes an object twice where it is shared and not circular',
      [circular.list, circular.list].map(() => [1]),
      '[[1],[1]]',
    ],
    ['uses toJSON', { url: new URL('http://a/') }, '{"url":"http://a/"}'],
    ['escapes an object that looks like a tag', { $date: 1 }, '{"$object":{"$date":1}}'],
    [
      'writes an instance by its properties',
      new (class Point {
        x = 1;
      })(),
      '{"x":1}',
    ],
    ['writes an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ];
  for (const [name, value, text] of cases) {
    it(name, () => {
      assert.equal(valueText(value), text);
      JSON.parse(text);
    });
  }

  it('stays on one line, whatever the strings hold', () => {
    assert.equal(valueText({ text: 'a\nb\u2028' }).includes('\n'), false);
  });
});
