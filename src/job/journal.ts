/**
 * `journal.jsonl`: which items are finished. One JSON object a line, appended only, each after its row in
 * `results.jsonl` has reached the file.
 *
 *   {"version":1,"function":"tasks.ts#work","functionHash":"...","dataset":"range:0:3"}     the first line
 *   {"index":0,"key":"kX0p...","ok":true}                                                    one for every finished item
 *
 * `key` is the hash of the item as text and of the function: see `item-key.ts`. After a SIGKILL the last line may be
 * torn; readers leave out a line that has no line feed.
 */
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface JournalHeader {
  readonly version: 1;
  readonly function: string;
  readonly functionHash: string;
  readonly dataset: string;
}

export interface JournalRow {
  readonly index: number;
  readonly key: string;
  readonly ok: boolean;
}

export function journalHeaderLine(header: JournalHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/** `key` is base64url, so it needs no escapes. */
export function journalLine(index: number, key: string, ok: boolean): string {
  return `{"index":${index},"key":"${key}","ok":${ok}}\n`;
}

/** Reads a journal, row by row. Throws a SyntaxError with the line for a line that is whole and no JSON. */
export async function* readJournal(file: string): AsyncGenerator<JournalRow> {
  let number = 0;
  for await (const line of wholeLines(file)) {
    number++;
    const row = parseLine(line, file, number);
    if (isJournalRow(row)) yield row;
  }
}

/** The lines of a file that end with a line feed: a torn last one is left out. */
export async function* wholeLines(file: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(file)) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function parseLine(line: string, file: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new SyntaxError(`${file}:${number}: not a row of a journal: ${line.slice(0, 80)}`, {
      cause: error,
    });
  }
}

function isJournalRow(row: unknown): row is JournalRow {
  return typeof row === 'object' && row !== null && 'index' in row && 'key' in row && 'ok' in row;
}
