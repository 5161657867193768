import { BadRecordError, type BadRecordSink, DatasetError } from './errors.ts';
import { ValueScanner } from './json-values.ts';
import { MAX_RECORD_BYTES, NO_RECORD, notUtf8, type RecordReader } from './records.ts';

const [QUOTE, BACKSLASH, COMMA, COLON, NEWLINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x0a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Keys named in the hint of "not an array". */
const MAX_SURVEYED = 6;

/**
 * What the next significant byte belongs to:
 *
 *   value ──'{'──> key ──> colon ──> value of the wanted key, or skip ──> comma ──> key ...
 *     │──'['──> element number of the pointer, or skip ──> comma ...
 *     └──'[' when the pointer is used up: the elements ──> tail
 */
type Phase = 'value' | 'first-key' | 'key' | 'colon' | 'skip' | 'comma' | 'elements' | 'tail' | 'done';

/**
 * The elements of one JSON array, wherever in the file it lies, one in memory at a time.
 *
 * The bytes are only split here (strings, brackets and commas); every element goes to `JSON.parse` as it is. So
 * the engine's own parser does the work, and after an element that is not JSON the next one can still be read.
 * An element that is not JSON, not UTF-8 or too long is a bad record. What lies before the array is stepped over, what
 * lies after an array inside of an object is not read.
 */
export class JsonArrayReader implements RecordReader {
  readonly #file: string;
  readonly #bad: BadRecordSink;
  /** JSON Pointer: the keys and indices that lead to the array. */
  readonly #pointer: readonly string[];
  #phase: Phase = 'value';
  /** How many tokens of the pointer have been followed. */
  #followed = 0;
  /** Index in the array that is being followed through; -1 in an object. */
  #index = -1;
  /** How many bytes of a byte order mark the file began with. */
  #mark = 0;

  readonly #values = new ValueScanner();
  /** The element or key that is being passed, in the pieces in which it came. */
  #pieces: Buffer[] = [];
  #held = 0;

  #element = 0;
  #inKey = false;
  /** The key's last byte so far was the backslash of an escape. */
  #escaped = false;
  #key = '';
  /** Members that are arrays, of an object that was found where an array should be; null unless that happened. */
  #survey: string[] | null = null;

  constructor(file: string, pointer: readonly string[], bad: BadRecordSink) {
    this.#file = file;
    this.#pointer = pointer;
    this.#bad = bad;
  }

  get done(): boolean {
    return this.#phase === 'done';
  }

  *push(chunk: Buffer): Generator<unknown, void, void> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#phase === 'elements') {
        const end = this.#values.pass(chunk, at, true);
        this.#hold(chunk.subarray(at, end));
        at = end;
        if (end < chunk.length) {
          const last = chunk[end] === CLOSE_ARRAY;
          const record = this.#finishElement(last);
          if (record !== NO_RECORD) yield record;
          if (last) this.#phase = this.#pointer.length === 0 ? 'tail' : 'done';
          at++;
        }
      } else if (this.#phase === 'skip') {
        at = this.#values.pass(chunk, at, false);
        if (at < chunk.length) {
          this.#phase = 'comma';
          this.#values.begun = false;
        }
      } else if (this.#phase === 'done') {
        return;
      } else {
        at = this.#step(chunk, at);
      }
    }
  }

  end(): Iterable<unknown> {
    if (this.#phase === 'tail' || this.#phase === 'done') return [];
    if (this.#survey !== null) throw this.#notAnArray();
    if (this.#phase === 'value' && this.#followed === 0) return []; // An empty file: no items.
    const { begun, beginLine, line } = this.#values;
    const place =
      this.#phase !== 'elements'
        ? `before ${this.#where(this.#pointer.length)} is reached`
        : begun || this.#element > 0
          ? `in element ${this.#element}, which begins on line ${begun ? beginLine : line}`
          : 'after the [ of its array';
    throw new DatasetError(`${this.#file} is cut off: it ends ${place}.`, {
      hint: 'Look for a bracket or a quote that is not closed, or copy the file again.',
      at: { file: this.#file, line: begun ? beginLine : line, column: 1 },
    });
  }

  #hold(piece: Buffer): void {
    this.#held += piece.length;
    if (this.#held > MAX_RECORD_BYTES) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  /** The element that has been passed, or `NO_RECORD`. */
  #finishElement(last: boolean): unknown {
    const { begun, line: here, beginLine } = this.#values;
    const [pieces, held] = [this.#pieces, this.#held];
    this.#pieces = [];
    this.#held = 0;
    this.#values.begun = false;
    if (last && !begun && this.#element === 0) return NO_RECORD;
    const element = this.#element++;
    const refuse = (reason: string, cause?: unknown): typeof NO_RECORD => {
      this.#bad(new BadRecordError(this.#file, begun ? beginLine : here, reason, { element, cause }));
      return NO_RECORD;
    };
    if (held > MAX_RECORD_BYTES) return refuse(`it has ${held} bytes; the limit is ${MAX_RECORD_BYTES}`);
    if (!begun) return refuse('there is nothing between two commas, or after the last one');
    const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    const damage = notUtf8(bytes);
    if (damage !== null) return refuse(damage);
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      return refuse(String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, ' '), error);
    }
  }

  /** One significant byte on the way to the array (and after it). */
  #step(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number;
    if (this.#inKey) return this.#readKey(chunk, at);
    if (byte <= 0x20) {
      if (byte === NEWLINE) this.#values.line++;
      return at + 1;
    }
    switch (this.#phase) {
      case 'value':
        if (byte === BYTE_ORDER_MARK[this.#mark] && this.#followed === 0) {
          this.#mark++;
          return at + 1;
        }
        return this.#enter(byte, at);
      case 'first-key':
      case 'key':
        if (byte === CLOSE_OBJECT) throw this.#notFound();
        if (byte !== QUOTE) throw this.#malformed('a key should begin here');
        this.#inKey = true;
        return at + 1;
      case 'colon':
        if (byte !== COLON) throw this.#malformed(`a : should follow the key ${JSON.stringify(this.#key)}`);
        if (this.#survey !== null) this.#phase = 'value';
        else this.#phase = this.#key === this.#pointer[this.#followed] ? this.#follow() : 'skip';
        return at + 1;
      case 'comma':
        if (byte !== COMMA) throw this.#notFound();
        if (this.#index === -1) this.#phase = 'key';
        else this.#phase = String(++this.#index) === this.#pointer[this.#followed] ? this.#follow() : 'skip';
        return at + 1;
      default:
        throw this.#afterTheArray();
    }
  }

  /** A value begins on the path of the pointer. */
  #enter(byte: number, at: number): number {
    if (this.#survey !== null) {
      if (byte === OPEN_ARRAY) this.#survey.push(this.#key);
      if (this.#survey.length === MAX_SURVEYED) throw this.#notAnArray();
      this.#phase = 'skip';
      return at;
    }
    const token = this.#pointer[this.#followed];
    if (byte === CLOSE_ARRAY && this.#index === 0) {
      this.#followed--;
      throw this.#notFound();
    }
    if (token === undefined && byte === OPEN_ARRAY) {
      this.#phase = 'elements';
    } else if (byte === OPEN_OBJECT) {
      this.#index = -1;
      this.#phase = 'first-key';
      if (token === undefined) this.#survey = [];
    } else if (byte === OPEN_ARRAY && token !== undefined) {
      if (!/^(?:0|[1-9]\d*)$/.test(token)) {
        throw new DatasetError(
          `In ${this.#file}, ${this.#where(this.#followed)} is an array, so ${JSON.stringify(token)} leads nowhere.`,
          {
            hint: 'In an array a JSON Pointer has an index, from 0.',
          },
        );
      }
      this.#index = 0;
      this.#phase = token === '0' ? this.#follow() : 'skip';
    } else {
      throw new DatasetError(
        `In ${this.#file}, ${this.#where(this.#followed)} is ${nameOf(byte)}, not ${token === undefined ? 'an array' : 'an object or array'}.`,
        {
          hint: 'Name an array with a JSON Pointer (file.json#/path/to/array); one value a line: jsonl:FILE; lines of text: text:FILE.',
          at: { file: this.#file, line: this.#values.line, column: 1 },
        },
      );
    }
    return at + 1;
  }

  #follow(): Phase {
    this.#followed++;
    return 'value';
  }

  #readKey(chunk: Buffer, from: number): number {
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) break;
      else if (byte === NEWLINE) throw this.#malformed('a key ends in the middle of a line');
    }
    this.#hold(chunk.subarray(from, at));
    if (this.#held > MAX_RECORD_BYTES)
      throw this.#malformed(`a key is longer than ${MAX_RECORD_BYTES} bytes`);
    if (at === chunk.length) return at;
    const text = Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    this.#held = 0;
    this.#inKey = false;
    try {
      this.#key = JSON.parse(`"${text}"`) as string;
    } catch (error) {
      throw this.#malformed(`the key "${text}" is not JSON`, error);
    }
    this.#phase = 'colon';
    return at + 1;
  }

  /** The value at the first `tokens` of the pointer, in words. */
  #where(tokens: number): string {
    return tokens === 0 ? 'the whole document' : pointerText(this.#pointer.slice(0, tokens));
  }

  #malformed(reason: string, cause?: unknown): DatasetError {
    return new DatasetError(`${this.#file}:${this.#values.line} is not JSON: ${reason}.`, {
      at: { file: this.#file, line: this.#values.line, column: 1 },
      cause,
    });
  }

  #notFound(): DatasetError {
    if (this.#survey !== null) return this.#notAnArray();
    const [token, holder] = [this.#pointer[this.#followed] ?? '', this.#where(this.#followed)];
    return new DatasetError(
      `In ${this.#file}, ${holder} has no ${this.#index === -1 ? `key ${JSON.stringify(token)}` : `element ${token}`}.`,
      {
        hint: 'Keys are case-sensitive; in a JSON Pointer ~1 stands for / and ~0 for ~.',
      },
    );
  }

  #notAnArray(): DatasetError {
    const found = this.#survey ?? [];
    const hint =
      found.length === 0
        ? 'Name an array in it with a JSON Pointer (file.json#/path/to/array); if every line is one value: jsonl:FILE.'
        : `Name an array in it: ${found.map((key) => pointerText([...this.#pointer, key])).join(', ')}`;
    return new DatasetError(
      `In ${this.#file}, ${this.#where(this.#pointer.length)} is an object, not an array.`,
      { hint },
    );
  }

  #afterTheArray(): DatasetError {
    return new DatasetError(
      `${this.#file}:${this.#values.line} is not JSON: something follows the end of the array.`,
      {
        hint: 'If every line is one JSON value, read it as jsonl:FILE.',
        at: { file: this.#file, line: this.#values.line, column: 1 },
      },
    );
  }
}

function pointerText(tokens: readonly string[]): string {
  return `#${tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}

function nameOf(byte: number): string {
  if (byte === QUOTE) return 'a string';
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return 'a number';
  if (byte === 0x74 || byte === 0x66) return 'a boolean';
  if (byte === 0x6e) return 'null';
  return `no JSON value (${JSON.stringify(String.fromCharCode(byte))})`;
}
