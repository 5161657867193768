import { isUtf8 } from 'node:buffer';
import { BadRecordError, type BadRecordSink } from './errors.ts';
import { MAX_RECORD_BYTES, notUtf8, type RecordReader } from './records.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** JSON Lines: one JSON value a line. Blank lines are no records. */
export function jsonLines(file: string, bad: BadRecordSink): RecordReader {
  return new LineReader(file, bad, (text) => (text.trim() === '' ? NO_RECORD : JSON.parse(text)));
}

/** Text: every line is one string without its line end, blank ones too. */
export function textLines(file: string, bad: BadRecordSink): RecordReader {
  return new LineReader(file, bad, (text) => text);
}

const NO_RECORD = Symbol('no record');

/**
 * Splits at LF or CRLF; a last line needs no line end; a byte order mark at the begin is dropped.
 * A line that is not UTF-8, too long, or that `parse` throws on is a bad record.
 */
class LineReader implements RecordReader {
  readonly done = false;
  readonly #file: string;
  readonly #bad: BadRecordSink;
  readonly #parse: (line: string) => unknown;
  /** The begun line, in the pieces in which it came. */
  #pieces: Buffer[] = [];
  #held = 0;
  #tooLong = false;
  #line = 0;

  constructor(file: string, bad: BadRecordSink, parse: (line: string) => unknown) {
    this.#file = file;
    this.#bad = bad;
    this.#parse = parse;
  }

  *push(chunk: Buffer): Generator<unknown, void, void> {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last === -1) return this.#hold(chunk);
    const first = chunk.indexOf(NEWLINE);
    this.#hold(chunk.subarray(0, first));
    yield* this.#finishHeld();
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
    if (this.#held > 0) yield* this.#finishHeld();
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#held += piece.length;
    if (this.#held > MAX_RECORD_BYTES) {
      this.#tooLong = true;
      this.#pieces = [];
    } else {
      this.#pieces.push(piece);
    }
  }

  *#finishHeld(): Generator<unknown, void, void> {
    const line =
      this.#pieces.length === 1 && this.#pieces[0] !== undefined
        ? this.#pieces[0]
        : Buffer.concat(this.#pieces);
    const [tooLong, held] = [this.#tooLong, this.#held];
    this.#pieces = [];
    this.#held = 0;
    this.#tooLong = false;
    if (tooLong) {
      this.#line++;
      this.#refuse(`the line has ${held} bytes; the limit is ${MAX_RECORD_BYTES}`);
      return;
    }
    const record = this.#record(line, 0, line.length, isUtf8(line));
    if (record !== NO_RECORD) yield record;
  }

  #record(bytes: Buffer, begin: number, lineEnd: number, valid: boolean): unknown {
    this.#line++;
    let end = lineEnd;
    if (end > begin && bytes[end - 1] === RETURN) end--;
    if (!valid) {
      const reason = notUtf8(bytes.subarray(begin, end));
      if (reason !== null) return this.#refuse(reason);
    }
    if (this.#line === 1 && bytes[begin] === 0xef && bytes[begin + 1] === 0xbb && bytes[begin + 2] === 0xbf)
      begin += 3;
    // Decoded line by line: a slice of one large string would keep all of it alive as long as any record lives.
    const text = bytes.toString('utf8', begin, end);
    try {
      return this.#parse(text);
    } catch (error) {
      return this.#refuse(error instanceof Error ? error.message : String(error), error);
    }
  }

  #refuse(reason: string, cause?: unknown): typeof NO_RECORD {
    this.#bad(new BadRecordError(this.#file, this.#line, reason, { cause }));
    return NO_RECORD;
  }
}
