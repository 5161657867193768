/** A call that waits for its answer. */
import { AbortError } from '../errors.ts';
import { withCaller } from '../pool/caller-stack.ts';
import { decodeMessage, importModule } from '../queue/decode-message.ts';
import { ByteReader } from '../transport/bytes.ts';
import { decode } from '../values/codec.ts';
import { ANSWER } from './protocol.ts';

/** What a call comes to whose time was over before it came to anything. */
export const LATE: unique symbol = Symbol('late');

export class Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Where the user called. */
  readonly #caller: { readonly stack?: string };
  readonly #undeliverable: readonly (() => void)[];
  /** Stops watching the time and the signal. */
  settled: () => void = () => {};
  /** The signal that has fired. */
  aborted: AbortSignal | undefined;

  constructor(
    resolve: (result: unknown) => void,
    reject: (error: Error) => void,
    caller: { readonly stack?: string },
    undeliverable: readonly (() => void)[],
  ) {
    this.resolve = resolve;
    this.reject = reject;
    this.#caller = caller;
    this.#undeliverable = undeliverable;
  }

  /** `body` is valid until this returns. */
  answer(kind: number, body: ByteReader): void {
    this.settled();
    if (kind === ANSWER.nothing) this.resolve(undefined);
    else if (kind === ANSWER.value) this.resolve(decoded(body.rest()));
    else if (kind === ANSWER.list) this.resolve(list(body));
    else if (kind === ANSWER.error) this.#fail(body.text(), Buffer.from(body.rest()));
    else if (this.aborted === undefined) this.resolve(LATE);
    else this.#refuse(abortError(this.aborted));
  }

  /** The manager is gone. */
  lose(error: Error): void {
    this.settled();
    for (const one of this.#undeliverable) one();
    this.#refuse(error);
  }

  #fail(url: string, bytes: Buffer): void {
    // The class of the error is one of the user's; where its module cannot be had, it arrives as the class that it extends.
    const loaded = url === '' ? Promise.resolve() : importModule(url).catch(() => {});
    loaded
      .then(() => decodeMessage(bytes))
      .then(
        (error) => this.#refuse(error as Error),
        (error) => this.#refuse(error as Error),
      );
  }

  #refuse(error: Error): void {
    this.reject(withCaller(error, this.#caller) as Error);
  }
}

export const abortError = (signal: AbortSignal): AbortError =>
  new AbortError('the wait was aborted', { cause: signal.reason });

/** The value, or a promise of one that needs a module. */
function decoded(bytes: Buffer): unknown {
  try {
    return decode(new ByteReader(bytes));
  } catch {
    return decodeMessage(Buffer.from(bytes));
  }
}

function list(body: ByteReader): unknown {
  const values: unknown[] = [];
  let waits = false;
  while (body.left > 0) {
    const value = decoded(body.bytes(body.u32()));
    waits ||= value instanceof Promise;
    values.push(value);
  }
  return waits ? Promise.all(values) : values;
}
