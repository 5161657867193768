import assert from 'node:assert/strict';
import { createSecretKey, webcrypto } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Server, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { Pool, SerializationError } from '../../../runtime/index.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { cross } from './crossing.ts';

function* numbers() {
  yield 1;
}
async function* asyncNumbers() {
  yield 1;
}
function received(..._: unknown[]): IArguments {
  // biome-ignore lint/complexity/noArguments: it is the case.
  return arguments;
}
const detached = new Uint8Array(8);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const { port1, port2 } = new MessageChannel();
port1.close();
port2.close();
/** The types of Node leave its values out. */
const assembly = Reflect.get(globalThis, 'WebAssembly') as {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => object;
};
const emptyModule = new assembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));

/** What is put into a value, and how the refusal begins behind its path. */
const table: Record<string, readonly [value: unknown, problem: RegExp, place?: string]> = {
  'a closure': [() => 1, /is a function .*no module exports: it cannot cross\. Export it, or leave it out/],
  'a class': [class Local {}, /is a function \(Local\)/],
  'a method in toJSON': [{ toJSON: () => 1 }, /is a function/, '.toJSON'],
  'a symbol': [Symbol('s'), /is a symbol \(Symbol\(s\)\)/],
  'a symbol in an object': [Object(Symbol('s')), /is a Symbol: it cannot cross/],
  'a promise': [Promise.resolve(), /is a Promise: it cannot cross\. Await it first/],
  'a WeakMap': [new WeakMap(), /is a WeakMap: it cannot cross\. Send what it holds/],
  'a WeakSet': [new WeakSet(), /is a WeakSet/],
  'a WeakRef': [new WeakRef({}), /is a WeakRef/],
  'a FinalizationRegistry': [new FinalizationRegistry(() => {}), /is a FinalizationRegistry/],
  'a proxy of an object': [new Proxy({ a: 1 }, {}), /is a Proxy: it cannot cross\. Send a copy/],
  'a proxy of an array': [new Proxy([1], {}), /is a Proxy/],
  'a generator': [numbers(), /is a Generator: it cannot cross\. Take what it gives first/],
  'an async generator': [asyncNumbers(), /is an AsyncGenerator/],
  'an iterator of an array': [[1][Symbol.iterator](), /is an Array Iterator: .*Take what it gives/],
  'an iterator of a map': [new Map([[1, 2]]).keys(), /is a Map Iterator/],
  arguments: [received(1), /is an Arguments: it cannot cross\. Make it an array/],
  'shared memory of threads': [
    new SharedArrayBuffer(8),
    /is a SharedArrayBuffer: .*Threads share it, processes do not/,
  ],
  'memory that was transferred': [detached, /is memory that was transferred away/],
  'a Blob': [new Blob(['x']), /is a Blob: it cannot cross\. Send its bytes/],
  'a key of Node': [
    createSecretKey(Buffer.alloc(16)),
    /is a \w*Key\w*: it cannot cross\. Send the exported key/,
  ],
  'a port': [port1, /is an? (MessagePort|EventTarget): .*belongs to this process/],
  'a stream of the web': [new ReadableStream(), /is a ReadableStream: .*belongs to this process/],
  'a stream of Node': [Readable.from([1]), /is a function/, '._read'],
  'a WebAssembly module': [emptyModule, /is a WebAssembly\.Module: .*compile them in the worker/],
  'WebAssembly memory': [new assembly.Memory({ initial: 1 }), /is a WebAssembly\.Memory/],
  'a formatter': [new Intl.NumberFormat('en'), /is an Intl\.NumberFormat: .*Send its options/],
  'the environment': [
    process.env,
    /is an? object of Node itself: it cannot cross\. Send a copy: `\{ \.\.\.it \}`/,
  ],
  'a getter that throws': [
    Object.defineProperty({}, 'broken', {
      enumerable: true,
      get: () => {
        throw new Error('not today');
      },
    }),
    /could not be read: not today/,
    '.broken',
  ],
  'a registered class whose toPlain throws': [
    new tasks.Unplain(),
    /could not be turned into a plain value: .*no plan/,
  ],
  'an instance that refers back to itself': [
    selfish(),
    /refers back to an error or instance that holds it/,
    '.next',
  ],
};
function selfish(): tasks.Node {
  const node = new tasks.Node();
  node.next = node;
  return node;
}

describe('what cannot cross', () => {
  const pool = new Pool(1);
  after(() => pool.terminate());

  const refusalOf = (value: unknown): SerializationError => {
    try {
      cross(value, 'items[3]');
    } catch (error) {
      assert.ok(error instanceof SerializationError, String(error));
      return error;
    }
    return assert.fail('it crossed');
  };

  for (const [name, [value, problem, place = '']] of Object.entries(table))
    it(`${name} is refused with its place`, () => {
      for (const [holder, path] of [
        [value, 'items[3]'],
        [{ ok: [1], user: { 'on save': [0, value] } }, 'items[3].user["on save"][1]'],
        [[new URL('http://a'), value], 'items[3][1]'],
        [new Map([['k', new Map([[1, value]])]]), 'items[3].get("k").get(1)'],
        [new Set([value]), 'items[3].values()'],
      ] as const) {
        const refused = refusalOf(holder);
        assert.equal(refused.path, path + place);
        assert.ok(refused.message.startsWith(refused.path));
        assert.match(refused.message, problem);
      }
    });

  it('a CryptoKey, a file and a connection are refused', async () => {
    const key = await webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']);
    assert.match(refusalOf({ key }).message, /^items\[3\]\.key is a CryptoKey: .*exported key/);
    await using file = await open('/dev/null');
    assert.match(refusalOf({ file }).message, /^items\[3\]\.file\.\w+ is a function/);
    assert.match(refusalOf({ socket: new Socket() }).message, /^items\[3\]\.socket\.\S+ is a function/);
    const server = new Server().listen(0);
    try {
      assert.match(refusalOf({ server }).message, /^items\[3\]\.server\._handle/);
    } finally {
      server.close();
    }
  });

  it('a value that is nested too deeply is refused in words, a cyclic one crosses', () => {
    const deep: Record<string, unknown> = {};
    for (let at = deep, i = 0; i < 100_000; i++) at = at['next'] = {} as Record<string, unknown>;
    assert.match(refusalOf(deep).message, /^items\[3\] is nested too deeply to cross/);
    let moderate: unknown = 'bottom';
    for (let i = 0; i < 500; i++) moderate = { next: moderate };
    assert.deepEqual(cross(moderate), moderate);
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const back = cross(cyclic) as { self: unknown };
    assert.equal(back.self, back);
  });

  it('nothing of a refused value shows in the message', () => {
    process.env['MANYCORE_TEST_SECRET'] = 'do not print';
    try {
      assert.doesNotMatch(inspect(refusalOf({ env: process.env })), /do not print/);
    } finally {
      Reflect.deleteProperty(process.env, 'MANYCORE_TEST_SECRET');
    }
  });

  it('is named by its place in arguments, results, thrown values and the arguments of initializers', async () => {
    const pathOf = (promise: Promise<unknown>) =>
      promise.then(
        () => assert.fail('it crossed'),
        (error: unknown) => {
          assert.ok(error instanceof SerializationError, String(error));
          return error.path;
        },
      );
    assert.equal(await pathOf(pool.map(tasks.identity, [1, { at: new Blob([]) }])), 'items[1].at');
    assert.equal(
      await pathOf(pool.starmap<[unknown], unknown>(tasks.identity, [[1], [new WeakMap()]])),
      'items[1][0]',
    );
    assert.equal(await pathOf(pool.apply(tasks.identity, [{ at: [new WeakMap()] }])), 'args[0].at[0]');
    assert.equal(await pathOf(pool.apply(tasks.returnBlob)), 'result.body');
    assert.equal(await pathOf(pool.apply(tasks.throwPlain)), 'thrown.retry');
    assert.throws(() => new Pool({ initializer: tasks.setUp, initArgs: [1, { on: Promise.resolve() }] }), {
      path: 'initArgs[1].on',
    });
  });

  it('of an error is told as text where it was', async () => {
    const error = await pool
      .apply(tasks.throwPort)
      .catch((thrown: unknown) => thrown as Error & { port: string });
    assert.equal(error.message, 'with a port');
    assert.match(error.port, /^\[not sent: thrown\.port is an? (MessagePort|EventTarget)/);
  });
});
