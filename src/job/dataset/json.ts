import { type ParsedTokenInfo, Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { DatasetError } from './errors.ts';
import { MAX_RECORD_BYTES, type RecordReader } from './records.ts';
import { pointerText } from './source.ts';

const NEWLINE = 0x0a;

/** Longer strings are gathered in this many bytes at a time. */
const STRING_BUFFER_BYTES = 64 * 1024;

/** Keys named in the hint of "not an array". */
const MAX_SURVEYED = 6;

/**
 * What the next token belongs to:
 *
 *   value ──'{'──> key ──> colon ──> value of the wanted key, or skip ──> comma ──> key ...
 *     │──'['──> element number of the pointer, or skip ──> comma ...
 *     └──'[' when the pointer is used up: the elements ──> tail
 */
type Phase = 'value' | 'key' | 'colon' | 'skip' | 'comma' | 'elements' | 'tail' | 'done';

/**
 * The elements of one JSON array, wherever in the file it lies, a chunk's worth of them in memory at a time.
 *
 * @streamparser/json makes tokens of the bytes and values of the tokens; here only the JSON Pointer is followed.
 * What lies before the array is stepped over, what lies after an array inside of an object is not read.
 * Where the text is not JSON, not UTF-8 or an element is above `MAX_RECORD_BYTES`, the parser cannot tell where the next
 * element begins: the elements before that place are given, then `DatasetError` is thrown, whatever is done with bad
 * records. JSON Lines has no such limit.
 */
export class JsonArrayReader implements RecordReader {
  readonly #file: string;
  /** The keys and indices that lead to the array. */
  readonly #pointer: readonly string[];
  readonly #tokenizer = new Tokenizer({ stringBufferSize: STRING_BUFFER_BYTES });
  readonly #elements = new TokenParser({ paths: ['$.*'], keepStack: false });
  /** Elements that the chunk completed. */
  #found: unknown[] = [];
  /** How many elements there were so far. */
  #element = 0;

  #phase: Phase = 'value';
  /** How many keys and indices of the pointer have been followed. */
  #followed = 0;
  /** Index in the array that is being followed through; -1 in an object. */
  #index = -1;
  #key = '';
  /** Open brackets of the value that is being stepped over. */
  #depth = 0;
  /** Members that are arrays, of an object that was found where an array should be; null unless that happened. */
  #survey: string[] | null = null;

  /** Bytes and line ends of the chunks before this one. */
  #bytes = 0;
  #lines = 0;
  #chunk: Buffer = Buffer.alloc(0);
  /** Where the last token begins, from the begin of the file. */
  #token = 0;
  /** Bytes of the chunks in which nothing was completed. */
  #pending = 0;
  #progress = false;

  constructor(file: string, pointer: readonly string[]) {
    this.#file = file;
    this.#pointer = pointer;
    this.#tokenizer.onToken = (token) => this.#take(token);
    this.#elements.onValue = ({ value }) => {
      this.#found.push(value);
      this.#element++;
      this.#progress = true;
    };
    this.#elements.onEnd = () => {
      this.#phase = pointer.length === 0 ? 'tail' : 'done';
    };
  }

  get done(): boolean {
    return this.#phase === 'done';
  }

  *push(chunk: Buffer): Generator<unknown, void, void> {
    this.#chunk = chunk;
    this.#progress = false;
    const failure = this.#attempt(() => this.#tokenizer.write(chunk));
    const found = this.#found;
    this.#found = [];
    for (const element of found) yield element;
    if (this.done) return;
    if (failure !== null) throw failure;
    this.#pending = this.#progress ? 0 : this.#pending + chunk.length;
    if (this.#pending > MAX_RECORD_BYTES) throw this.#notJson(`it has more than ${MAX_RECORD_BYTES} bytes`);
    this.#bytes += chunk.length;
    this.#lines += lineEnds(chunk, chunk.length);
  }

  end(): Iterable<unknown> {
    this.#chunk = Buffer.alloc(0);
    if (this.#phase === 'tail' || this.#phase === 'value') {
      const failure = this.#attempt(() => this.#tokenizer.end());
      if (failure !== null) throw failure;
    }
    if (this.#phase === 'tail' || this.#phase === 'done') return [];
    if (this.#survey !== null) throw this.#notAnArray();
    if (this.#phase === 'value' && this.#followed === 0) return []; // An empty file: no items.
    const place =
      this.#phase === 'elements'
        ? `in element ${this.#element}`
        : `before ${this.#where(this.#pointer.length)}`;
    throw new DatasetError(`${this.#file} is cut off: it ends on line ${this.#lines + 1}, ${place}.`, {
      hint: 'Look for a bracket or a quote that is not closed, or copy the file again.',
      at: { file: this.#file, line: this.#lines + 1, column: 1 },
    });
  }

  /** What the tokenizer, or the token that it found, failed with. */
  #attempt(work: () => void): DatasetError | null {
    try {
      work();
      return null;
    } catch (error) {
      return error instanceof DatasetError ? error : this.#notJson(reasonOf(error), error);
    }
  }

  #take(parsed: ParsedTokenInfo): void {
    this.#token = parsed.offset;
    if (this.#phase === 'elements') this.#elements.write(parsed);
    else if (this.#phase !== 'done') this.#seek(parsed);
  }

  /** One token on the way to the array (and after it). */
  #seek(parsed: ParsedTokenInfo): void {
    const { token, value } = parsed;
    this.#progress = true;
    const opens = token === TokenType.LEFT_BRACKET || token === TokenType.LEFT_BRACE;
    const closes = token === TokenType.RIGHT_BRACKET || token === TokenType.RIGHT_BRACE;
    if (this.#depth > 0) {
      if (opens) this.#depth++;
      else if (closes) this.#depth--;
      return;
    }
    switch (this.#phase) {
      case 'value':
        if (closes && this.#index === 0) throw this.#notFound(this.#followed - 1);
        this.#enter(parsed);
        return;
      case 'key':
        if (closes) throw this.#notFound();
        if (token !== TokenType.STRING) break;
        this.#key = String(value);
        this.#phase = 'colon';
        return;
      case 'colon':
        if (token !== TokenType.COLON) break;
        this.#follow(this.#survey === null && this.#key === this.#pointer[this.#followed]);
        return;
      case 'skip':
        if (closes) throw this.#notFound();
        if (opens) this.#depth = 1;
        if (token === TokenType.LEFT_BRACKET) this.#survey?.push(this.#key);
        if (this.#survey?.length === MAX_SURVEYED) throw this.#notAnArray();
        this.#phase = 'comma';
        return;
      case 'comma':
        if (closes) throw this.#notFound();
        if (token !== TokenType.COMMA) break;
        if (this.#index === -1) this.#phase = 'key';
        else this.#follow(String(++this.#index) === this.#pointer[this.#followed]);
        return;
      default:
        throw this.#afterTheArray();
    }
    throw this.#notJson(`unexpected ${JSON.stringify(value)}`);
  }

  /** A value begins on the path of the pointer. */
  #enter(parsed: ParsedTokenInfo): void {
    const { token, value } = parsed;
    const wanted = this.#pointer[this.#followed];
    if (token === TokenType.LEFT_BRACE) {
      this.#index = -1;
      this.#phase = 'key';
      if (wanted === undefined) this.#survey = [];
    } else if (token !== TokenType.LEFT_BRACKET) {
      const [where, expected] = [
        this.#where(this.#followed),
        wanted === undefined ? 'an array' : 'an object or array',
      ];
      throw new DatasetError(`In ${this.#file}, ${where} is ${nameOf(value)}, not ${expected}.`, {
        hint: 'Name an array with a JSON Pointer (file.json#/path/to/array); one value a line: jsonl:FILE; lines of text: text:FILE.',
        at: { file: this.#file, line: this.#line(), column: 1 },
      });
    } else if (wanted === undefined) {
      this.#phase = 'elements';
      this.#elements.write(parsed);
    } else if (/^(?:0|[1-9]\d*)$/.test(wanted)) {
      this.#index = 0;
      this.#follow(wanted === '0');
    } else {
      throw new DatasetError(
        `In ${this.#file}, ${this.#where(this.#followed)} is an array, so ${JSON.stringify(wanted)} leads nowhere.`,
        { hint: 'In an array a JSON Pointer has an index, from 0.' },
      );
    }
  }

  #follow(wanted: boolean): void {
    this.#phase = wanted ? 'value' : 'skip';
    if (wanted) this.#followed++;
  }

  /** Line of the last token, or of the place at which the tokenizer stopped. */
  #line(position = this.#token): number {
    return this.#lines + 1 + lineEnds(this.#chunk, position - this.#bytes);
  }

  /** The value at the first `tokens` of the pointer, in words. */
  #where(tokens: number): string {
    return tokens === 0 ? 'the whole document' : pointerText(this.#pointer.slice(0, tokens));
  }

  #notJson(reason: string, cause?: unknown): DatasetError {
    const line = this.#line(positionOf(cause));
    const element = this.#phase === 'elements' ? ` (element ${this.#element})` : '';
    const name = this.#file === '-' ? 'standard input' : this.#file;
    return new DatasetError(`${name}:${line}${element} cannot be read on: ${reason}.`, {
      hint: 'A JSON array cannot be read on after a broken place, so it is not skipped either. Correct it, or write one value a line and read that as jsonl:FILE.',
      at: this.#file === '-' ? undefined : { file: this.#file, line, column: 1 },
      cause,
    });
  }

  #notFound(followed = this.#followed): DatasetError {
    if (this.#survey !== null) return this.#notAnArray();
    const token = this.#pointer[followed] ?? '';
    const missing = this.#index === -1 ? `key ${JSON.stringify(token)}` : `element ${token}`;
    return new DatasetError(`In ${this.#file}, ${this.#where(followed)} has no ${missing}.`, {
      hint: 'Keys are case-sensitive; in a JSON Pointer ~1 stands for / and ~0 for ~.',
    });
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
    const line = this.#line();
    return new DatasetError(`${this.#file}:${line} is not JSON: something follows the end of the array.`, {
      hint: 'If every line is one JSON value, read it as jsonl:FILE.',
      at: { file: this.#file, line, column: 1 },
    });
  }
}

/** The parser's reason without its states and positions, which the line and the element tell better. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'not valid UTF-8';
  return error.message.replace(/ (?:at chunk position|in state) .*$/s, '').replaceAll(/\s+/g, ' ');
}

/** The tokenizer says only in words where it stopped. */
function positionOf(error: unknown): number | undefined {
  const position = error instanceof Error ? /absolute position "(\d+)"/.exec(error.message)?.[1] : undefined;
  return position === undefined ? undefined : Number(position);
}

function lineEnds(chunk: Buffer, end: number): number {
  let lines = 0;
  for (let at = chunk.indexOf(NEWLINE); at !== -1 && at < end; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : `a ${typeof value}`;
}
