import { BadRecordError, type BadRecordSink, DatasetError } from './errors.ts';
import { type LineParser, LineReader } from './lines.ts';
import { MAX_RECORD_BYTES, NO_RECORD, type RecordReader } from './records.ts';

export interface CsvOptions {
  readonly file: string;
  readonly delimiter: ',' | '\t';
  /** Fields become numbers, booleans and null where they read as such; see `typedField`. */
  readonly typed: boolean;
  readonly bad: BadRecordSink;
}

/**
 * CSV (RFC 4180) with a header line: every record is an object with a property for each column, in the header's order.
 * Quoted fields may have line breaks, and `""` for a quote; LF and CRLF; blank lines are no records.
 * A record with more or fewer fields than the header, a stray quote or bytes that are not UTF-8 is a bad record; the
 * next line begins a new one.
 * Reading throws `DatasetError` for a header with two columns of one name.
 *
 * Written here so that a reader can go on after a stray quote: csv-parse, which was tried, takes the rest of the file for
 * one field then. A line without quotes, which is nearly every line, is split by the engine.
 */
export function csvRecords(options: CsvOptions): RecordReader {
  return new LineReader(new CsvParser(options));
}

/** A record whose quoted field goes on in the next line. */
interface OpenRecord {
  readonly line: number;
  readonly fields: string[];
  /** The lines of the open field, without the quote that opened it. */
  readonly parts: string[];
  length: number;
  damage: string | null;
}

class CsvParser implements LineParser {
  readonly #options: CsvOptions;
  #columns: readonly string[] | null = null;
  #open: OpenRecord | null = null;

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  line(text: string, number: number, damage: string | null): unknown {
    if (this.#open !== null) return this.#goOn(this.#open, text, damage);
    if (!text.includes('"')) {
      const bare = text.endsWith('\r') ? text.slice(0, -1) : text;
      return bare === '' ? NO_RECORD : this.#row(bare.split(this.#options.delimiter), number, damage);
    }
    return this.#fields({ line: number, fields: [], parts: [], length: 0, damage }, text, 0);
  }

  lost(number: number, reason: string): void {
    this.#refuse(this.#open?.line ?? number, reason);
    this.#open = null;
  }

  end(): void {
    if (this.#open !== null) this.#refuse(this.#open.line, 'a quoted field is never closed');
  }

  /** Another line of a quoted field. */
  #goOn(record: OpenRecord, text: string, damage: string | null): unknown {
    this.#open = null;
    record.damage ??= damage;
    return this.#quoted(record, text, 0);
  }

  /** The fields from `from` on, where one begins. */
  #fields(record: OpenRecord, text: string, from: number): unknown {
    for (let at = from; ; ) {
      if (text[at] === '"') return this.#quoted(record, text, at + 1);
      const delimiter = text.indexOf(this.#options.delimiter, at);
      const field = delimiter === -1 ? text.slice(at).replace(/\r$/, '') : text.slice(at, delimiter);
      if (field.includes('"'))
        return this.#refuse(record.line, 'a quote in the middle of a field that is not quoted');
      record.fields.push(field);
      if (delimiter === -1) return this.#row(record.fields, record.line, record.damage);
      at = delimiter + 1;
    }
  }

  /** The rest of a quoted field from `from` on, and what comes after it. */
  #quoted(record: OpenRecord, text: string, from: number): unknown {
    let quote = text.indexOf('"', from);
    while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
    if (quote === -1) return this.#leaveOpen(record, text.slice(from));
    record.parts.push(text.slice(from, quote));
    record.fields.push(record.parts.join('\n').replaceAll('""', '"'));
    record.parts.length = 0;
    const after = quote + 1;
    if (text[after] === this.#options.delimiter) return this.#fields(record, text, after + 1);
    if (after === text.length || (text[after] === '\r' && after + 1 === text.length)) {
      return this.#row(record.fields, record.line, record.damage);
    }
    return this.#refuse(
      record.line,
      'a quoted field goes on after its closing quote (a quote inside is written "")',
    );
  }

  #leaveOpen(record: OpenRecord, part: string): typeof NO_RECORD {
    record.length += part.length + 1;
    if (record.length > MAX_RECORD_BYTES) {
      return this.#refuse(
        record.line,
        `a quoted field has more than ${MAX_RECORD_BYTES} characters; is it never closed?`,
      );
    }
    record.parts.push(part);
    this.#open = record;
    return NO_RECORD;
  }

  #row(fields: readonly string[], line: number, damage: string | null): unknown {
    const columns = this.#columns;
    if (columns === null) {
      this.#columns = this.#header(fields, damage);
      return NO_RECORD;
    }
    if (damage !== null) return this.#refuse(line, damage);
    if (fields.length !== columns.length) {
      return this.#refuse(
        line,
        `it has ${count(fields.length, 'field')}, the header ${count(columns.length, 'column')}`,
      );
    }
    const row: Record<string, unknown> = {};
    for (let index = 0; index < fields.length; index++) {
      const [column, field] = [columns[index] as string, fields[index] as string];
      setOwn(row, column, this.#options.typed ? typedField(field) : field);
    }
    return row;
  }

  #header(names: readonly string[], damage: string | null): readonly string[] {
    const { file } = this.#options;
    if (damage !== null)
      throw new DatasetError(`The header of ${file} is ${damage}.`, { hint: 'Save the file as UTF-8.' });
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return names;
    throw new DatasetError(`The header of ${file} has two columns named ${JSON.stringify(twice)}.`, {
      hint: 'Rename one of them: an item has one property for each column.',
    });
  }

  #refuse(line: number, reason: string): typeof NO_RECORD {
    this.#options.bad(new BadRecordError(this.#options.file, line, reason));
    return NO_RECORD;
  }
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
