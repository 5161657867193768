import { encodeLocating } from '../../values/whole.ts';
import type { Held, Method } from './held.ts';
import { running } from './update.ts';

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** An object of a class of the user. Its methods may be called while others of them wait for something. */
export class HeldInstance implements Held {
  readonly methods: Record<string, Method> = {};

  /** `url` is the module of the class. */
  constructor(instance: object, url: string) {
    for (const name of methodsOf(instance))
      this.methods[name] = (call) =>
        running(call, url, async () => {
          const args = await call.anyValue<unknown[]>();
          const result = await (instance as Methods)[name]?.(...args);
          call.giveBytes(await encodeLocating(result, 'result'));
        });
  }
}

/** Names of the methods of an object, its own and those of its classes. With `then` a proxy would look like a promise. */
export function methodsOf(instance: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = instance;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof property.value === 'function') names.add(name);
  for (const name of ['constructor', 'then', '__proto__']) names.delete(name);
  return [...names];
}
