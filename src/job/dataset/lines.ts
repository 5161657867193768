import { isUtf8 } from 'node:buffer';
import { BadRecordError, type BadRecordSink } from './errors.ts';
import { MAX_RECORD_BYTES, notUtf8, type RecordReader } from './records.ts';

const NEWLINE = 0x0a;

/** What a blank line of JSON Lines gives; every value of JSON is a record. */
const NO_RECORD = Symbol('no record');

/** JSON Lines: one JSON value a line. Blank lines are no records. A line that is not JSON is a bad record. */
export function jsonLines(file: string, bad: BadRecordSink): RecordReader {
  return new LineReader(file, bad, (line) => (line.trim() === '' ? NO_RECORD : JSON.parse(line)));
}

/** Text: every line is one string, blank ones too, without its line end (LF or CRLF). */
export function textLines(file: string, bad: BadRecordSink): RecordReader {
  return new LineReader(file, bad, (line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** Splits at LF; a last line needs no line end; a byte order mark at the begin is dropped. */
class LineReader implements RecordReader {
  readonly done = false;
  readonly #file: string;
  readonly #bad: BadRecordSink;
  /** The record of a line without its LF; what it throws makes a bad record. */
  readonly #parse: (line: string) => unknown;
  /** The begun line, in the pieces in which it came. */
  #pieces: Buffer[] = [];
  #held = 0;
  #number = 0;

  constructor(file: string, bad: BadRecordSink, parse: (line: string) => unknown) {
    this.#file = file;
    this.#bad = bad;
    this.#parse = parse;
  }

  *push(chunk: Buffer): Generator<unknown, void, void> {
    const first = chunk.indexOf(NEWLINE);
    if (first === -1) {
      this.#hold(chunk);
      return;
    }
    this.#hold(chunk.subarray(0, first));
    const held = this.#finishHeld();
    if (held !== NO_RECORD) yield held;
    const last = chunk.lastIndexOf(NEWLINE);
    // One look at the whole block is far cheaper than one at every line.
    const block = chunk.subarray(first + 1, last + 1);
    const valid = isUtf8(block);
    for (let begin = 0; begin < block.length; ) {
      const end = block.indexOf(NEWLINE, begin);
      const record = this.#record(block, begin, end, valid);
      if (record !== NO_RECORD) yield record;
      begin = end + 1;
    }
    this.#hold(chunk.subarray(last + 1));
  }

  *end(): Generator<unknown, void, void> {
    if (this.#held === 0) return;
    const record = this.#finishHeld();
    if (record !== NO_RECORD) yield record;
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#held += piece.length;
    if (this.#held > MAX_RECORD_BYTES) this.#pieces = [];
    else this.#pieces.push(piece);
  }

  #finishHeld(): unknown {
    const [pieces, held] = [this.#pieces, this.#held];
    this.#pieces = [];
    this.#held = 0;
    if (held > MAX_RECORD_BYTES) {
      this.#number++;
      return this.#refuse(`the line has ${held} bytes; the limit is ${MAX_RECORD_BYTES}`);
    }
    const line = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    return this.#record(line, 0, line.length, isUtf8(line));
  }

  #record(bytes: Buffer, lineBegin: number, end: number, valid: boolean): unknown {
    this.#number++;
    const marked = this.#number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const begin = marked ? lineBegin + 3 : lineBegin;
    const damage = valid ? null : notUtf8(bytes.subarray(begin, end));
    if (damage !== null) return this.#refuse(damage);
    try {
      // Decoded line by line: a slice of one large string would keep all of it alive as long as any record lives.
      return this.#parse(bytes.toString('utf8', begin, end));
    } catch (error) {
      return this.#refuse(error instanceof Error ? error.message : String(error), error);
    }
  }

  #refuse(reason: string, cause?: unknown): typeof NO_RECORD {
    this.#bad(new BadRecordError(this.#file, this.#number, reason, { cause }));
    return NO_RECORD;
  }
}
