import type { ToPanel } from '../../protocol/panel.ts';
import type { RunEvent } from '../../protocol/run.ts';

/** Time in ms between two messages to the panel. */
export const BATCH_INTERVAL = 100;
/** Events that may wait; with more, the whole model is sent instead. */
const MAX_WAITING = 200;

export interface BatcherOptions<Model> {
  readonly model: () => Model;
  readonly send: (message: ToPanel<Model>) => void;
  readonly interval?: number;
}

/**
 * Sends a panel what happens, at most ten times a second, and only while it is shown: a snapshot of the model when it
 * appears, the events since then afterwards. The snapshot holds the events before it, so none is told twice.
 */
export class EventBatcher<Model> {
  readonly #options: BatcherOptions<Model>;
  #waiting: RunEvent[] = [];
  #isShown = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: BatcherOptions<Model>) {
    this.#options = options;
  }

  /** The panel is there, with nothing in it yet. */
  show(): void {
    this.hide();
    this.#isShown = true;
    this.#options.send({ type: 'snapshot', model: this.#options.model() });
  }

  hide(): void {
    this.#isShown = false;
    this.#waiting = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** To be called after the model has taken the event. */
  add(event: RunEvent): void {
    if (!this.#isShown) return;
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.interval ?? BATCH_INTERVAL);
  }

  #flush(): void {
    this.#timer = null;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > MAX_WAITING) this.#options.send({ type: 'snapshot', model: this.#options.model() });
    else this.#options.send({ type: 'events', events });
  }
}
