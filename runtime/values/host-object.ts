/**
 * Objects that the engine or Node made and that the serializer refuses: keys, ports, formatters, iterators. Nothing in
 * JavaScript tells them from instances of other classes, so one instance of each class is tried.
 */
import { DefaultSerializer } from 'node:v8';
import { children } from './parts.ts';

/** Classes by their prototypes that the serializer takes. */
const taken = new WeakSet<object>();

/** Tries of one class that may end without an answer, because a part of the instance is refused itself. */
const MAX_TRIES = 3;
const tries = new WeakMap<object, number>();

/** True for an object that the serializer refuses for what it is, whatever it holds. */
export function isHostObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype || taken.has(prototype)) return false;
  if (isTaken(value)) {
    taken.add(prototype);
    return false;
  }
  for (const part of children(value, ''))
    if ('threw' in part || !isTaken(part.value)) {
      const before = tries.get(prototype) ?? 0;
      if (before + 1 >= MAX_TRIES) taken.add(prototype);
      else tries.set(prototype, before + 1);
      return false;
    }
  return true;
}

function isTaken(value: unknown): boolean {
  try {
    const serializer = new DefaultSerializer();
    serializer.writeHeader();
    serializer.writeValue(value);
    return true;
  } catch {
    return false;
  }
}
