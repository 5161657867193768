import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { lossy } from '../../../runtime/values/lossy.ts';
import { locate } from '../../../runtime/values/reference.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { cross, differences } from './crossing.ts';

class Account {
  readonly #secret = 1;
  readonly id = 7;
  balance(): number {
    return this.#secret;
  }
  get owner(): string {
    return 'x';
  }
}
class Dto {
  readonly x = 1;
  readonly label = 'a';
}
class Names extends Map<string, number> {}
class Numbers extends Set<number> {}
class Rows extends Array<number> {}
class Day extends Date {}
class Bytes extends Uint8Array<ArrayBuffer> {}
class View extends DataView<ArrayBuffer> {}
class Memory extends ArrayBuffer {}
class Pattern extends RegExp {}
class Count extends Number {}
class Link extends URL {}
class Hidden extends RangeError {}
class Deep extends Hidden {}

const search = /a/g;
search.lastIndex = 3;
const matched = 'abc'.match(/(?<letter>b)/);
const growing = (): ArrayBuffer =>
  new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(8, {
    maxByteLength: 16,
  });
const cyclic: Record<string, unknown> = { account: new Account() };
cyclic['self'] = cyclic;
const shared = new Account();

/** Value, and the places that arrive changed with what is said of them. */
const table: Record<string, readonly [value: unknown, losses?: Record<string, RegExp>]> = {
  primitives: [[1, 'a', true, null, undefined, 5n, -0, Number.NaN]],
  'plain objects, cyclic too': [{ a: { b: [{}] }, toJSON: undefined, self: null }],
  'an own key __proto__': [JSON.parse('{"__proto__": {"x": 1}, "a": 1}')],
  'an own key __proto__ beside a URL': [
    Object.defineProperty({ at: new URL('http://a') }, '__proto__', {
      value: { x: 1 },
      enumerable: true,
      writable: true,
      configurable: true,
    }),
  ],
  'an object without prototype': [Object.assign(Object.create(null), { a: 1 })],
  'frozen and sealed objects': [[Object.freeze({ a: 1 }), Object.seal({ b: 1 })]],
  'data of a class': [{ dto: new Dto() }],
  'objects of another realm': [
    runInNewContext('({ a: [1], m: new Map([[1, 2]]), e: new TypeError("x"), d: new Date(3) })'),
  ],
  'sparse arrays': [[Object.assign(new Array<number>(3), { 1: 1 }), new Array(5)]],
  'arrays with names': [[matched, Object.assign([1], { extra: { a: 1 } })]],
  'arrays with names beside a URL': [Object.assign([new URL('http://a')], { extra: { a: 1 } })],
  'maps, sets, dates, boxes': [
    [new Map([[{ a: 1 }, new Set([1])]]), new Date(Number.NaN), Object(1), Object('abc'), Object(5n)],
  ],
  memory: [
    [
      Buffer.from('abc'),
      new Uint8Array(3).subarray(1),
      new BigInt64Array(2),
      new DataView(new ArrayBuffer(8), 2, 4),
      growing(),
    ],
  ],
  'URL, URLSearchParams, Headers': [
    [new URL('http://a/?b=c'), new URLSearchParams('a=1'), new Headers({ a: 'b' })],
  ],
  'a registered class': [[new tasks.Money(3)]],
  'an exported function with properties': [{ fn: tasks.square }],
  'errors with causes': [
    [new TypeError('x', { cause: new tasks.OrderError('y', 1) }), new AggregateError([1], 'z')],
  ],
  'a DOMException': [new DOMException('stop', 'AbortError')],

  'an instance of a class': [
    { users: [{}, { account: new Account() }] },
    {
      'value.users[1].account':
        /^is an Account: it arrives as a plain object, without balance, owner\. Register the class/,
    },
  ],
  'the same instance twice is told once': [[shared, shared], { 'value[0]': /Account/ }],
  'an instance in a cycle': [cyclic, { 'value.account': /Account/ }],
  'objects of Node': [
    [statSync('/'), readdirSync('/', { withFileTypes: true })[0], AbortSignal.abort()],
    { 'value[0]': /Stats/, 'value[1]': /Dirent/, 'value[2]': /AbortSignal/ },
  ],
  'inherited properties': [
    Object.create({ inherited: 1 }),
    { value: /^inherits inherited from another object/ },
  ],
  getters: [
    {
      get a() {
        return 5;
      },
      set b(_: number) {},
    },
    { 'value.a': /is a getter: it arrives as the value/, 'value.b': /is a setter: it arrives as undefined/ },
  ],
  'symbols and hidden properties': [
    Object.defineProperty({ [Symbol('mark')]: 1 }, 'hidden', { value: 2 }),
    { 'value[Symbol(mark)]': /symbol as its key: it is left out/, 'value.hidden': /not enumerable/ },
  ],
  'subclasses of what crosses': [
    {
      map: new Names([['a', 1]]),
      set: new Numbers([1]),
      array: Rows.from([1]),
      date: new Day(5),
      bytes: new Bytes(new ArrayBuffer(2)),
      view: new View(new ArrayBuffer(2)),
      memory: new Memory(2),
      pattern: new Pattern('a'),
      count: new Count(3),
      link: new Link('http://a'),
    },
    {
      'value.map': /is a Names: it arrives as a Map\./,
      'value.set': /Numbers: it arrives as a Set/,
      'value.array': /Rows: it arrives as an Array/,
      'value.date': /Day: it arrives as a Date/,
      'value.bytes': /Bytes: it arrives as a Uint8Array/,
      'value.view': /View: it arrives as a DataView/,
      'value.memory': /Memory: it arrives as an ArrayBuffer/,
      'value.pattern': /Pattern: it arrives as a RegExp/,
      'value.count': /Count: it arrives as a Number/,
      'value.link': /Link: it arrives as a URL/,
    },
  ],
  'own properties of dates, maps and others': [
    [
      Object.assign(new Date(1), { a: 1 }),
      Object.assign(new Map(), { b: 1 }),
      Object.assign(new Uint8Array(1), { c: 1 }),
      Object.assign(Object('ab'), { d: 1 }),
      Object.assign(/a/, { e: 1 }),
      Object.assign(new URL('http://a'), { f: 1 }),
    ],
    {
      'value[0].a': /is a property of a Date: it is left out/,
      'value[1].b': /Map/,
      'value[2].c': /Uint8Array/,
      'value[3].d': /String/,
      'value[4].e': /RegExp/,
      'value[5].f': /URL/,
    },
  ],
  'where a search was': [{ search }, { 'value.search.lastIndex': /is 3: it arrives as 0/ }],
  'memory that is shared or grows': [
    { shared: new Uint8Array(new SharedArrayBuffer(8)), grows: new Uint8Array(growing()) },
    { 'value.shared': /a copy that nobody shares/, 'value.grows': /fixed length/ },
  ],
  'errors whose class nobody exports': [
    [new Deep('x')],
    {
      'value[0]': /is a Deep: it arrives as a RangeError, because no module is known that exports the class/,
    },
  ],
  'what errors carry along': [
    Object.assign(new Error('x', { cause: { account: new Account() } }), {
      retry: () => 1,
      [Symbol('mark')]: 1,
      socket: { promise: Promise.resolve() },
    }),
    {
      'value.cause.account': /Account/,
      'value.retry': /is a function of an error: it is left out/,
      'value[Symbol(mark)]': /symbol/,
      'value.socket': /cannot cross: it arrives as a text that says so/,
    },
  ],
  'parts of maps and sets': [
    [
      new Map<unknown, unknown>([
        [new Account(), 1],
        ['user', new Account()],
      ]),
      new Set([new Account()]),
    ],
    {
      'value[0].keys()': /Account/,
      'value[0].get("user")': /Account/,
      'value[1].values()': /Account/,
    },
  ],
};

describe('what arrives changed', () => {
  before(() =>
    Promise.all([tasks.square, tasks.OrderError].map((exported) => locate(exported as never, []))),
  );

  for (const [name, [value, expected = {}]] of Object.entries(table))
    it(name, () => {
      const losses = lossy(value, 'value');
      const places = losses.map(({ path }) => path).sort();
      assert.deepEqual(places, Object.keys(expected).sort());
      assert.deepEqual(places, [...new Set(differences(value, cross(value), 'value'))].sort());
      for (const { path, message } of losses) assert.match(message, expected[path] as RegExp);
    });

  it('tells no more than a few of very many, and looks no further than is cheap', () => {
    const many = Array.from({ length: 100_000 }, () => new Account());
    const losses = lossy(many, 'value');
    assert.equal(losses.length, 20);
    assert.deepEqual(lossy([...new Array(50_000).fill(0), new Account()], 'value'), []);
  });
});
