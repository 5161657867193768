import { ByteWriter } from '../../transport/bytes.ts';
import { encode } from '../../values/codec.ts';
import type { Call } from '../session.ts';
import type { Held } from './held.ts';

/** An object, by the names of its properties. */
export class HeldNamespace implements Held {
  readonly #properties = new Map<string, Buffer>();

  constructor(call: Call) {
    for (const name of call.value<readonly string[]>()) this.#properties.set(name, call.bytes());
  }

  readonly methods = {
    get: (call: Call) => call.giveBytes(this.#properties.get(call.value())),
    set: (call: Call) => {
      this.#properties.set(call.value(), call.bytes());
      call.done();
    },
    delete: (call: Call) => call.give(this.#properties.delete(call.value())),
    entries: (call: Call) =>
      call.giveList([...this.#properties].flatMap(([name, value]) => [encodedText(name), value])),
  };
}

function encodedText(text: string): Buffer {
  const writer = new ByteWriter();
  encode(text, writer, () => 'name');
  return writer.take();
}
