/**
 * The output of a worker in the parent: whole lines with the item that wrote them, or passed through. It stays the bytes that it
 * is: most of it goes to a file, and only a reader needs it as text.
 */
import { MARK_END, markHead } from './output-mark.ts';

/** Whole lines that a worker wrote one after the other while it ran one item. */
export interface OutputBatch {
  /** Index of the item, or of none. */
  readonly item: number | undefined;
  /** UTF-8. Each line ends with a line feed, the last one too. */
  readonly bytes: Buffer;
  /** Number of lines, at least 1. */
  readonly count: number;
}

/** The lines as text, without their ends. */
export const textLines = ({ bytes }: Pick<OutputBatch, 'bytes'>): string[] =>
  bytes.toString('utf8', 0, bytes.length - 1).split('\n');

/** A line of which so many bytes are there, and its end is not, is given in parts of at most as many. */
export const MAX_LINE = 65_536;

const NOTHING: Buffer = Buffer.alloc(0);
const LINE_FEED: Buffer = Buffer.from('\n');
const ESCAPE = 0x1b;

export class OutputLines {
  readonly #head: Buffer;
  readonly #onLines: (batch: OutputBatch) => void;
  readonly #onText: (bytes: Buffer) => void;
  /** What may be the beginning of a mark or of a character. */
  #held = NOTHING;
  /** The line whose end has not come, and the item that began it. */
  #line: Buffer[] = [];
  #lineLength = 0;
  #lineItem: number | undefined;
  /** Item of what comes next. */
  #item: number | undefined;

  /** `onText` gets everything at once in whole characters, `onLines` whole lines; both without marks. */
  constructor(token: string, onLines: (batch: OutputBatch) => void, onText: (bytes: Buffer) => void) {
    this.#head = Buffer.from(markHead(token));
    this.#onLines = onLines;
    this.#onText = onText;
  }

  push(chunk: Buffer): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = NOTHING;
    let at = 0;
    for (;;) {
      const begin = bytes.indexOf(this.#head, at);
      if (begin === -1) break;
      this.#text(bytes.subarray(at, begin));
      const end = bytes.indexOf(MARK_END, begin);
      if (end === -1) {
        this.#held = bytes.subarray(begin);
        return;
      }
      const item = bytes.toString('latin1', begin + this.#head.length, end);
      this.#item = item === '' ? undefined : Number(item);
      at = end + 1;
    }
    const held = this.#beginOfHeld(bytes, at);
    this.#text(bytes.subarray(at, held));
    this.#held = bytes.subarray(held);
  }

  /** The stream has ended: a line without an end is a line too. */
  end(): void {
    const rest = this.#held;
    this.#held = NOTHING;
    this.#text(rest);
    if (this.#lineLength > 0) this.#endLine();
  }

  /** Where the bytes end in what may become a mark or a character; their length otherwise. */
  #beginOfHeld(bytes: Buffer, from: number): number {
    let at = bytes.indexOf(ESCAPE, Math.max(from, bytes.length - this.#head.length + 1));
    for (; at !== -1; at = bytes.indexOf(ESCAPE, at + 1))
      if (this.#head.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return at;
    return endOfCharacters(bytes, from, bytes.length);
  }

  #text(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#onText(bytes);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) this.#lines(bytes.subarray(0, end));
    this.#collect(bytes.subarray(end));
  }

  #lines(bytes: Buffer): void {
    let begin = 0;
    if (this.#lineLength > 0) {
      begin = bytes.indexOf(LINE_FEED) + 1;
      this.#collect(bytes.subarray(0, begin - 1));
      this.#endLine();
    }
    if (begin < bytes.length) this.#give(bytes.subarray(begin), this.#item);
  }

  #collect(part: Buffer): void {
    if (part.length === 0) return;
    if (this.#lineLength === 0) this.#lineItem = this.#item;
    this.#line.push(part);
    this.#lineLength += part.length;
    if (this.#lineLength <= MAX_LINE) return;
    const bytes = Buffer.concat(this.#line);
    let at = 0;
    while (bytes.length - at > MAX_LINE) {
      const end = endOfCharacters(bytes, at, at + MAX_LINE);
      this.#give(Buffer.concat([bytes.subarray(at, end), LINE_FEED]), this.#lineItem);
      at = end;
    }
    this.#line = [bytes.subarray(at)];
    this.#lineLength = bytes.length - at;
  }

  #endLine(): void {
    const bytes = Buffer.concat([...this.#line, LINE_FEED]);
    this.#line = [];
    this.#lineLength = 0;
    this.#give(bytes, this.#lineItem);
  }

  #give(given: Buffer, item: number | undefined): void {
    const bytes = given.includes('\r\n') ? withoutReturns(given) : given;
    let count = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
    this.#onLines({ item, bytes, count });
  }
}

/** Where a character begins of which the rest is behind `to`; `to` otherwise. No character has more than 4 bytes. */
function endOfCharacters(bytes: Buffer, from: number, to: number): number {
  for (let at = to - 1; at >= from && at >= to - 4; at--) {
    const byte = bytes[at] ?? 0;
    const isContinuation = (byte & 0xc0) === 0x80;
    if (isContinuation) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return at + length > to ? at : to;
  }
  return to;
}

/** Characters of Latin-1 are bytes: whatever they mean, they stay. */
const withoutReturns = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
