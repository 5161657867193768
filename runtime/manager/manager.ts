import { randomBytes } from 'node:crypto';
import { EOFError, ManycoreError } from '../errors.ts';
import { type ElementOf, type TypeCode, typedArrayClass } from '../memory/types.ts';
import { checkEntryGuard } from '../process/main.ts';
import { Process } from '../process/process.ts';
import { type Address, type AuthKey, type ConnectOptions, keyBytes } from '../queue/address.ts';
import type { Connection } from '../queue/connection.ts';
import { Pipe } from '../queue/pipe.ts';
import { privateAddress, removeDeserted } from '../queue/socket-folder.ts';
import type { BarrierOptions } from '../sync/barrier.ts';
import { workerFunction } from '../values/reference.ts';
import { Client, type Place } from './client.ts';
import { referenceTo } from './function.ts';
import { MANAGER } from './protocol.ts';
import { type BarrierProxy, RemoteBarrier } from './proxies/barrier.ts';
import { type ConditionProxy, RemoteCondition } from './proxies/condition.ts';
import { type DictProxy, entryArguments, RemoteDict } from './proxies/dict.ts';
import { type EventProxy, RemoteEvent } from './proxies/event.ts';
import { type ListProxy, numbered, RemoteList } from './proxies/list.ts';
import { type LockParts, type LockProxy, RemoteLock } from './proxies/lock.ts';
import { type NamespaceProxy, RemoteNamespace } from './proxies/namespace.ts';
import { type ArrayProxy, RemoteArray, RemoteValue, type ValueProxy } from './proxies/numbers.ts';
import {
  type Constructor,
  type DynamicConstructor,
  type ObjectProxy,
  RemoteObject,
} from './proxies/object.ts';
import {
  type JoinableQueueProxy,
  type QueueProxy,
  RemoteJoinableQueue,
  RemoteQueue,
} from './proxies/queue.ts';
import { Remote, type RemoteParts } from './remote.ts';
import { ManagerServer } from './server.ts';

/** Options of `Manager.start`. */
export interface ManagerOptions {
  /** Where it listens. Default: a local address of its own. */
  address?: Address | undefined;
  /** Key that others must know to connect. Default: random, known to this process and its children. */
  authKey?: AuthKey | undefined;
}

/** What the manager's process says when it has begun. */
type Begun = { readonly address: Address; readonly name: string } | { readonly error: unknown };

/** Time in ms for a manager to end by itself, as in Python; then it is killed. */
const GRACE = 1000;

let started = 0;

/**
 * A process that holds objects for others, who use them through proxies. Disposing it is `shutdown()`.
 *
 * ```ts
 * await using manager = await Manager.start();
 * const counts = manager.dict<string, number>();
 * await pool.map(countWords, files.map((file) => [file, counts])); // the same dict in every worker
 * ```
 *
 * Proxies go to any process, also inside of other values and of other objects of the manager; they carry its address and key along.
 * Objects stay until the manager ends, whether there are proxies of them or not. Functions and classes of users run in the manager's
 * one thread: while one computes, everybody waits. The manager is a daemon, listed in `activeChildren()`.
 */
export class Manager implements AsyncDisposable {
  readonly #client: Client;
  /** Undefined for a manager that another process has started. */
  readonly #process: Process | undefined;

  /** Starts a manager process. Rejects with `EntryGuardError` in a child that is importing, the system's error for the address. */
  static async start(options: ManagerOptions = {}): Promise<Manager> {
    checkEntryGuard('Manager.start()', Manager.start);
    const { address, authKey = randomBytes(32) } = options;
    const key = keyBytes({ authKey });
    const [here, there] = Pipe<Begun>();
    const child = new Process({
      name: `Manager-${++started}`,
      target: workerFunction<typeof Manager.serve>(new URL(import.meta.url), 'Manager.serve'),
      args: [there, address, key],
      daemon: true,
    });
    child.start();
    const place = await begun(here, child, key);
    const client = Client.at(place);
    await client.open().catch((error: unknown) => {
      child.kill();
      throw error;
    });
    if (address === undefined) void client.ended.then(() => removeSocket(place.address as string, child));
    return new Manager(client, child);
  }

  /**
   * Connects to a manager that runs elsewhere. Rejects with `AuthenticationError` for a wrong key.
   * Functions and classes that are given to it are looked for by the manager in the files of its own machine.
   */
  static async connect(address: Address, options: ConnectOptions): Promise<Manager> {
    return new Manager(await Client.to(address, keyBytes(options)), undefined);
  }

  /** What the manager's process runs. @internal */
  static async serve(there: Connection<Begun>, address: Address | undefined, key: Buffer): Promise<void> {
    let server: ManagerServer;
    try {
      server = new ManagerServer(address ?? privateAddress(), key);
    } catch (error) {
      await there.send({ error });
      return;
    }
    process.once('SIGTERM', () => server.shutDown());
    await there.send({ address: server.address, name: server.name });
    there.close();
    await server.ended;
  }

  /** Made by the runtime only. */
  private constructor(client: Client, process: Process | undefined) {
    this.#client = client;
    this.#process = process;
  }

  /** Where it listens. */
  get address(): Address {
    return this.#client.address;
  }

  /** A new map with these entries. Keys that are objects are the same when what is in them is the same. */
  dict<K = string, V = unknown>(init: Iterable<readonly [K, V]> = []): DictProxy<K, V> {
    return new RemoteDict<K, V>(this.#make('dict', entryArguments(init)));
  }

  /** A new list with these items. */
  list<T = unknown>(init: Iterable<T> = []): ListProxy<T> {
    return new RemoteList<T>(this.#make('list', numbered('init', init)));
  }

  /** A new object with these properties. */
  namespace<T extends object = Record<string, unknown>>(init?: T): NamespaceProxy<T> {
    const properties = Object.entries(init ?? {});
    const names = properties.map(([name]) => name);
    const values = Object.fromEntries(properties.map(([name, value]) => [`init.${name}`, value]));
    return new RemoteNamespace<T>(this.#make('namespace', { names, ...values }));
  }

  /** A new queue of at most `maxSize` items; 0, the default, is no limit. */
  queue<T = unknown>(maxSize = 0): QueueProxy<T> {
    checkCount('Manager.queue: maxSize', maxSize, 0);
    return new RemoteQueue<T>(this.#make('queue', { maxSize }));
  }

  /** A new queue that counts unfinished items. */
  joinableQueue<T = unknown>(maxSize = 0): JoinableQueueProxy<T> {
    checkCount('Manager.joinableQueue: maxSize', maxSize, 0);
    return new RemoteJoinableQueue<T>(this.#make('queue', { maxSize }));
  }

  /** A new number. `initial` is 0 by default. It becomes what its type can hold, as all that is stored in it. */
  value<T extends TypeCode>(type: T, initial?: ElementOf<T>): ValueProxy<ElementOf<T>> {
    const array = typedArray(type, 1);
    if (initial !== undefined) array[0] = initial;
    return new RemoteValue<ElementOf<T>>(this.#make('value', { array }));
  }

  /** A new array of numbers. */
  array<T extends TypeCode>(
    type: T,
    sizeOrValues: number | Iterable<ElementOf<T>>,
  ): ArrayProxy<ElementOf<T>> {
    const values = typeof sizeOrValues === 'number' ? undefined : [...sizeOrValues];
    const size = values?.length ?? (sizeOrValues as number);
    checkCount('Manager.array: the size', size, 0);
    const array = typedArray(type, size);
    for (const [i, value] of values?.entries() ?? []) array[i] = value;
    return new RemoteArray<ElementOf<T>>(this.#make('array', { array }));
  }

  /** A new lock. */
  lock(): LockProxy {
    return new RemoteLock({ ...this.#make('lock'), kind: 'Lock' });
  }

  /** A new lock that its holder may take again. The holder is a process: what runs in one process at the same time is not kept apart. */
  rlock(): LockProxy {
    return new RemoteLock({ ...this.#make('rlock'), kind: 'RLock' });
  }

  /** A new semaphore. `value` is 1 by default. */
  semaphore(value = 1): LockProxy {
    checkCount('Manager.semaphore: value', value, 0);
    return new RemoteLock({ ...this.#make('semaphore', { value }), kind: 'Semaphore' });
  }

  /** A new flag. */
  event(): EventProxy {
    return new RemoteEvent(this.#make('event'));
  }

  /** A new condition variable around `lock` or a lock of its own. Throws TypeError for what is no lock of this manager. */
  condition(lock: LockProxy = this.rlock()): ConditionProxy {
    const around = lockOf(lock, this.#client.place);
    const parts = this.#newParts();
    this.#send('condition', { name: parts.name, lock: around.name });
    return new RemoteCondition({ ...parts, kind: 'Condition' });
  }

  /** A new barrier. Its action runs on the manager. Throws RangeError for `parties` below 1. */
  barrier(parties: number, { action, timeout }: BarrierOptions = {}): BarrierProxy {
    checkCount('Manager.barrier: parties', parties, 1);
    const reference = action === undefined ? undefined : referenceTo(action, this.barrier);
    return new RemoteBarrier({ ...this.#make('barrier', { parties, action: reference }), timeout });
  }

  /**
   * Lets `create` make objects of an exported class. Throws `NotImportableError` for another class.
   * It holds for all who use this manager.
   */
  register(name: string, Class: Constructor): void {
    this.#send('register', { name, Class: referenceTo(Class, this.register) });
  }

  /**
   * A new object of a registered class: `manager.create<typeof Counter>('Counter', 1)`.
   * Rejects with `ManycoreError` for an unknown name, `SerializationError`, and what the constructor threw.
   */
  async create<C extends Constructor = DynamicConstructor>(
    className: string,
    ...args: ConstructorParameters<C>
  ): Promise<ObjectProxy<InstanceType<C>>> {
    const parts = this.#newParts();
    const call = this.#client.call<string[]>(MANAGER, 'create', { name: parts.name, className, args });
    const methods = (await call) as string[];
    return new RemoteObject({ ...parts, methods }) as unknown as ObjectProxy<InstanceType<C>>;
  }

  /** Ends the manager process; its objects are gone and their proxies reject with `EOFError`. */
  async shutdown(): Promise<void> {
    this.#send('shutdown');
    if (this.#process !== undefined && !(await this.#process.join(GRACE))) {
      this.#process.kill();
      await this.#process.join();
    }
    await this.#client.ended;
  }

  /** `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** New segments of shared memory. @internal */
  segments(): RemoteParts {
    return this.#make('segments');
  }

  #make(kind: string, args: Readonly<Record<string, unknown>> = {}): RemoteParts {
    const parts = this.#newParts();
    this.#send('make', { kind, name: parts.name, ...args });
    return parts;
  }

  #newParts(): RemoteParts {
    return { place: this.#client.place, name: this.#client.newName() };
  }

  /** What fails here shows in the next call of the object: the manager is gone. */
  #send(method: string, args: Readonly<Record<string, unknown>> = {}): void {
    this.#client.call(MANAGER, method, args).catch(() => {});
  }
}

/** Who was killed could not remove its socket. */
async function removeSocket(address: string, child: Process): Promise<void> {
  await child.join(GRACE * 10);
  await removeDeserted(address);
}

async function begun(here: Connection<Begun>, child: Process, key: Buffer): Promise<Place> {
  try {
    const begun = await here.recv();
    if ('error' in begun) throw begun.error;
    return { address: begun.address, key, manager: begun.name };
  } catch (error) {
    await child.join();
    if (!(error instanceof EOFError)) throw error;
    throw new ManycoreError(`${child.name} ended before it could listen, with code ${child.exitCode}`);
  } finally {
    here.close();
  }
}

const typedArray = (type: TypeCode, size: number): Record<number, unknown> =>
  new (typedArrayClass(type) as unknown as new (size: number) => Record<number, unknown>)(size);

/** @throws {RangeError} */
function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`${name} must be an integer of at least ${least}, received ${String(value)}`);
}

/** @throws {TypeError} */
function lockOf(lock: LockProxy, { manager }: Place): LockParts {
  const parts = lock instanceof Remote ? (lock.parts as LockParts) : undefined;
  const isLock = parts?.kind === 'Lock' || parts?.kind === 'RLock';
  if (parts !== undefined && isLock && parts.place.manager === manager) return parts;
  throw new TypeError('Manager.condition: lock must be what lock() or rlock() of this manager gave');
}
