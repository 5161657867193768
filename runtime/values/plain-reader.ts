/** Reads plain values; the format is in `plain-format.ts`. */
import { keepFreedMemory, LARGE_VALUE } from '../native/malloc.ts';
import type { ByteReader } from '../transport/bytes.ts';
import { bytesKinds, NODE } from './plain-format.ts';

interface Shape {
  readonly names: readonly string[];
  /** `__proto__` is a property like others for who wrote it, and is not for who assigns it. */
  readonly assignable: boolean;
}

/** One for each stream of values; reads them in the order of their writing. */
export class PlainReader {
  readonly #shapes: Shape[] = [];
  #text = '';
  #textAt = 0;

  read(from: ByteReader): unknown {
    const nodes = from.u32();
    const text = from.u32();
    const end = from.offset + nodes;
    this.#text = text === 0 ? '' : from.latin1At(end, text);
    this.#textAt = 0;
    const value = this.#node(from);
    if (from.offset !== end) throw new RangeError(`broken message: value ends at ${from.offset}, not ${end}`);
    from.pass(text);
    this.#text = '';
    return value;
  }

  #node(from: ByteReader): unknown {
    const tag = from.u8();
    if (tag >= NODE.smallInteger) return tag - NODE.smallInteger;
    if (tag >= NODE.shortText) return this.#shortText(tag - NODE.shortText);
    switch (tag) {
      case NODE.undefined:
        return undefined;
      case NODE.null:
        return null;
      case NODE.true:
        return true;
      case NODE.false:
        return false;
      case NODE.f64:
        return from.f64();
      case NODE.i32:
        return from.i32();
      case NODE.ascii:
        return from.latin1(from.u32());
      case NODE.utf16:
        return from.utf16(from.u32());
      case NODE.array:
        return this.#array(from);
      case NODE.numbers:
        return from.f64s(from.u32());
      case NODE.object:
        return this.#object(this.#shapes[from.u8() | (from.u8() << 8)], from);
      case NODE.shape:
        this.#shapes.push(this.#shape(from));
        return this.#node(from);
      case NODE.named:
        return this.#named(from);
      case NODE.date:
        return new Date(from.f64());
      case NODE.bytes:
        return readBytes(from);
      default:
        throw new RangeError(`broken message: node with tag ${tag}`);
    }
  }

  #shortText(length: number): string {
    const at = this.#textAt;
    this.#textAt = at + length;
    return this.#text.substring(at, at + length);
  }

  #array(from: ByteReader): unknown[] {
    const count = from.u32();
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) values.push(this.#node(from));
    return values;
  }

  #shape(from: ByteReader): Shape {
    const count = from.u8();
    const names: string[] = [];
    for (let i = 0; i < count; i++) names.push(this.#node(from) as string);
    return { names, assignable: !names.includes('__proto__') };
  }

  #object(shape: Shape | undefined, from: ByteReader): Record<string, unknown> {
    if (shape === undefined) throw new RangeError('broken message: object of an unknown shape');
    const { names } = shape;
    const object: Record<string, unknown> = {};
    if (shape.assignable)
      for (let i = 0; i < names.length; i++) object[names[i] as string] = this.#node(from);
    else for (const name of names) define(object, name, this.#node(from));
    return object;
  }

  #named(from: ByteReader): Record<string, unknown> {
    const count = from.u32();
    const object: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) define(object, this.#node(from) as string, this.#node(from));
    return object;
  }
}

function readBytes(from: ByteReader): unknown {
  const kind = bytesKinds[from.u8()];
  if (kind === undefined) throw new RangeError('broken message: unknown kind of bytes');
  const bytes = from.bytes(from.u32());
  if (bytes.length >= LARGE_VALUE) keepFreedMemory();
  // Memory of its own, not cleared before it is filled.
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return kind.over(copy.buffer);
}

function define(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
