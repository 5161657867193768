import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node.js';

/** The text that was looked at has changed meanwhile: the answer would be about an old one. */
export class Superseded extends Error {
  constructor() {
    super('The document changed while it was analysed.');
    this.name = 'Superseded';
  }
}

/**
 * Puts work in an order that suits typing. Before each piece of work, messages that have already arrived (edits,
 * cancellations) are taken in; work that they made pointless is not done. Nothing waits for a fixed time.
 */
export class Pacer {
  readonly #newest = new Map<string, number>();
  readonly #queued = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  /**
   * Answers a request, one at a time. It is answered with "server cancelled" when the client cancelled it, when a newer
   * request with the same key has arrived, or when the work throws `Superseded`.
   */
  answer<T>(key: string, token: CancellationToken, work: () => Promise<T>): Promise<T> {
    const id = ++this.#count;
    this.#newest.set(key, id);
    return this.#enqueue(async () => {
      await this.breathe();
      const outdated = this.#newest.get(key) !== id;
      if (this.#newest.get(key) === id) this.#newest.delete(key);
      if (token.isCancellationRequested || outdated) throw cancelled(false);
      try {
        return await work();
      } catch (error) {
        throw error instanceof Superseded ? cancelled(true) : error;
      }
    });
  }

  /** Runs `work` after what is queued; asked for several times meanwhile, it runs once. */
  later(key: string, work: () => Promise<void>, onError: (error: unknown) => void): void {
    if (this.#queued.has(key)) return;
    this.#queued.add(key);
    void this.#enqueue(async () => {
      await this.breathe();
      this.#queued.delete(key);
      await work();
    }).catch((error: unknown) => {
      if (error instanceof Superseded) this.later(key, work, onError);
      else onError(error);
    });
  }

  /** Lets messages that have arrived be handled. */
  async breathe(): Promise<void> {
    await nextTurn();
    await nextTurn(); // The first turn reads the messages, the second has them handled.
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // The caller gets the failure; the queue goes on.
    return result;
  }
}

/** `retrigger` asks the client to pull again. */
const cancelled = (retrigger: boolean): ResponseError<{ retriggerRequest: boolean }> =>
  new ResponseError(LSPErrorCodes.ServerCancelled, 'superseded', { retriggerRequest: retrigger });
