/** The output of a worker in the parent: cut into lines with the item that wrote them, or passed through. */
import { StringDecoder } from 'node:string_decoder';
import { MARK_END, markHead } from './output-mark.ts';

/** A longer line is given in parts of this many characters. */
export const MAX_LINE = 65_536;

export class OutputLines {
  readonly #head: string;
  readonly #onLine: (line: string, item: number | undefined) => void;
  readonly #onText: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  /** Text that may be the beginning of a mark. */
  #held = '';
  #line = '';
  /** Item of the line that is being collected, and of what comes next. */
  #lineItem: number | undefined;
  #item: number | undefined;

  /** `onText` gets everything at once, `onLine` whole lines; both without marks. */
  constructor(
    token: string,
    onLine: (line: string, item: number | undefined) => void,
    onText: (text: string) => void,
  ) {
    this.#head = markHead(token);
    this.#onLine = onLine;
    this.#onText = onText;
  }

  push(chunk: Buffer): void {
    this.#cut(this.#held + this.#decoder.write(chunk));
  }

  /** The stream has ended: a line without an end is a line too. */
  end(): void {
    const rest = this.#held + this.#decoder.end();
    this.#held = '';
    if (rest !== '') this.#text(rest);
    if (this.#line !== '') this.#emit();
  }

  #cut(text: string): void {
    let at = 0;
    for (;;) {
      const begin = text.indexOf(this.#head, at);
      if (begin === -1) break;
      this.#text(text.slice(at, begin));
      const end = text.indexOf(MARK_END, begin);
      if (end === -1) {
        this.#held = text.slice(begin);
        return;
      }
      const item = text.slice(begin + this.#head.length, end);
      this.#item = item === '' ? undefined : Number(item);
      at = end + 1;
    }
    const held = this.#possibleHead(text, at);
    this.#text(text.slice(at, held));
    this.#held = text.slice(held);
  }

  /** Where the text ends in what may become a mark; its length otherwise. */
  #possibleHead(text: string, from: number): number {
    for (let at = Math.max(from, text.length - this.#head.length + 1); at < text.length; at++)
      if (this.#head.startsWith(text.slice(at))) return at;
    return text.length;
  }

  #text(text: string): void {
    if (text === '') return;
    this.#onText(text);
    let at = 0;
    for (let end = text.indexOf('\n', at); end !== -1; end = text.indexOf('\n', at)) {
      this.#collect(text.slice(at, end));
      this.#emit();
      at = end + 1;
    }
    this.#collect(text.slice(at));
  }

  #collect(part: string): void {
    if (this.#line === '') this.#lineItem = this.#item;
    this.#line += part;
    while (this.#line.length > MAX_LINE) {
      const rest = this.#line.slice(MAX_LINE);
      this.#line = this.#line.slice(0, MAX_LINE);
      this.#emit();
      this.#line = rest;
    }
  }

  #emit(): void {
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#onLine(line, this.#lineItem);
  }
}
