/**
 * A list of fixed length in a segment; numbers little-endian, as every system that Node runs on has them.
 *
 *   u32 magic | u32 length | u32 place of every item and of the end, in units of 8 bytes | items
 *   item      u32 kind | u32 bytes | room: all that is left up to the next item
 *
 * Nothing is synchronised: a reader may see an item half written, and must not read beyond its room then.
 */

/** What a `ShareableList` can hold. */
export type ShareableItem = number | bigint | boolean | string | Uint8Array | null;

const MAGIC = 0x4c53434d;
const HEAD = 8;
const UNIT = 8;
const ITEM_HEAD = 8;

const KIND = { null: 0, false: 1, true: 2, number: 3, bigint: 4, text: 5, utf16: 6, bytes: 7 } as const;

/** An item as it is written. */
interface Packed {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/** @throws {TypeError} for what a list cannot hold, {RangeError} for a bigint of more than 64 bits. */
function pack(value: ShareableItem): Packed {
  if (value === null) return { kind: KIND.null, bytes: none };
  switch (typeof value) {
    case 'boolean':
      return { kind: value ? KIND.true : KIND.false, bytes: none };
    case 'number':
      return { kind: KIND.number, bytes: new Uint8Array(new Float64Array([value]).buffer) };
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value)
        throw new RangeError(
          `${value} does not fit into a ShareableList: a bigint has 64 bits there, with a sign`,
        );
      return { kind: KIND.bigint, bytes: new Uint8Array(new BigInt64Array([value]).buffer) };
    case 'string':
      // UTF-8 has no lone surrogates.
      return (value as string & { isWellFormed(): boolean }).isWellFormed()
        ? { kind: KIND.text, bytes: Buffer.from(value, 'utf8') }
        : { kind: KIND.utf16, bytes: Buffer.from(value, 'utf16le') };
  }
  if (value instanceof Uint8Array) return { kind: KIND.bytes, bytes: value };
  throw new TypeError(
    `a ShareableList holds numbers, bigints, booleans, strings, Uint8Arrays and null, not ${describe(value)}`,
  );
}

const none = new Uint8Array(0);

/** Packs the items of a new list and gives what writes them into a segment of `size` bytes. */
export function packList(values: readonly ShareableItem[]): {
  readonly size: number;
  readonly writeTo: (buffer: ArrayBuffer) => void;
} {
  const items = values.map(pack);
  const places = [units(HEAD + 4 * (items.length + 1))];
  // Any number fits into any room.
  for (const { bytes } of items)
    places.push((places.at(-1) as number) + units(ITEM_HEAD + Math.max(8, bytes.length)));
  return {
    size: (places.at(-1) as number) * UNIT,
    writeTo(buffer) {
      const words = new Uint32Array(buffer, 0, HEAD / 4 + places.length);
      words.set(places, HEAD / 4);
      words[1] = items.length;
      words[0] = MAGIC;
      const slots = new Slots(buffer);
      items.forEach((item, index) => {
        slots.put(index, item);
      });
    },
  };
}

const units = (bytes: number): number => Math.ceil(bytes / UNIT);

/** The items of a list in a segment. Indexes are those of items that there are. */
export class Slots {
  readonly length: number;
  readonly #places: Uint32Array;
  readonly #words: Uint32Array;
  readonly #bytes: Buffer;

  /** @throws {RangeError} when the segment holds no list. */
  constructor(buffer: ArrayBuffer) {
    const words = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
    const length = words[1] ?? 0;
    if (words[0] !== MAGIC || HEAD + 4 * (length + 1) > buffer.byteLength)
      throw new RangeError('the segment holds no ShareableList');
    this.length = length;
    // Nobody writes these again; a copy that was checked once is never wrong.
    this.#places = words.slice(HEAD / 4, HEAD / 4 + length + 1);
    if (this.#places.some((place, i, all) => i > 0 && place < (all[i - 1] as number) + 2))
      throw new RangeError('the segment holds no ShareableList');
    if ((this.#places[length] as number) * UNIT > buffer.byteLength)
      throw new RangeError('the segment holds no ShareableList');
    this.#words = words;
    this.#bytes = Buffer.from(buffer);
  }

  get(index: number): ShareableItem {
    const { at, room } = this.#slot(index);
    const kind = this.#words[at / 4];
    const length = Math.min(this.#words[at / 4 + 1] as number, room);
    const bytes = this.#bytes.subarray(at + ITEM_HEAD, at + ITEM_HEAD + length);
    switch (kind) {
      case KIND.false:
        return false;
      case KIND.true:
        return true;
      case KIND.number:
        return this.#bytes.readDoubleLE(at + ITEM_HEAD);
      case KIND.bigint:
        return this.#bytes.readBigInt64LE(at + ITEM_HEAD);
      case KIND.text:
        return bytes.toString('utf8');
      case KIND.utf16:
        return bytes.toString('utf16le');
      case KIND.bytes:
        return new Uint8Array(bytes);
      default:
        return null;
    }
  }

  /** @throws as `pack`, and RangeError when the item does not fit. */
  set(index: number, value: ShareableItem): void {
    const item = pack(value);
    const { room } = this.#slot(index);
    if (item.bytes.length > room)
      throw new RangeError(
        `item ${index} has room for ${room} bytes, and ${item.bytes.length} do not fit: ` +
          'the room of an item is what it had at first',
      );
    this.put(index, item);
  }

  put(index: number, { kind, bytes }: Packed): void {
    const { at } = this.#slot(index);
    this.#bytes.set(bytes, at + ITEM_HEAD);
    this.#words[at / 4 + 1] = bytes.length;
    this.#words[at / 4] = kind;
  }

  #slot(index: number): { readonly at: number; readonly room: number } {
    const at = (this.#places[index] as number) * UNIT;
    return { at, room: (this.#places[index + 1] as number) * UNIT - at - ITEM_HEAD };
  }
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object';
}
