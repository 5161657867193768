import { createReadStream } from 'node:fs';

const NEWLINE = 0x0a;
const READ_SIZE = 256 * 1024;

/** The lines of a file that end with a line feed, each without it, those of one read together; a torn last one is left out. */
export async function* lineBuffers(file: string): AsyncGenerator<readonly Buffer[]> {
  /** The begun line, in the pieces in which it came. */
  let pieces: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: READ_SIZE })) {
    const bytes = chunk as Buffer;
    const lines: Buffer[] = [];
    let begin = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, begin)) {
      const last = bytes.subarray(begin, end);
      lines.push(pieces.length === 0 ? last : Buffer.concat([...pieces, last]));
      pieces = [];
      begin = end + 1;
    }
    if (begin < bytes.length) pieces.push(bytes.subarray(begin));
    if (lines.length > 0) yield lines;
  }
}

/** The same as text, one by one. */
export async function* wholeLines(file: string): AsyncGenerator<string> {
  for await (const lines of lineBuffers(file)) for (const line of lines) yield line.toString('utf8');
}
