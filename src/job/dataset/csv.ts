import { type CsvError, Parser } from 'csv-parse';
import { BadRecordError, type BadRecordSink, DatasetError } from './errors.ts';
import { MAX_RECORD_BYTES } from './records.ts';

export interface CsvOptions {
  readonly file: string;
  readonly delimiter: ',' | '\t';
  /** Fields become numbers, booleans and null where they read as such; see `typedField`. */
  readonly typed: boolean;
  /** A stray quote ends the reading; else it is text. */
  readonly strict: boolean;
  readonly bad: BadRecordSink;
}

/**
 * CSV (RFC 4180) with a header line, read by csv-parse: every record is an object with a property for each column, in the
 * header's order. Quoted fields may have line breaks, and `""` for a quote; LF and CRLF; blank lines are no records.
 * A record with more or fewer fields than the header, or bytes that are not UTF-8, is a bad record.
 *
 * csv-parse cannot leave out one record with a stray quote. So with `strict` it ends the reading. Otherwise it is
 * text, and where it opens a field that none closes, the lines up to the next quote belong to that field: as an item if
 * the number of fields happens to fit, as one bad record if not. The next line is a record of its own again.
 * @throws DatasetError while iterating, for a header with two columns of one name, a stray quote in `strict`, and a record
 * above `MAX_RECORD_BYTES`, after which csv-parse cannot go on.
 */
export async function* csvRecords(
  bytes: AsyncIterable<Buffer>,
  options: CsvOptions,
): AsyncGenerator<unknown, void, void> {
  const table = new Table(options);
  const parser = new RecordParser(options, table);
  parser.on('error', () => {}); // Every write tells its own error.
  for await (const chunk of bytes) {
    table.watch(chunk);
    const failure = await outcome((done) => parser.write(chunk, done));
    for (const record of table.take()) yield record;
    if (failure) throw table.unreadable(failure);
  }
  table.watch(null);
  const failure = await outcome((done) => parser.end(done));
  for (const record of table.take()) yield record;
  if (failure?.code === 'CSV_QUOTE_NOT_CLOSED') options.bad(table.neverClosed(failure));
  else if (failure) throw table.unreadable(failure);
}

function outcome(write: (done: (error?: Error | null) => void) => void): Promise<CsvError | null> {
  return new Promise((resolve) => {
    write((error) => resolve((error as CsvError | null | undefined) ?? null));
  });
}

/**
 * Hands records to the table as they are found. Asked for as a stream, those before a failure would be dropped by it; and
 * `on_record`, which would do too, costs half of the speed.
 */
class RecordParser extends Parser {
  readonly #table: Table;

  constructor({ delimiter, strict }: CsvOptions, table: Table) {
    super({
      bom: true,
      delimiter,
      max_record_size: MAX_RECORD_BYTES,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      relax_quotes: !strict,
      skip_empty_lines: true,
    });
    this.#table = table;
  }

  override push(fields: string[] | null): boolean {
    if (fields === null) return super.push(null);
    this.#table.record(fields, this.info.lines);
    return true;
  }
}

/** The header, and the records of one chunk in the order of the file. */
class Table {
  readonly #options: CsvOptions;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #columns: readonly string[] | null = null;
  #found: (object | DatasetError)[] = [];
  /** Line on which the last record ended. */
  #line = 0;
  #damaged = false;

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  /** Sees the bytes before the parser, which puts U+FFFD in place of what is not UTF-8; null at the end. */
  watch(chunk: Buffer | null): void {
    if (this.#damaged) return;
    try {
      this.#decoder.decode(chunk ?? undefined, { stream: chunk !== null });
    } catch {
      this.#damaged = true;
    }
  }

  /** One record, which ends on `line`. */
  record(fields: readonly string[], line: number): void {
    this.#line = line;
    if (this.#columns === null) this.#found.push(...this.#header(fields));
    else this.#found.push(this.#row(fields, this.#columns));
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

  unreadable(cause: CsvError): DatasetError {
    const { file } = this.#options;
    const line = this.#line + 1;
    const name = file === '-' ? 'standard input' : file;
    const tooLong = cause.code === 'CSV_MAX_RECORD_SIZE';
    const reason = tooLong
      ? `the record has more than ${MAX_RECORD_BYTES} characters`
      : (STRAY_QUOTES.get(cause.code) ?? cause.message);
    return new DatasetError(`${name}:${line} cannot be read on: ${reason}${noticed(cause, line)}.`, {
      hint: tooLong
        ? 'Look for a quote that is never closed. Such a record is not skipped either.'
        : 'Correct the record; with --on-bad-record skip, stray quotes are taken for text.',
      at: file === '-' ? undefined : { file, line, column: 1 },
      cause,
    });
  }

  neverClosed(cause: CsvError): BadRecordError {
    return new BadRecordError(
      this.#options.file,
      this.#line + 1,
      'a quoted field is never closed; nothing after it could be read',
      { cause },
    );
  }

  #header(names: readonly string[]): DatasetError[] {
    this.#columns = names;
    const { file } = this.#options;
    if (this.#damages(names)) {
      return [
        new DatasetError(`The header of ${file} is not valid UTF-8.`, { hint: 'Save the file as UTF-8.' }),
      ];
    }
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return [];
    return [
      new DatasetError(`The header of ${file} has two columns named ${JSON.stringify(twice)}.`, {
        hint: 'Rename one of them: an item has one property for each column.',
      }),
    ];
  }

  #row(fields: readonly string[], columns: readonly string[]): object {
    if (this.#damages(fields)) return this.#bad(fields, 'not valid UTF-8');
    if (fields.length !== columns.length) {
      const [got, wanted] = [count(fields.length, 'field'), count(columns.length, 'column')];
      return this.#bad(fields, `it has ${got}, the header ${wanted}`);
    }
    const row: Record<string, unknown> = {};
    for (let index = 0; index < fields.length; index++) {
      const [column, field] = [columns[index] as string, fields[index] as string];
      setOwn(row, column, this.#options.typed ? typedField(field) : field);
    }
    return row;
  }

  #damages(fields: readonly string[]): boolean {
    return this.#damaged && fields.some((field) => field.includes('\uFFFD'));
  }

  #bad(fields: readonly string[], reason: string): BadRecordError {
    const breaks = fields.reduce((sum, field) => sum + field.split('\n').length - 1, 0);
    return new BadRecordError(this.#options.file, this.#line - breaks, reason);
  }
}

const STRAY_QUOTES: ReadonlyMap<string, string> = new Map([
  [
    'CSV_INVALID_CLOSING_QUOTE',
    'a quoted field goes on after its closing quote (a quote inside is written "")',
  ],
  ['INVALID_OPENING_QUOTE', 'a quote in the middle of a field that is not quoted'],
]);

/** The line on which the parser stopped, where that is not the one on which the record begins. */
function noticed(cause: CsvError, begin: number): string {
  const line = cause['lines'];
  return typeof line === 'number' && line > begin ? ` (noticed on line ${line})` : '';
}

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

/** A column may be called `__proto__`; it is a property like any other. */
function setOwn(row: Record<string, unknown>, column: string, value: unknown): void {
  if (column !== '__proto__') row[column] = value;
  else Object.defineProperty(row, column, { value, enumerable: true, writable: true, configurable: true });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
