import { createReadStream } from 'node:fs';

/** Longest line that is kept, in bytes. */
export const MAX_RESULT_BYTES = 32 * 1024 * 1024;
/** Bytes at a line's beginning within which its index stands. */
const HEAD_BYTES = 64;
const NEWLINE = 10;

/**
 * The line of `results.jsonl` with the result of item `index`; null when there is none, `'too-long'` when it is longer
 * than `limit` bytes. Reads in pieces and keeps only that line: the file may be larger than memory. Rows are in the order in which items finished.
 */
export async function findResultLine(
  file: string,
  index: number,
  limit: number = MAX_RESULT_BYTES,
): Promise<string | 'too-long' | null> {
  let kept: Buffer[] = [];
  let size = 0;
  /** False once the line's head has told that it is another item's. */
  let wanted = true;
  let judged = false;

  const take = (piece: Buffer): void => {
    if (!wanted) return;
    size += piece.length;
    if (size - piece.length < limit) kept.push(piece);
    if (!judged && size >= HEAD_BYTES) judge();
  };
  const judge = (): void => {
    judged = true;
    wanted = indexOfLine(Buffer.concat(kept).toString('utf8', 0, HEAD_BYTES)) === index;
    if (!wanted) kept = [];
  };
  const end = (): string | 'too-long' | null => {
    if (!judged) judge();
    const line = wanted && size > 0 ? (size > limit ? 'too-long' : Buffer.concat(kept).toString()) : null;
    kept = [];
    size = 0;
    wanted = true;
    judged = false;
    return line;
  };

  for await (const chunk of createReadStream(file)) {
    const buffer = chunk as Buffer;
    let begin = 0;
    for (let at = buffer.indexOf(NEWLINE); at !== -1; at = buffer.indexOf(NEWLINE, begin)) {
      take(buffer.subarray(begin, at));
      const line = end();
      if (line !== null) return line;
      begin = at + 1;
    }
    take(buffer.subarray(begin));
  }
  return end();
}

function indexOfLine(head: string): number {
  const match = /^\s*\{\s*"index"\s*:\s*(\d+)/.exec(head);
  return match === null ? -1 : Number(match[1]);
}
