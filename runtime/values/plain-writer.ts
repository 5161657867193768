/** Writes plain values; the format is in `plain-format.ts`. */
import { types } from 'node:util';
import type { ByteWriter } from '../transport/bytes.ts';
import { isShared } from './classes.ts';
import { bytesKindOf, MAX_DEPTH, MAX_SHORT_TEXT, NODE } from './plain-format.ts';
import { MAX_SHAPE_SIZE, type ShapeNode, ShapeTable } from './shapes.ts';

/** Objects of a value that are compared one by one; more of them get a set. */
const FEW = 12;

/** One for each stream of values: later values call the shapes of earlier ones by number. */
export class PlainWriter {
  readonly #shapes = new ShapeTable();
  /** Property values that are still to be written, and the arrays that they came from. */
  readonly #pending: unknown[] = [];
  /** Characters of the short strings of the value. */
  #text = new Uint8Array(1024);
  #textLength = 0;
  /** Objects of the value: one that comes twice is one object for the receiver too, which only V8's format tells. */
  readonly #seen: object[] = [];
  #seenSet: Set<object> | undefined;
  #depth = 0;
  #busy = false;

  /** Begins a new stream. */
  reset(): void {
    this.#shapes.truncate(0);
  }

  /** Shapes so far; given back to `forget` when a value that was written is not sent. */
  get mark(): number {
    return this.#shapes.count;
  }

  forget(mark: number): void {
    this.#shapes.truncate(mark);
  }

  /** Appends `value`, or gives false and leaves the writer as it was: the value is not plain, or holds an object twice. */
  write(value: object, to: ByteWriter): boolean {
    // A getter of a value that is being written sends something itself.
    if (this.#busy) return false;
    this.#busy = true;
    const start = to.length;
    const shapes = this.#shapes.count;
    let written = false;
    try {
      to.u32(0);
      to.u32(0);
      written = !isPolluted() && this.#object(value, to);
      if (!written) return false;
      to.patchU32(start, to.length - start - 8);
      to.patchU32(start + 4, this.#textLength);
      to.bytes(this.#text.subarray(0, this.#textLength));
      return true;
    } finally {
      // Getters are user code: they may have thrown.
      if (!written) {
        to.truncate(start);
        this.#shapes.truncate(shapes);
      }
      this.#textLength = 0;
      this.#pending.length = 0;
      this.#seen.length = 0;
      this.#seenSet = undefined;
      this.#depth = 0;
      this.#busy = false;
    }
  }

  #node(value: unknown, to: ByteWriter): boolean {
    switch (typeof value) {
      case 'number':
        writeNumber(value, to);
        return true;
      case 'string':
        this.#string(value, to);
        return true;
      case 'boolean':
        to.u8(value ? NODE.true : NODE.false);
        return true;
      case 'undefined':
        to.u8(NODE.undefined);
        return true;
      case 'object':
        if (value !== null) return this.#object(value, to);
        to.u8(NODE.null);
        return true;
      default:
        return false;
    }
  }

  #object(value: object, to: ByteWriter): boolean {
    if (this.#isAgain(value) || this.#depth >= MAX_DEPTH) return false;
    this.#depth++;
    const written = this.#anyObject(value, to);
    this.#depth--;
    return written;
  }

  #anyObject(value: object, to: ByteWriter): boolean {
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return this.#record(value as Record<string, unknown>, to);
    if (prototype === Array.prototype)
      return Array.isArray(value) && !types.isProxy(value) && this.#array(value, to);
    if (prototype === null) return this.#record(value as Record<string, unknown>, to);
    if (prototype === Date.prototype && types.isDate(value)) {
      to.u8(NODE.date);
      to.f64(Date.prototype.getTime.call(value));
      return true;
    }
    const kind = bytesKindOf.get(prototype);
    return kind !== undefined && writeBytes(value, kind, to);
  }

  #record(value: Record<string, unknown>, to: ByteWriter): boolean {
    if (types.isProxy(value)) return false;
    const shapes = this.#shapes;
    const pending = this.#pending;
    const base = pending.length;
    let node = shapes.root;
    let size = 0;
    for (const name in value) {
      if (++size > MAX_SHAPE_SIZE) {
        pending.length = base;
        return this.#named(value, to);
      }
      node = shapes.step(node, name);
      pending.push(value[name]);
    }
    // The arguments of a function look like any object with numbers for names.
    if ((size === 0 || '0' in value) && types.isArgumentsObject(value)) return false;
    if (!shapes.has(node) && !this.#newShape(node, value, to)) {
      pending.length = base;
      return this.#named(value, to);
    }
    to.u8(NODE.object);
    to.u8(node.id & 0xff);
    to.u8(node.id >> 8);
    for (let i = base; i < base + size; i++) if (!this.#node(pending[i], to)) return false;
    pending.length = base;
    return true;
  }

  #newShape(node: ShapeNode, value: Record<string, unknown>, to: ByteWriter): boolean {
    if (!this.#shapes.add(node)) return false;
    to.u8(NODE.shape);
    to.u8(node.size);
    for (const name in value) this.#string(name, to);
    return true;
  }

  #named(value: Record<string, unknown>, to: ByteWriter): boolean {
    const names = Object.keys(value);
    to.u8(NODE.named);
    to.u32(names.length);
    for (const name of names) {
      this.#string(name, to);
      if (!this.#node(value[name], to)) return false;
    }
    return true;
  }

  #array(value: readonly unknown[], to: ByteWriter): boolean {
    // Holes and properties beside the elements are V8's business.
    if (Object.keys(value).length !== value.length) return false;
    if (value.length > 1 && areNumbers(value)) {
      to.u8(NODE.numbers);
      to.u32(value.length);
      to.f64s(value);
      return true;
    }
    to.u8(NODE.array);
    to.u32(value.length);
    for (let i = 0; i < value.length; i++) if (!this.#node(value[i], to)) return false;
    return true;
  }

  #string(value: string, to: ByteWriter): void {
    const { length } = value;
    if (length <= MAX_SHORT_TEXT && this.#shortText(value)) {
      to.u8(NODE.shortText + length);
      return;
    }
    const start = to.length;
    to.u8(NODE.ascii);
    to.u32(length);
    if (to.ascii(value)) return;
    to.patchU8(start, NODE.utf16);
    to.utf16(value);
  }

  #shortText(value: string): boolean {
    if (this.#textLength + MAX_SHORT_TEXT > this.#text.length) {
      const bigger = new Uint8Array(this.#text.length * 2);
      bigger.set(this.#text);
      this.#text = bigger;
    }
    const text = this.#text;
    const at = this.#textLength;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0xff) return false;
      text[at + i] = unit;
    }
    this.#textLength = at + value.length;
    return true;
  }

  /** Notes the object; true when it was there before. */
  #isAgain(value: object): boolean {
    const seen = this.#seen;
    if (this.#seenSet !== undefined) {
      if (this.#seenSet.has(value)) return true;
      this.#seenSet.add(value);
      return false;
    }
    for (let i = 0; i < seen.length; i++) if (seen[i] === value) return true;
    seen.push(value);
    if (seen.length > FEW) this.#seenSet = new Set(seen);
    return false;
  }
}

function writeNumber(value: number, to: ByteWriter): void {
  const integer = value | 0;
  if (integer === value && (value !== 0 || Object.is(value, 0))) {
    if (integer >= 0 && integer < 128) {
      to.u8(NODE.smallInteger + integer);
      return;
    }
    to.u8(NODE.i32);
    to.i32(integer);
    return;
  }
  to.u8(NODE.f64);
  to.f64(value);
}

function areNumbers(values: readonly unknown[]): values is readonly number[] {
  for (let i = 0; i < values.length; i++) if (typeof values[i] !== 'number') return false;
  return true;
}

function writeBytes(value: object, kind: number, to: ByteWriter): boolean {
  if (isShared(value)) return false;
  const bytes = bytesOf(value);
  if (bytes === undefined) return false;
  // V8's format keeps properties that were put on it.
  if (kind === 0 && Object.keys(value).length > 0) return false;
  to.u8(NODE.bytes);
  to.u8(kind);
  to.u32(bytes.length);
  to.bytes(bytes);
  return true;
}

/** Undefined for memory that was transferred away, or may change its size. */
function bytesOf(value: object): Uint8Array | undefined {
  const view = ArrayBuffer.isView(value);
  if (!view && (!types.isArrayBuffer(value) || isResizable(value))) return undefined;
  try {
    return view ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
  } catch {
    return undefined;
  }
}

const isResizable = (buffer: ArrayBuffer): boolean => (buffer as { resizable?: boolean }).resizable === true;

/** Somebody gave all objects of this process enumerable properties: `for in` is of no use then. */
function isPolluted(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}
