/**
 * The description of an Arrow message: tables of Message.fbs and Schema.fbs, whose fields are found by their numbers.
 * A decoder believes the lengths that stand there, and a damaged one would keep it busy until memory ends; so they are
 * held against the bytes that are there. https://github.com/apache/arrow/tree/main/format
 */
export interface ArrowDescription {
  readonly kind: 'schema' | 'dictionary' | 'batch' | 'other';
  readonly bodyLength: number;
  /** Of a batch. */
  readonly rows: number;
  /** Of a dictionary; `delta` adds to the one of this id, otherwise it takes its place. */
  readonly id: bigint;
  readonly delta: boolean;
}

const KINDS: Readonly<Record<number, ArrowDescription['kind']>> = {
  1: 'schema',
  2: 'dictionary',
  3: 'batch',
};
/** Bytes of one node and of one buffer in a batch: two 64-bit integers. */
const PAIR = 16;
/** Deepest nesting of fields. */
const MAX_DEPTH = 64;

/** Reads a description. Throws a RangeError for one that cannot be. */
export function readDescription(bytes: Uint8Array<ArrayBuffer>): ArrowDescription {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const message = view.getUint32(0, true);
  const type = field(view, message, 1);
  const kind = KINDS[type === 0 ? 0 : view.getUint8(type)] ?? 'other';
  const bodyLength = integer(view, field(view, message, 3));
  const description = { kind, bodyLength: Number(bodyLength), rows: 0, id: 0n, delta: false };
  if (kind === 'other') return description;
  const content = table(view, field(view, message, 2));
  switch (kind) {
    case 'schema':
      checkFields(view, field(view, content, 1), 0);
      return description;
    case 'batch':
      checkBatch(view, content, bodyLength);
      return { ...description, rows: Number(integer(view, field(view, content, 0))) };
    case 'dictionary': {
      checkBatch(view, table(view, field(view, content, 1)), bodyLength);
      const delta = field(view, content, 2);
      const id = integer(view, field(view, content, 0));
      return { ...description, id, delta: delta !== 0 && view.getUint8(delta) !== 0 };
    }
  }
}

function checkBatch(view: DataView, batch: number, bodyLength: bigint): void {
  const compressed = field(view, batch, 3) !== 0;
  const rows = integer(view, field(view, batch, 0));
  if (rows < 0n || rows > Number.MAX_SAFE_INTEGER) throw new RangeError(`a batch of ${rows} rows`);
  for (const at of elements(view, field(view, batch, 1), PAIR)) {
    const length = integer(view, at);
    // A value takes a bit at least, unless it is compressed or null as its whole column is.
    if (length < 0n || (!compressed && length > rows && length > 8n * bodyLength)) {
      throw new RangeError(`a column of ${length} values`);
    }
  }
  for (const at of elements(view, field(view, batch, 2), PAIR)) {
    const [offset, length] = [integer(view, at), integer(view, at + 8)];
    if (offset < 0n || length < 0n || offset + length > bodyLength) {
      throw new RangeError(`a buffer that is not in its message`);
    }
  }
  elements(view, field(view, batch, 4), 8);
}

/** Fields and the fields in them. */
function checkFields(view: DataView, vector: number, depth: number): void {
  if (depth > MAX_DEPTH) throw new RangeError('a field too deep');
  for (const at of elements(view, vector, 4)) checkFields(view, field(view, table(view, at), 5), depth + 1);
}

/** Where the elements of a vector lie; `at` is 0 for a vector that is not there. */
function elements(view: DataView, at: number, size: number): number[] {
  if (at === 0) return [];
  const vector = table(view, at);
  const count = view.getUint32(vector, true);
  if (vector + 4 + count * size > view.byteLength) throw new RangeError(`a list of ${count} elements`);
  return Array.from({ length: count }, (_, i) => vector + 4 + i * size);
}

function table(view: DataView, at: number): number {
  return at + view.getUint32(at, true);
}

function integer(view: DataView, at: number): bigint {
  return at === 0 ? 0n : view.getBigInt64(at, true);
}

/** Where a field of a table lies; 0 where it has its default. */
function field(view: DataView, from: number, number: number): number {
  const offsets = from - view.getInt32(from, true);
  const slot = 4 + 2 * number;
  const offset = slot < view.getUint16(offsets, true) ? view.getUint16(offsets + slot, true) : 0;
  return offset === 0 ? 0 : from + offset;
}
