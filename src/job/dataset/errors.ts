import { JobError, type JobErrorDetails } from '../errors.ts';

/** A dataset cannot be opened or read: `message` says which and where, `hint` what to write instead. Ends a run with exit code 2. */
export class DatasetError extends JobError {
  override readonly name: string = 'DatasetError';

  constructor(
    message: string,
    details: Omit<JobErrorDetails, 'exitCode'> = {},
    code = 'ERR_MANYCORE_DATASET',
  ) {
    super(code, message, { ...details, exitCode: 2 });
  }
}

/** One record of a file that cannot be an item; the records around it can. */
export class BadRecordError extends DatasetError {
  override readonly name = 'BadRecordError';
  /** Absolute path, or `-` for standard input. */
  readonly file: string;
  /** Line where the record begins, from 1, after decompression; null for a part of a binary file. */
  readonly line: number | null;
  /** Records that are lost with it; more than one where a part of a binary file is damaged. */
  readonly records: number;
  /** Position in its JSON array, from 0, bad records counted; null for the other kinds. */
  readonly element: number | null;
  /** Why, in words, without the place. */
  readonly reason: string;

  constructor(
    file: string,
    place: number | { readonly part: string; readonly records: number },
    reason: string,
    options: { element?: number | undefined; cause?: unknown } = {},
  ) {
    const line = typeof place === 'number' ? place : null;
    const element = options.element === undefined ? '' : ` (element ${options.element})`;
    const name = file === '-' ? 'standard input' : file;
    super(
      typeof place === 'number'
        ? `Bad record at ${name}:${line}${element}: ${reason}`
        : `Bad records in ${name}, ${place.part}: ${reason}`,
      {
        hint: 'Correct the record, or leave such records out with --on-bad-record skip.',
        at: file === '-' || line === null ? undefined : { file, line, column: 1 },
        cause: options.cause,
      },
      'ERR_MANYCORE_BAD_RECORD',
    );
    this.file = file;
    this.line = line;
    this.records = typeof place === 'number' ? 1 : place.records;
    this.element = options.element ?? null;
    this.reason = reason;
  }
}

/** What a reader does with a bad record: throws it, or tells of it and goes on. */
export type BadRecordSink = (error: BadRecordError) => void;
