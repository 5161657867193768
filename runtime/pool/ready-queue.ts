/** Calls that can give chunks, by priority, then in the order of their arrival. Adding and taking are O(1) for a few priorities. */
import type { Call } from './call.ts';

export class ReadyQueue {
  /** Highest priority first. */
  readonly #lanes: { readonly priority: number; calls: Call[]; head: number }[] = [];

  add(call: Call): void {
    if (call.queued) return;
    call.queued = true;
    const { priority } = call.options;
    let at = this.#lanes.findIndex((lane) => lane.priority <= priority);
    if (at === -1) at = this.#lanes.length;
    if (this.#lanes[at]?.priority !== priority) this.#lanes.splice(at, 0, { priority, calls: [], head: 0 });
    this.#lanes[at]?.calls.push(call);
  }

  /** The first call that can give a chunk; those that cannot are forgotten on the way. */
  first(): Call | undefined {
    for (;;) {
      const lane = this.#lanes[0];
      if (lane === undefined) return undefined;
      const call = lane.calls[lane.head];
      if (call === undefined) {
        this.#lanes.shift();
        continue;
      }
      if (call.canGive) return call;
      call.queued = false;
      lane.head++;
      if (lane.head > 1024 && lane.head * 2 > lane.calls.length) {
        lane.calls = lane.calls.slice(lane.head);
        lane.head = 0;
      }
    }
  }

  /** Chunks that are asked for, counted up to `most`. */
  demand(most: number): number {
    let sum = 0;
    for (const lane of this.#lanes)
      for (let i = lane.head; i < lane.calls.length && sum < most; i++) sum += lane.calls[i]?.demand ?? 0;
    return Math.min(most, sum);
  }
}
