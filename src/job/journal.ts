/**
 * `journal.jsonl`: which items are finished. One JSON object a line, appended only, each after its row in
 * `results.jsonl` has reached the file.
 *
 *   {"version":1,"function":"tasks.ts#work","functionHash":"...","dataset":"range:0:3","config":{...},"header":{...}}   the first line
 *   {"index":0,"key":"kX0p...","ok":true}                                        one for every finished item
 *
 * `key` is the hash of the item as text and of the function: see `item-key.ts`. A run that is resumed with another function
 * has one more header in front of the rows of that function. After a SIGKILL the last line may be torn; readers leave
 * out a line that has no line feed.
 */
import type { JournalHeader } from '../protocol/run-folder.ts';
import { wholeLines } from './file-lines.ts';
import { LineFile } from './line-file.ts';

export interface JournalRow {
  readonly index: number;
  readonly key: string;
  readonly ok: boolean;
}

export function journalHeaderLine(header: JournalHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/** Appends a header: it names the function of the rows after it. Throws a `JobError`. */
export function writeJournalHeader(file: string, header: JournalHeader): void {
  using journal = new LineFile(file, { flag: 'a' });
  journal.append(journalHeaderLine(header));
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
