import { BrokenBarrierError } from '../../errors.ts';
import type { FunctionReference } from '../../values/reference.ts';
import type { Call } from '../session.ts';
import type { Held } from './held.ts';
import { imported, running } from './update.ts';

/** A place where a fixed number of parties wait for each other. The death of one that waits breaks it. */
export class HeldBarrier implements Held {
  readonly #parties: number;
  readonly #action: FunctionReference | undefined;
  /** Those who wait, in the order of their numbers. */
  #waiting: Call[] = [];
  #broken = false;

  constructor(call: Call) {
    this.#parties = call.value();
    this.#action = call.value();
  }

  readonly methods = {
    wait: (call: Call) => this.#wait(call),
    reset: (call: Call) => {
      this.#break('it was reset');
      this.#broken = false;
      call.done();
    },
    abort: (call: Call) => {
      this.#break('it was broken');
      call.done();
    },
    parties: (call: Call) => call.give(this.#parties),
    nWaiting: (call: Call) => call.give(this.#waiting.length),
    broken: (call: Call) => call.give(this.#broken),
  };

  async #wait(call: Call): Promise<void> {
    if (this.#broken || this.#waiting.length === this.#parties) throw broken('it is broken');
    const round = this.#waiting;
    round.push(call);
    call.waits(() => {
      call.giveUp();
      this.#break('not all of its parties came: one gave up, or its process has died');
    });
    if (round.length < this.#parties) return;
    await this.#act(call);
    if (this.#waiting !== round) return;
    this.#waiting = [];
    for (const [number, one] of round.entries()) one.give(number);
  }

  /** Runs the action, if there is one; the last party is told what it throws. */
  async #act(call: Call): Promise<void> {
    const action = this.#action;
    if (action === undefined) return;
    await running(call, action.url, async () => {
      try {
        await (await imported(action))();
      } catch (error) {
        call.fail(error, action.url);
        this.#break('its action has failed');
      }
    });
  }

  #break(why: string): void {
    const round = this.#waiting;
    this.#waiting = [];
    this.#broken = true;
    for (const one of round) one.fail(broken(why));
  }
}

const broken = (why: string): BrokenBarrierError => new BrokenBarrierError(`Barrier.wait: ${why}`);
