/** Listeners of a pool. They cannot fail it: what one throws becomes a process warning. */
import type { PoolEvents } from './events.ts';

type Listener<E extends keyof PoolEvents> = (event: PoolEvents[E]) => void;
interface Entry {
  readonly listener: (event: never) => void;
  readonly once: boolean;
}

export class Emitter {
  readonly #entries = new Map<keyof PoolEvents, readonly Entry[]>();

  /** True when somebody listens: events that are not wanted are not made. */
  has(event: keyof PoolEvents): boolean {
    return this.#entries.has(event);
  }

  add<E extends keyof PoolEvents>(event: E, listener: Listener<E>, once: boolean): void {
    this.#entries.set(event, [...(this.#entries.get(event) ?? []), { listener, once }]);
  }

  remove<E extends keyof PoolEvents>(event: E, listener: Listener<E>): void {
    const entries = this.#entries.get(event) ?? [];
    const at = entries.findIndex((entry) => entry.listener === listener);
    if (at !== -1) this.#set(event, entries.toSpliced(at, 1));
  }

  emit<E extends keyof PoolEvents>(event: E, value: PoolEvents[E]): void {
    const entries = this.#entries.get(event);
    if (entries === undefined) return;
    for (const entry of entries) {
      if (entry.once)
        this.#set(
          event,
          (this.#entries.get(event) ?? []).filter((other) => other !== entry),
        );
      try {
        (entry.listener as Listener<E>)(value);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error), `a listener of '${event}' threw`);
      }
    }
  }

  #set(event: keyof PoolEvents, entries: readonly Entry[]): void {
    if (entries.length === 0) this.#entries.delete(event);
    else this.#entries.set(event, entries);
  }
}
