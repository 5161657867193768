import { fileURLToPath } from 'node:url';
import type { RunError, SourcePlace } from '../protocol/run.ts';

/** An error as it lies in `results.jsonl`; what is shown elsewhere is the same without `cause`. */
export interface ErrorRecord extends RunError {
  readonly cause?: ErrorRecord | undefined;
}

/** Longest message and stack in characters, so that an error that quotes its input cannot fill the disk. */
const MAX_TEXT = 16_384;
/** Longest chain of causes. */
const MAX_CAUSES = 5;

/** Describes whatever was thrown. Never throws itself. */
export function describeError(thrown: unknown, depth = 0): ErrorRecord {
  if (!(thrown instanceof Error) && !isErrorLike(thrown)) {
    return { name: 'Thrown', message: cut(`a value that is no Error was thrown: ${asText(thrown)}`) };
  }
  const stack = typeof thrown.stack === 'string' ? cut(thrown.stack) : undefined;
  const code = 'code' in thrown && thrown.code !== undefined ? asText(thrown.code) : undefined;
  const record: ErrorRecord = {
    name: cut(String(thrown.name)),
    message: cut(String(thrown.message)),
    code,
    stack,
  };
  const at = stack === undefined ? undefined : firstUserFrame(stack);
  const cause =
    'cause' in thrown && thrown.cause !== undefined && depth < MAX_CAUSES
      ? describeError(thrown.cause, depth + 1)
      : undefined;
  return { ...record, ...(at && { at }), ...(cause && { cause }) };
}

/** Errors of another realm (`node:vm`) are no instances of this realm's `Error`. */
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value
  );
}

function asText(value: unknown): string {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)} ... (${text.length} characters)`;
}

const FRAME = /^\s+at (?:.*?\()?((?:file:\/\/|\/|[A-Za-z]:[\\/]|\\\\)[^()]*?):(\d+):(\d+)\)?$/;
/** Files of Manycore itself that lie on the stack of every item, in the source tree and in the bundles. */
const OWN_FILES =
  /[\\/](src[\\/]job[\\/](task|error-text|loader[\\/][\w-]+)\.ts|runtime[\\/](process|pool|transport|values|watch)[\\/][\w-]+\.ts|dist[\\/](task|child)\.js)$/;

/** The first frame of a V8 stack that is neither Node's, nor Manycore's, nor (if there is another) a dependency's. */
export function firstUserFrame(stack: string): SourcePlace | undefined {
  let inDependency: SourcePlace | undefined;
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, location = '', lineNumber, column] = match;
    const file = location.startsWith('file:') ? pathOf(location) : location;
    if (file === undefined || OWN_FILES.test(file)) continue;
    const place = { file, line: Number(lineNumber), column: Number(column) };
    if (!/[\\/]node_modules[\\/]/.test(file)) return place;
    inDependency ??= place;
  }
  return inDependency;
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ''));
  } catch {
    // A frame may name any URL; one that is no file is no place that can be opened.
    return undefined;
  }
}
