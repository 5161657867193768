import assert from 'node:assert/strict';
import { pickExport } from '../../../src/job/loader/pick-export.ts';

const a = () => 'a';
const b = () => 'b';
// biome-ignore lint/complexity/noStaticOnlyClass: what is refused, and its member.
class Model {
  static fit = a;
}
const pick = (namespace: Record<string, unknown>, name: string | null) => pickExport(namespace, name, 'x.ts');

describe('pickExport', () => {
  it('takes a named export, the default and a property path', () => {
    const namespace = { a, default: b, Stats: { mean: a, deep: { b } }, Model };
    assert.deepEqual(pick(namespace, 'a'), { name: 'a', fn: a });
    assert.deepEqual(pick(namespace, 'default'), { name: 'default', fn: b });
    assert.deepEqual(pick(namespace, 'Stats.mean'), { name: 'Stats.mean', fn: a });
    assert.deepEqual(pick(namespace, 'Stats.deep.b'), { name: 'Stats.deep.b', fn: b });
    assert.deepEqual(pick(namespace, 'Model.fit'), { name: 'Model.fit', fn: a });
  });

  it('finds what CommonJS exports, also where Node saw no names', () => {
    assert.deepEqual(pick({ default: { a } }, 'a'), { name: 'a', fn: a });
    const callable = Object.assign(() => 0, { a });
    assert.deepEqual(pick({ default: callable, 'module.exports': callable }, 'a'), { name: 'a', fn: a });
    const transpiled = { __esModule: true, default: b, a };
    assert.deepEqual(pick({ default: transpiled, __esModule: true, a }, 'default'), {
      name: 'default',
      fn: b,
    });
  });

  it('without a name takes the default, else the only function', () => {
    assert.deepEqual(pick({ a, default: b }, null), { name: 'default', fn: b });
    assert.deepEqual(pick({ a, limit: 3, Model }, null), { name: 'a', fn: a });
    assert.deepEqual(pick({ a, again: a }, null), { name: 'a', fn: a });
  });

  it('without a name refuses to choose between several, or none', () => {
    assert.throws(() => pick({ a, b }, null), {
      message: 'x.ts exports several functions: a, b.',
      hint: /x\.ts#a/,
    });
    assert.throws(() => pick({ limit: 3 }, null), {
      code: 'ERR_MANYCORE_EXPORT_NOT_FOUND',
      message: /exports no function; its exports: limit/,
    });
  });

  it('lists the functions there are and suggests the nearest', () => {
    assert.throws(() => pick({ score: a, load: b, Stats: { mean: a } }, 'scroe'), {
      code: 'ERR_MANYCORE_EXPORT_NOT_FOUND',
      exitCode: 2,
      message: 'x.ts has no export "scroe"; the functions it exports: score, load, Stats.mean.',
      hint: 'Did you mean x.ts#score?',
    });
    assert.throws(() => pick({ Stats: { mean: a } }, 'Stats.meen'), {
      hint: 'Did you mean x.ts#Stats.mean?',
    });
  });

  it('refuses a class and a value, saying what they are', () => {
    assert.throws(() => pick({ Model }, 'Model'), {
      code: 'ERR_MANYCORE_NOT_A_FUNCTION',
      message: /is a class/,
    });
    assert.throws(() => pick({ list: [a] }, 'list'), {
      message: '"list" of x.ts is an array, not a function.',
    });
    assert.throws(() => pick({ nothing: undefined }, 'nothing'), { message: /is undefined, not a function/ });
  });
});
