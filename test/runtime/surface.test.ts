/** Holds the library to its declarations: the names while the test runs, the types while it is compiled. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as runtime from '../../runtime/index.ts';
import type * as declared from '../fixtures/runtime/surface.d.ts';
import { fixture } from './processes.ts';

type Values = typeof declared;
type Real = typeof runtime;

/** The type `R` can stand for what is declared. */
type Fulfils<D, R extends D> = [D, R];
/** True for types that are the same in every member, its modifiers too. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Yes<T extends true> = T;
/** Classes that only the runtime makes, errors whose constructors differ, and functions that take them, are compared below. */
type Made =
  | ('AsyncResult' | 'Connection' | 'Future' | 'Manager' | 'SharedArray' | 'SharedMemoryManager')
  | ('asCompleted' | 'wait');
type Errors = Extract<keyof Values, `${string}Error`>;

type Checks = [
  Fulfils<Omit<Values, Made | Errors>, Omit<Real, Made | Errors>>,
  Fulfils<{ [K in Errors]: InstanceType<Values[K]> }, { [K in Errors]: InstanceType<Real[K]> }>,
  Fulfils<declared.AsyncResult<number>, runtime.AsyncResult<number>>,
  Fulfils<declared.Future<number>, runtime.Future<number>>,
  Fulfils<declared.Connection<number>, runtime.Connection<number>>,
  Fulfils<declared.CompletedFuture<number>, runtime.CompletedFuture<number>>,
  Fulfils<declared.WaitResult<number>, Awaited<ReturnType<typeof runtime.wait<number>>>>,
  Fulfils<
    AsyncIterableIterator<declared.CompletedFuture<number>>,
    ReturnType<typeof runtime.asCompleted<number>>
  >,
  Fulfils<declared.ExecutorMap, runtime.ExecutorMap>,
  // A future of one type is one of a wider type.
  Fulfils<runtime.Future<number | string>, runtime.Future<number>>,
  // Options and what is told: nothing missing, nothing more, nothing stricter.
  Yes<Equal<Parameters<Values['wait']>[1], Parameters<Real['wait']>[1]>>,
  Yes<Equal<Parameters<Values['asCompleted']>[1], Parameters<Real['asCompleted']>[1]>>,
  Yes<Equal<declared.ProcessInfo, runtime.ProcessInfo>>,
  Yes<Equal<declared.WorkerFunction, runtime.WorkerFunction>>,
  Yes<Equal<declared.WorkerOptions, runtime.WorkerOptions>>,
  Yes<Equal<declared.PoolOptions, runtime.PoolOptions>>,
  Yes<Equal<declared.TaskOptions, runtime.TaskOptions>>,
  Yes<Equal<declared.ChunkOptions, runtime.ChunkOptions>>,
  Yes<Equal<declared.StreamOptions, runtime.StreamOptions>>,
  Yes<Equal<declared.MapOptions, runtime.MapOptions>>,
  Yes<Equal<declared.ImapOptions, runtime.ImapOptions>>,
  Yes<Equal<declared.ResultCallbacks<number>, runtime.ResultCallbacks<number>>>,
  Yes<Equal<declared.ExecutorOptions, runtime.ExecutorOptions>>,
  Yes<Equal<declared.ExecutorMapOptions, runtime.ExecutorMapOptions>>,
  Yes<Equal<declared.Iterables<[1, 'a']>, runtime.Iterables<[1, 'a']>>>,
  Yes<Equal<declared.ShutdownOptions, runtime.ShutdownOptions>>,
  Yes<Equal<declared.WaitOptions, runtime.WaitOptions>>,
  Yes<Equal<declared.WaitFuturesOptions, runtime.WaitFuturesOptions>>,
  Yes<Equal<declared.Address, runtime.Address>>,
  Yes<Equal<declared.AuthKey, runtime.AuthKey>>,
  Yes<Equal<declared.ConnectOptions, runtime.ConnectOptions>>,
  Yes<Equal<declared.ListenerOptions, runtime.ListenerOptions>>,
  Yes<Equal<declared.ClassCodec<Date, number>, runtime.ClassCodec<Date, number>>>,
  Yes<Equal<declared.SharedMemoryOptions, runtime.SharedMemoryOptions>>,
  Yes<Equal<declared.ShareableListOptions, runtime.ShareableListOptions>>,
  Yes<Equal<declared.ShareableItem, runtime.ShareableItem>>,
  Yes<Equal<declared.NumberTypeCode, runtime.NumberTypeCode>>,
  Yes<Equal<declared.BigIntTypeCode, runtime.BigIntTypeCode>>,
  Yes<Equal<declared.TypeCode, runtime.TypeCode>>,
  Yes<Equal<declared.TypedArrays, runtime.TypedArrays>>,
  Yes<Equal<declared.TypedArrayOf<'d'>, runtime.TypedArrayOf<'d'>>>,
  Yes<Equal<declared.ElementOf<'i' | 'q'>, runtime.ElementOf<'i' | 'q'>>>,
  Fulfils<declared.RawValue<'i64'>, runtime.RawValue<'i64'>>,
  Fulfils<declared.Value<'i64'>, runtime.Value<'i64'>>,
  Fulfils<declared.HasLock, runtime.HasLock>,
  Fulfils<declared.SharedOptions, runtime.SharedOptions>,
  Yes<
    Equal<
      Exclude<runtime.SharedOptions['lock'], runtime.Lock>,
      Exclude<declared.SharedOptions['lock'], declared.Lock>
    >
  >,
  Fulfils<declared.SharedArray<'d' | 'q'>, runtime.SharedArray<'d' | 'q'>>,
  Fulfils<
    <T extends declared.TypeCode>(
      type: T,
      sizeOrValues: number | Iterable<declared.ElementOf<T>>,
      options?: runtime.SharedOptions,
    ) => declared.SharedArray<T>,
    Real['SharedArray']
  >,
  Fulfils<declared.SharedMemoryManager, runtime.SharedMemoryManager>,
  Fulfils<Omit<declared.Manager, 'create'>, Omit<runtime.Manager, 'create'>>,
  Fulfils<
    (name: string, n: number) => Promise<declared.ObjectProxy<Date>>,
    typeof runtime.Manager.prototype.create<new (n: number) => Date>
  >,
  Yes<Equal<Parameters<typeof declared.Manager.start>, Parameters<typeof runtime.Manager.start>>>,
  Yes<Equal<Parameters<typeof declared.Manager.connect>, Parameters<typeof runtime.Manager.connect>>>,
  Yes<Equal<declared.ManagerOptions, runtime.ManagerOptions>>,
  Yes<Equal<declared.DictProxy<'a', 1>, runtime.DictProxy<'a', 1>>>,
  Yes<Equal<declared.ListProxy<1>, runtime.ListProxy<1>>>,
  Yes<Equal<declared.NamespaceProxy<{ a: 1 }>, runtime.NamespaceProxy<{ a: 1 }>>>,
  Yes<Equal<declared.ValueProxy<1>, runtime.ValueProxy<1>>>,
  Yes<Equal<declared.ArrayProxy<1>, runtime.ArrayProxy<1>>>,
  Yes<Equal<declared.QueueProxy<1>, runtime.QueueProxy<1>>>,
  Yes<Equal<declared.JoinableQueueProxy<1>, runtime.JoinableQueueProxy<1>>>,
  Fulfils<declared.LockProxy, runtime.LockProxy>,
  Yes<Equal<declared.EventProxy, runtime.EventProxy>>,
  Fulfils<declared.ConditionProxy, runtime.ConditionProxy>,
  Yes<Equal<declared.BarrierProxy, runtime.BarrierProxy>>,
  Yes<Equal<declared.ObjectProxy<Date>, runtime.ObjectProxy<Date>>>,
  Yes<Equal<declared.Constructor, runtime.Constructor>>,
  Yes<Equal<declared.DynamicConstructor, runtime.DynamicConstructor>>,
  Yes<Equal<declared.WorkerInfo, runtime.WorkerInfo>>,
  Yes<Equal<declared.PoolEvents, runtime.PoolEvents>>,
  Yes<Equal<declared.WorkerEvent, runtime.WorkerEvent>>,
  Yes<Equal<declared.LossyEvent, runtime.LossyEvent>>,
  Yes<Equal<declared.PoolStats, runtime.PoolStats>>,
  Yes<Equal<declared.StatsSums, runtime.StatsSums>>,
  Yes<Equal<declared.SlowTask, runtime.SlowTask>>,
  // Types with a name of their own.
  runtime.OutputEvent,
  runtime.ProgressEvent,
  runtime.TaskEvent,
  runtime.WaitResult<1>,
  runtime.WorkerEndEvent,
  runtime.WorkerEventBase,
  runtime.WorkerSampleEvent,
  runtime.WorkerStartEvent,
  runtime.WorkerStats,
];

const declarations = readFileSync(fixture('surface.d.ts'), 'utf8');
const exported = runtime as unknown as Record<string, unknown>;

describe('the public surface', () => {
  for (const [, kind, name = ''] of declarations.matchAll(/^export (const|function|class) (\w+)/gm))
    it(`has ${name}`, () => {
      const value = exported[name];
      assert.equal(typeof value, kind === 'const' ? 'boolean' : 'function');
      if (kind === 'class') hasMethods(value as { readonly prototype: object }, name);
    });

  it('has the types that are declared', () => {
    compiles<Checks>();
  });

  it('makes the objects that only the runtime makes of the classes that it exports', async () => {
    await using executor = new runtime.ProcessPoolExecutor(1);
    await using pool = new runtime.Pool(1);
    const future = executor.submit(runtime.cpuCount);
    assert.ok(future instanceof runtime.Future);
    future.cancel();
    const result = pool.mapAsync(runtime.cpuCount, []);
    assert.ok(result instanceof runtime.AsyncResult);
    assert.deepEqual(await result, []);
  });

  it('gives every error the name of its class, a code and the base', () => {
    for (const [name, Class] of Object.entries(exported)) {
      if (!name.endsWith('Error')) continue;
      const error = Reflect.construct(Class as new () => Error, ['message', {}]) as Error & { code: string };
      assert.ok(error instanceof runtime.ManycoreError);
      assert.equal(error.name, name);
      assert.match(error.code, /^ERR_MANYCORE|^ABORT_ERR$/);
    }
  });
});

/** Fails when it is compiled, not when it runs. */
function compiles<_T>(): void {}

function hasMethods(Class: { readonly prototype: object }, name: string): void {
  const body = new RegExp(`^export class ${name}\\b(?:.*\\{\\}$|[^]*?^})`, 'm').exec(declarations)?.[0] ?? '';
  for (const [, method = ''] of body.matchAll(/^ {2}(\w+)(?:<[^(]*>)?\(/gm))
    if (method !== 'constructor')
      assert.equal(typeof Reflect.get(Class.prototype, method), 'function', `${name}.${method}`);
  if (body.includes('[Symbol.asyncDispose]'))
    assert.equal(typeof Reflect.get(Class.prototype, Symbol.asyncDispose), 'function');
}
