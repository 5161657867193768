import { isUtf8 } from 'node:buffer';
import { type CsvError, type InfoRecord, type Options, parse } from 'csv-parse';
import { BadRecordError, type BadRecordSink, DatasetError } from './errors.ts';
import { MAX_RECORD_BYTES } from './records.ts';

export interface CsvOptions {
  readonly file: string;
  readonly delimiter: ',' | '\t';
  /** Fields become numbers, booleans and null where they read as such; see `typedField`. */
  readonly typed: boolean;
  readonly bad: BadRecordSink;
}

/**
 * CSV with a header line: every record is an object with a property for each column, in the header's order.
 * Quoted fields may have line breaks; LF and CRLF; blank lines are no records; a byte order mark is dropped.
 * A record with more or fewer fields than the header, a stray quote or bytes that are not UTF-8 is a bad record.
 * @throws DatasetError for a header with two columns of one name.
 */
export async function* csvRecords(
  bytes: AsyncIterable<Buffer>,
  options: CsvOptions,
): AsyncGenerator<unknown, void, void> {
  const table = new Table(options);
  // Only told of records, never asked for them as a stream: a stream that fails drops the records before the failure.
  const parser = parse({
    bom: true,
    delimiter: options.delimiter,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => table.refuse(error),
    on_record: (fields: string[], info: InfoRecord) => table.record(fields, info.lines),
  } satisfies Options);
  parser.on('error', () => {}); // Every write tells its own error.
  for await (const chunk of bytes) {
    table.watch(chunk);
    await written((done) => parser.write(chunk, done));
    for (const record of table.take()) yield record;
  }
  table.watch(null);
  await written((done) => parser.end(done));
  for (const record of table.take()) yield record;
}

function written(write: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    write((error) => (error ? reject(error) : resolve()));
  });
}

/** The records and errors of one chunk, in the order of the file, and where in the file the parser is. */
class Table {
  readonly #options: CsvOptions;
  #columns: readonly string[] | null = null;
  #found: (object | DatasetError)[] = [];
  /** Line on which the last record ended. */
  #line = 0;
  /** Bytes of a character that the last chunk cut in two. */
  #carry: Buffer = Buffer.alloc(0);
  #damaged = false;

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  /** Sees the bytes before the parser, which puts U+FFFD in place of what is not UTF-8; null at the end. */
  watch(chunk: Buffer | null): void {
    if (this.#damaged) return;
    if (chunk === null) {
      this.#damaged = this.#carry.length > 0;
      return;
    }
    const seen = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const whole = wholeCharacters(seen);
    this.#damaged = !isUtf8(seen.subarray(0, whole));
    this.#carry = Buffer.from(seen.subarray(whole));
  }

  /** One record, which ends on `line`. Null: the parser keeps nothing of it. */
  record(fields: readonly string[], line: number): null {
    this.#line = line;
    const found = this.#read(fields, line);
    if (found !== null) this.#found.push(found);
    return null;
  }

  /** What the parser itself refuses. A record that is too long cannot be stepped over. */
  refuse(error: CsvError | undefined): undefined {
    if (error === undefined) return;
    const { code, lines, message } = error as CsvError & { readonly lines?: number };
    const begun = this.#line + 1;
    const line = code === 'CSV_QUOTE_NOT_CLOSED' || lines === undefined ? begun : lines;
    const bad = new BadRecordError(this.#options.file, line, REASONS.get(code) ?? message, { cause: error });
    if (code === 'CSV_MAX_RECORD_SIZE') throw bad;
    // One stray quote brings more of them; the record is told once.
    if (line >= begun) this.#found.push(bad);
    this.#line = Math.max(this.#line, line);
  }

  /** What was found since the last call; throws or skips a bad record at its place. */
  *take(): Generator<unknown, void, void> {
    const found = this.#found;
    this.#found = [];
    for (const record of found) {
      if (record instanceof BadRecordError) this.#options.bad(record);
      else if (record instanceof DatasetError) throw record;
      else yield record;
    }
  }

  #read(fields: readonly string[], line: number): object | null {
    const damaged = this.#damaged && fields.some((field) => field.includes('\uFFFD'));
    if (this.#columns === null) {
      if (damaged)
        return new DatasetError(`The header of ${this.#options.file} is not valid UTF-8.`, {
          hint: UTF8_HINT,
        });
      const twice = fields.find((name, index) => fields.indexOf(name) !== index);
      if (twice !== undefined) return twoColumns(twice, this.#options.file);
      this.#columns = fields;
      return null;
    }
    if (damaged) return this.#bad(fields, line, 'not valid UTF-8');
    if (fields.length !== this.#columns.length) {
      const [got, wanted] = [count(fields.length, 'field'), count(this.#columns.length, 'column')];
      return this.#bad(fields, line, `it has ${got}, the header ${wanted}`);
    }
    const row: Record<string, unknown> = {};
    for (let index = 0; index < fields.length; index++) {
      const [column, field] = [this.#columns[index] as string, fields[index] as string];
      setOwn(row, column, this.#options.typed ? typedField(field) : field);
    }
    return row;
  }

  #bad(fields: readonly string[], lastLine: number, reason: string): BadRecordError {
    const breaks = fields.reduce((sum, field) => sum + field.split('\n').length - 1, 0);
    return new BadRecordError(this.#options.file, lastLine - breaks, reason);
  }
}

const UTF8_HINT = 'Save the file as UTF-8.';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'a quoted field is never closed'],
  [
    'CSV_INVALID_CLOSING_QUOTE',
    'a quoted field goes on after its closing quote (a quote inside is written "")',
  ],
  ['INVALID_OPENING_QUOTE', 'a quote in the middle of a field that is not quoted'],
  ['CSV_MAX_RECORD_SIZE', `it has more than ${MAX_RECORD_BYTES} characters (a quote that is never closed?)`],
]);

/**
 * The value that a field reads as: empty is null; true and false in any case; a number as JSON writes it, if a double
 * holds it. Numbers with leading zeros (`007`) and integers beyond 2^53 stay text, since they are names more than numbers.
 */
export function typedField(field: string): string | number | boolean | null {
  if (field === '') return null;
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(field)) {
    const value = Number(field);
    const integer = /^-?\d+$/.test(field);
    return Number.isFinite(value) && (!integer || Number.isSafeInteger(value)) ? value : field;
  }
  if (/^true$/i.test(field)) return true;
  if (/^false$/i.test(field)) return false;
  return field;
}

function twoColumns(name: string, file: string): DatasetError {
  return new DatasetError(`The header of ${file} has two columns named ${JSON.stringify(name)}.`, {
    hint: 'Rename one of them: an item has one property for each column.',
  });
}

/** A column may be called `__proto__`; it is a property like any other. */
function setOwn(row: Record<string, unknown>, column: string, value: unknown): void {
  if (column !== '__proto__') row[column] = value;
  else Object.defineProperty(row, column, { value, enumerable: true, writable: true, configurable: true });
}

/** Where the last character that lies wholly in `bytes` ends. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
