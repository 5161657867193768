/** The manager itself, in its process: holds objects and handles the calls of its clients. */
import { randomBytes } from 'node:crypto';
import { ManycoreError } from '../errors.ts';
import type { Address } from '../queue/address.ts';
import { Door } from '../queue/door.ts';
import type { FunctionReference } from '../values/reference.ts';
import { HeldBarrier } from './held/barrier.ts';
import { HeldCondition } from './held/condition.ts';
import { HeldDict } from './held/dict.ts';
import { HeldEvent } from './held/event.ts';
import type { Held, Method } from './held/held.ts';
import { HeldInstance, methodsOf } from './held/instance.ts';
import { HeldList } from './held/list.ts';
import { HeldLock } from './held/lock.ts';
import { HeldNamespace } from './held/namespace.ts';
import { HeldArray, HeldValue } from './held/numbers.ts';
import { HeldQueue } from './held/queue.ts';
import { HeldSegments } from './held/segments.ts';
import { HeldSemaphore } from './held/semaphore.ts';
import { imported, running } from './held/update.ts';
import { MANAGER } from './protocol.ts';
import { type Call, Session } from './session.ts';

/** What is made of the arguments of a call. */
const makers: Readonly<Record<string, (call: Call) => Held>> = {
  dict: (call) => new HeldDict(call),
  list: (call) => new HeldList(call),
  namespace: (call) => new HeldNamespace(call),
  queue: (call) => new HeldQueue(call),
  value: (call) => new HeldValue(call),
  array: (call) => new HeldArray(call),
  lock: () => new HeldLock('Lock'),
  rlock: () => new HeldLock('RLock'),
  semaphore: (call) => new HeldSemaphore(call),
  event: () => new HeldEvent(),
  barrier: (call) => new HeldBarrier(call),
  segments: () => new HeldSegments(),
};

export class ManagerServer {
  /** Random name of this manager. */
  readonly name: string = randomBytes(8).toString('hex');
  /** Resolves when it was shut down. */
  readonly ended: Promise<void>;
  readonly #door: Door;
  readonly #sessions = new Set<Session>();
  readonly #objects = new Map<string, Held>();
  /** Calls of objects that are not there yet. */
  readonly #early = new Map<string, Call[]>();
  readonly #classes = new Map<string, FunctionReference>();
  #end: () => void = () => {};

  /** Keeps its process alive until `shutDown`. Throws the system's error when the address cannot be had. */
  constructor(address: Address, key: Buffer) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#door = new Door(address, key, {
      comes: ({ framed, welcome }) => {
        welcome();
        new Session(framed, {
          enters: (session) => {
            this.#sessions.add(session);
            session.welcome(this.name);
          },
          handle: (call) => this.#handle(call),
          leaves: (session) => this.#leaves(session),
        });
      },
      refused: () => {},
      // One that could not be let in; the others have their objects here.
      failed: () => {},
    });
    this.#door.hold(true);
  }

  /** Where it listens. */
  get address(): Address {
    return this.#door.address;
  }

  /** Ends every connection: all calls that wait come to nothing. */
  shutDown(): void {
    this.#door.close();
    for (const session of this.#sessions) session.close();
    this.#end();
  }

  readonly #methods: Readonly<Record<string, Method>> = {
    make: (call) => {
      const [kind, name] = [call.value<string>(), call.value<string>()];
      const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
      if (make === undefined) throw new ManycoreError(`a manager has no objects of the kind ${kind}`);
      this.#add(name, make(call));
      call.done();
    },
    condition: (call) => {
      const [name, lockName] = [call.value<string>(), call.value<string>()];
      const lock = this.#objects.get(lockName);
      if (lock === undefined) this.#wait(call, lockName);
      else if (!(lock instanceof HeldLock)) throw new ManycoreError('a condition needs a lock');
      else {
        this.#add(name, new HeldCondition(lock));
        call.done();
      }
    },
    register: (call) => {
      this.#classes.set(call.value(), call.value());
      call.done();
    },
    create: (call) => this.#create(call),
    shutdown: () => this.shutDown(),
  };

  #handle(call: Call): void {
    if (call.object === MANAGER) {
      this.#run(call, this.#methods);
      return;
    }
    const held = this.#objects.get(call.object);
    if (held === undefined) this.#wait(call, call.object);
    else if (held.turns === undefined) this.#run(call, held.methods);
    else held.turns.take(() => this.#run(call, held.methods));
  }

  /** Neither throws nor rejects. */
  #run(call: Call, methods: Readonly<Record<string, Method>>): void | Promise<void> {
    // What nobody is there to be told of is not done: who is gone takes no lock.
    if (call.session.isGone) return undefined;
    try {
      const method = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined;
      if (method === undefined) throw new ManycoreError(`there is no method ${call.method}`);
      return method(call)?.catch((error: unknown) => call.fail(error));
    } catch (error) {
      call.fail(error);
      return undefined;
    }
  }

  /** The call is handled when there is such an object: its maker, whose name it begins with, may not have been read yet. */
  #wait(call: Call, name: string): void {
    const maker = name.slice(0, name.indexOf('.'));
    if (![...this.#sessions].some(({ client }) => client === maker)) {
      call.fail(
        new ManycoreError('there is no such object in this manager: the process that made it has ended'),
      );
      return;
    }
    const early = this.#early.get(name);
    if (early === undefined) this.#early.set(name, [call]);
    else early.push(call);
  }

  #add(name: string, held: Held): void {
    this.#objects.set(name, held);
    const early = this.#early.get(name) ?? [];
    this.#early.delete(name);
    for (const call of early) {
      call.rewind();
      this.#handle(call);
    }
  }

  async #create(call: Call): Promise<void> {
    const [name, className] = [call.value<string>(), call.value<string>()];
    const reference = this.#classes.get(className);
    if (reference === undefined)
      throw new ManycoreError(
        `no class ${className} was registered with this manager: call manager.register(${JSON.stringify(className)}, Class) first`,
      );
    await running(call, reference.url, async () => {
      const Class = (await imported(reference)) as unknown as new (...args: unknown[]) => object;
      const instance = new Class(...(await call.anyValue<unknown[]>()));
      this.#add(name, new HeldInstance(instance, reference.url));
      call.give(methodsOf(instance));
    });
  }

  #leaves(session: Session): void {
    this.#sessions.delete(session);
    for (const [name, early] of this.#early)
      if (name.startsWith(`${session.client}.`)) {
        this.#early.delete(name);
        for (const call of early) this.#wait(call, name);
      }
  }
}
