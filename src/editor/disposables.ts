export interface Disposable {
  dispose(): unknown;
}

/**
 * Owner of everything that one part opens. Closed in reverse order; what is added after the end is closed at once, so
 * that an operation that finishes late leaves nothing open.
 */
export class DisposableStore implements Disposable {
  readonly #items: Disposable[] = [];
  #ended = false;

  /** Takes ownership and gives the same thing back. */
  add<T extends Disposable>(item: T): T {
    if (this.#ended) item.dispose();
    else this.#items.push(item);
    return item;
  }

  get isDisposed(): boolean {
    return this.#ended;
  }

  /** Closes all of it once. A part that fails to close does not keep the others open; the first error is thrown at the end. */
  dispose(): void {
    if (this.#ended) return;
    this.#ended = true;
    const errors: unknown[] = [];
    for (const item of this.#items.splice(0).reverse()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
