import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FileSource, StreamSource } from './byte-source.ts';
import { checkFile, isCompressed, readFileBytes, readStreamBytes } from './bytes.ts';
import { csvRecords } from './csv.ts';
import { type BadRecordError, type BadRecordSink, DatasetError } from './errors.ts';
import { matchFiles } from './glob.ts';
import { JsonArrayReader } from './json.ts';
import { jsonLines, textLines } from './lines.ts';
import { moduleRecords } from './module.ts';
import { parseRange } from './range.ts';
import { readRecords } from './records.ts';
import { type FileKind, parseSource } from './source.ts';

export { BadRecordError, DatasetError } from './errors.ts';
export { MAX_RECORD_BYTES } from './records.ts';
export { type Selection, selectedCount, selectRecords } from './select.ts';

export interface DatasetOptions {
  /** Base of relative paths. Absolute. */
  readonly cwd: string;
  /** CSV/TSV: numbers, booleans and empty fields become values. Default false: every field is a string. */
  readonly typed?: boolean | undefined;
  /** 'fail' throws the first bad record where it would have come; 'skip' leaves it out. */
  readonly onBadRecord: 'fail' | 'skip';
  /** Told of each record that 'skip' leaves out, before the next record comes. */
  readonly onBadRecordSkipped?: ((error: BadRecordError) => void) | undefined;
  /** What `-` reads. Default `process.stdin`. */
  readonly stdin?: NodeJS.ReadableStream | undefined;
  /** Loads the file of `module:FILE#EXPORT`. Default: Node's own `import()`. */
  readonly importModule?: ((file: string) => Promise<Record<string, unknown>>) | undefined;
}

/** Where the items of a run come from. Opened, but nothing of it read. */
export interface Dataset {
  /** As the user wrote it. */
  readonly source: string;
  readonly kind: FileKind | 'glob' | 'range' | 'module' | 'stdin';
  /** Number of records, where it costs little to know: range, glob, arrays of modules, Parquet, Arrow files. */
  readonly count: number | null;
  /**
   * The records, read as they are taken. The file is opened by the first `next()` and closed when the loop ends or is left.
   * An `Iterable` where nothing has to be waited for. May be called again for another pass, except on standard input.
   * Iterating throws `DatasetError` (of which `BadRecordError` is one) where the file cannot be read on.
   */
  records(): Iterable<unknown> | AsyncIterable<unknown>;
}

/**
 * Opens what `--data` names; see `parseSource` for how it is written, and the readers for what each kind takes as a record.
 * Files are streamed: a record of at most `MAX_RECORD_BYTES` and a few chunks are in memory, whatever the file's size.
 * @throws DatasetError when it cannot be there: unknown kind, no such file, a folder, no match, no such export.
 * @example const { records } = await openDataset('flights.csv', { cwd: process.cwd(), onBadRecord: 'fail' });
 */
export async function openDataset(source: string, options: DatasetOptions): Promise<Dataset> {
  const parsed = parseSource(source);
  switch (parsed.kind) {
    case 'range':
      return { source, kind: 'range', ...parseRange(parsed.range) };
    case 'glob': {
      const files = await matchFiles(parsed.pattern, options.cwd);
      return { source, kind: 'glob', count: files.length, records: () => files };
    }
    case 'module': {
      const file = resolve(options.cwd, parsed.path);
      return {
        source,
        kind: 'module',
        ...(await moduleRecords(file, parsed.exportName, options.importModule)),
      };
    }
    default: {
      const { kind, path, pointer } = parsed;
      if (path === '-')
        return readStdin(source, options, (bytes) => readKind(kind, pointer, '-', bytes, options));
      const file = resolve(options.cwd, path);
      await checkFile(file);
      const isWhole = !isCompressed(file) && (await isRegular(file));
      if (kind === 'parquet' && isWhole) {
        const { openParquet } = await import('./parquet.ts');
        return { source, kind, ...(await openParquet(file, badRecordSink(options))) };
      }
      if (kind === 'arrow' && isWhole) {
        const { arrowRecords, countArrow } = await import('./arrow.ts');
        const open = () => FileSource.open(file);
        return {
          source,
          kind,
          count: await countArrow(file),
          records: () => arrowRecords(open, file, badRecordSink(options)),
        };
      }
      return {
        source,
        kind,
        count: null,
        records: () => readKind(kind, pointer, file, readFileBytes(file), options),
      };
    }
  }
}

function readStdin(
  source: string,
  options: DatasetOptions,
  read: (bytes: AsyncIterable<Buffer>) => AsyncIterable<unknown>,
): Dataset {
  let taken = false;
  return {
    source,
    kind: 'stdin',
    count: null,
    records() {
      if (taken) throw new DatasetError('Standard input gives its records only once.');
      taken = true;
      return read(readStreamBytes(options.stdin ?? process.stdin));
    },
  };
}

function readKind(
  kind: FileKind,
  pointer: readonly string[],
  file: string,
  bytes: AsyncIterable<Buffer>,
  options: DatasetOptions,
): AsyncIterable<unknown> {
  const bad = badRecordSink(options);
  switch (kind) {
    case 'parquet':
      return parquetStream(bytes, file, bad);
    case 'arrow':
      return arrowStream(bytes, file, bad);
    case 'json':
      return readRecords(bytes, new JsonArrayReader(file, pointer));
    case 'jsonl':
      return readRecords(bytes, jsonLines(file, bad));
    case 'text':
      return readRecords(bytes, textLines(file, bad));
    case 'csv':
    case 'tsv':
      return csvRecords(bytes, {
        file,
        delimiter: kind === 'csv' ? ',' : '\t',
        typed: options.typed ?? false,
        strict: options.onBadRecord === 'fail',
        bad,
      });
  }
}

async function* parquetStream(
  bytes: AsyncIterable<Buffer>,
  file: string,
  bad: BadRecordSink,
): AsyncGenerator<unknown, void, void> {
  const { spooledParquet } = await import('./parquet.ts');
  yield* spooledParquet(bytes, file, bad);
}

async function* arrowStream(
  bytes: AsyncIterable<Buffer>,
  file: string,
  bad: BadRecordSink,
): AsyncGenerator<unknown, void, void> {
  const { arrowRecords } = await import('./arrow.ts');
  yield* arrowRecords(async () => new StreamSource(bytes), file, bad);
}

async function isRegular(file: string): Promise<boolean> {
  return (await stat(file)).isFile();
}

function badRecordSink(options: DatasetOptions): BadRecordSink {
  return (error) => {
    if (options.onBadRecord === 'fail') throw error;
    options.onBadRecordSkipped?.(error);
  };
}
