import { decodeMessage } from '../../queue/decode-message.ts';
import { encodeLocating } from '../../values/whole.ts';
import type { Call } from '../session.ts';
import type { Held } from './held.ts';
import { Turns } from './turns.ts';
import { update } from './update.ts';

/** A map. Keys are the same when their bytes are: lists and objects are keys by what is in them. */
export class HeldDict implements Held {
  readonly turns = new Turns();
  readonly #entries = new Map<string, readonly [key: Buffer, value: Buffer]>();

  /** Made of keys and values, one behind the other. */
  constructor(call: Call) {
    while (call.hasMore) this.#set(call.bytes(), call.bytes());
  }

  readonly methods = {
    get: (call: Call) => call.giveBytes(this.#entries.get(nameOf(call.bytes()))?.[1]),
    set: (call: Call) => {
      this.#set(call.bytes(), call.bytes());
      call.done();
    },
    has: (call: Call) => call.give(this.#entries.has(nameOf(call.bytes()))),
    delete: (call: Call) => call.give(this.#entries.delete(nameOf(call.bytes()))),
    update: (call: Call) => {
      const key = call.bytes();
      return update(call, async (fn) => {
        const old = this.#entries.get(nameOf(key))?.[1];
        const made = await fn(old === undefined ? undefined : await decodeMessage(old));
        const bytes = await encodeLocating(made, 'the new value');
        this.#set(key, bytes);
        call.giveBytes(bytes);
      });
    },
    keys: (call: Call) => call.giveList([...this.#entries.values()].map(([key]) => key)),
    values: (call: Call) => call.giveList([...this.#entries.values()].map(([, value]) => value)),
    entries: (call: Call) => call.giveList([...this.#entries.values()].flat()),
  };

  #set(key: Buffer, value: Buffer): void {
    this.#entries.set(nameOf(key), [key, value]);
  }
}

const nameOf = (key: Buffer): string => key.toString('latin1');
