import type { RunExitCode, RunFailure, SourcePlace } from '../protocol/run.ts';

/** What a `JobError` may carry besides its code and message. */
export interface JobErrorDetails {
  /** What to do next, as one sentence. */
  readonly hint?: string | undefined;
  /** How the run ends because of it. Default 2: bad usage or bad input. */
  readonly exitCode?: RunExitCode | undefined;
  /** Where in the user's files it is. */
  readonly at?: SourcePlace | undefined;
  readonly cause?: unknown;
}

/** Why a run could not begin or broke off, made for people: `code` is stable, `message` says what was received and where. */
export class JobError extends Error {
  override readonly name: string = 'JobError';
  /** Stable, such as `ERR_MANYCORE_USAGE`. */
  readonly code: string;
  readonly hint?: string;
  readonly exitCode: RunExitCode;
  readonly at?: SourcePlace;

  constructor(code: string, message: string, details: JobErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.exitCode = details.exitCode ?? 2;
    if (details.hint !== undefined) this.hint = details.hint;
    if (details.at !== undefined) this.at = details.at;
  }
}

/** Any error as the message that ends a run; `runDir` is where what was done lies. */
export function toFailure(error: unknown, runDir?: string): { failure: RunFailure; exitCode: RunExitCode } {
  if (error instanceof JobError) {
    const { code, message, hint, at, exitCode } = error;
    return { failure: { code, message, hint, at, runDir }, exitCode };
  }
  const code = errorCode(error) ?? 'ERR_MANYCORE_INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { failure: { code, message, stack, runDir }, exitCode: 3 };
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
