const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Finds where JSON values end in bytes that come in chunks: looks at strings, brackets and commas only, so it neither
 * allocates nor checks. Counts lines on the way.
 */
export class ValueScanner {
  /** Line of the byte that is looked at next, from 1. */
  line = 1;
  /** Line on which the value begins; meant only while `begun`. */
  beginLine = 1;
  /** Something other than white space has been seen of the value. */
  begun = false;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /**
   * Passes one value from `from` on. Gives the index of the `,`, `]` or `}` that ends it, or `chunk.length` when it goes
   * on in the next chunk. With `elements` a stray `}` does not end it: it belongs to the element, which is then no JSON.
   */
  pass(chunk: Buffer, from: number, elements: boolean): number {
    // In local variables: this loop sees every byte of the file.
    let [at, depth, inString, line, begun] = [from, this.#depth, this.#inString, this.line, this.begun];
    const length = chunk.length;
    for (; at < length; at++) {
      if (inString) {
        this.line = line;
        at = this.#stringEnd(chunk, at);
        line = this.line;
        if (at === length) break;
        inString = false;
        continue;
      }
      const byte = chunk[at] as number;
      if (byte <= 0x20) {
        if (byte === NEWLINE) line++;
        continue;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
      else if (depth > 0) {
        if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
      } else if (byte === COMMA || byte === CLOSE_ARRAY || (byte === CLOSE_OBJECT && !elements)) {
        break;
      }
      if (!begun) {
        begun = true;
        this.beginLine = line;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.line = line;
    this.begun = begun;
    return at;
  }

  /** Index of the quote that ends the string, or the length. */
  #stringEnd(chunk: Buffer, from: number): number {
    const length = chunk.length;
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at++;
    }
    for (; at < length; at++) {
      const byte = chunk[at];
      if (byte === QUOTE) return at;
      if (byte === NEWLINE) this.line++;
      else if (byte === BACKSLASH && ++at === length) this.#escaped = true;
    }
    return length;
  }
}
