import { isUtf8 } from 'node:buffer';
import { BadRecordError, type BadRecordSink } from './errors.ts';
import { MAX_RECORD_BYTES, NO_RECORD, notUtf8, type RecordReader } from './records.ts';

const NEWLINE = 0x0a;

/** What makes records of lines. */
export interface LineParser {
  /**
   * The record that this line completes, or `NO_RECORD`. `text` is without its LF, but with the CR before it;
   * `damage` says why the bytes are no text, and `text` has U+FFFD in their place.
   */
  line(text: string, number: number, damage: string | null): unknown;
  /** A line that is too long to be held. */
  lost(number: number, reason: string): void;
  /** The file ends. */
  end(): void;
}

/** JSON Lines: one JSON value a line. Blank lines are no records. A line that is not JSON is a bad record. */
export function jsonLines(file: string, bad: BadRecordSink): RecordReader {
  return new LineReader({
    ...everyLine(file, bad),
    line(text, number, damage) {
      if (damage !== null) return refuse(file, bad, number, damage);
      if (text.trim() === '') return NO_RECORD;
      try {
        return JSON.parse(text);
      } catch (error) {
        return refuse(file, bad, number, error instanceof Error ? error.message : String(error), error);
      }
    },
  });
}

/** Text: every line is one string, blank ones too, without its line end (LF or CRLF). */
export function textLines(file: string, bad: BadRecordSink): RecordReader {
  return new LineReader({
    ...everyLine(file, bad),
    line(text, number, damage) {
      if (damage !== null) return refuse(file, bad, number, damage);
      return text.endsWith('\r') ? text.slice(0, -1) : text;
    },
  });
}

/** For the kinds in which every line stands alone. */
function everyLine(file: string, bad: BadRecordSink): Pick<LineParser, 'lost' | 'end'> {
  return { lost: (number, reason) => refuse(file, bad, number, reason), end() {} };
}

function refuse(
  file: string,
  bad: BadRecordSink,
  line: number,
  reason: string,
  cause?: unknown,
): typeof NO_RECORD {
  bad(new BadRecordError(file, line, reason, { cause }));
  return NO_RECORD;
}

/** Splits at LF; a last line needs no line end; a byte order mark at the begin is dropped. */
export class LineReader implements RecordReader {
  readonly done = false;
  readonly #parser: LineParser;
  /** The begun line, in the pieces in which it came. */
  #pieces: Buffer[] = [];
  #held = 0;
  #number = 0;

  constructor(parser: LineParser) {
    this.#parser = parser;
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
    if (this.#held > 0) {
      const record = this.#finishHeld();
      if (record !== NO_RECORD) yield record;
    }
    this.#parser.end();
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
      this.#parser.lost(++this.#number, `the line has ${held} bytes; the limit is ${MAX_RECORD_BYTES}`);
      return NO_RECORD;
    }
    const line = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    return this.#record(line, 0, line.length, isUtf8(line));
  }

  #record(bytes: Buffer, lineBegin: number, end: number, valid: boolean): unknown {
    const number = ++this.#number;
    const marked = number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const begin = marked ? lineBegin + 3 : lineBegin;
    const damage = valid ? null : notUtf8(bytes.subarray(begin, end));
    // Decoded line by line: a slice of one large string would keep all of it alive as long as any record lives.
    return this.#parser.line(bytes.toString('utf8', begin, end), number, damage);
  }
}
