/** What Linux has for waiting between processes. */
import { SharedMemoryUnavailableError } from '../errors.ts';
import { libc } from '../native/libc.ts';

/** Numbers of the system call `futex`, by architecture. */
const FUTEX: Partial<Record<NodeJS.Architecture, number>> = { x64: 202, arm64: 98 };
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;

type Futex = (
  number: number,
  word: Int32Array,
  operation: number,
  value: number,
  timeout: BigInt64Array | null,
  other: null,
  otherValue: number,
) => number;

interface Native {
  readonly number: number;
  readonly futex: Futex;
  readonly mkfifo: (path: string, mode: number) => number;
}

let native: Native | undefined;

/** Sleeps while the word is `expected`, at most `ms`. Wakes for no reason too. */
export function futexWait(word: Int32Array, expected: number, ms: number): void {
  const { futex, number } = needed();
  const limit = new BigInt64Array([BigInt(Math.floor(ms / 1000)), BigInt(Math.floor((ms % 1000) * 1e6))]);
  futex(number, word, FUTEX_WAIT, expected, limit, null, 0);
}

/** Wakes at most `count` of those who sleep on the word. */
export function futexWake(word: Int32Array, count: number): void {
  const { futex, number } = needed();
  futex(number, word, FUTEX_WAKE, count, null, null, 0);
}

/** Makes a named pipe for this user. Throws when there is a file with its name, or no room. */
export function makeFifo(path: string): void {
  if (needed().mkfifo(path, 0o600) !== 0)
    throw new Error(`no named pipe can be made at ${path} (error ${libc()?.errno()})`);
}

function needed(): Native {
  if (native !== undefined) return native;
  const library = libc();
  const number = FUTEX[process.arch];
  if (library === null || number === undefined)
    throw new SharedMemoryUnavailableError(
      `locks cannot be had on ${process.platform} with ${process.arch} yet`,
    );
  native = {
    number,
    futex: library.declare<Futex>(
      'long syscall(long number, int32_t *word, int operation, int value, int64_t *timeout, void *other, int other_value)',
    ),
    mkfifo: library.declare<Native['mkfifo']>('int mkfifo(const char *path, unsigned int mode)'),
  };
  return native;
}
