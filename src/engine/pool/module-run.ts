import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WorkerDiedError } from '../../../runtime/index.ts';
import { ModuleNeededError } from '../../../runtime/values/codec.ts';
import { load } from '../../../runtime/values/reference.ts';
import { ALL_ITEMS } from '../../job/choice.ts';
import type { LostItem } from '../../job/collector.ts';
import { StopSwitch } from '../../job/stop.ts';
import type { TaskRecord } from '../../job/task-text.ts';
import { announcementHead } from '../announcement.ts';
import { CUT, PAUSE } from '../chunk-input.ts';
import type { Announcement, Engine } from '../engine.ts';
import { EngineRun } from '../engine-run.ts';
import { hashOf, ownKey, signed } from '../signature.ts';
import { bundleCalls, type WorkerSetUp } from './call-bundle.ts';
import { textToValue } from './call-text.ts';
import type { CallItem, EngineCall } from './engine-call.ts';

export interface ModuleRunOptions {
  readonly engine: Engine;
  /** Of the module whose exports are called. */
  readonly url: string;
  readonly setUp: WorkerSetUp;
  readonly limits: Pick<Announcement, 'timeout' | 'retries' | 'memoryLimit'>;
  /** Called when it could not begin, or broke. */
  readonly onFailure: (error: unknown) => void;
}

/** The calls of the exports of one module: one run of the engine, whose items are the calls, for as long as the pool lives. */
export class ModuleRun {
  readonly ended: Promise<void>;
  readonly #options: ModuleRunOptions;
  /** The highest priority first, and among equals the oldest. */
  readonly #calls: EngineCall[] = [];
  readonly #stop = new StopSwitch();
  #closing = false;
  /** A call has come before others that have items. */
  #preempted = false;
  #wake: () => void = () => {};
  #drop: () => Promise<void> = async () => {};
  #done = 0;
  #failed = 0;

  constructor(options: ModuleRunOptions) {
    this.#options = options;
    this.ended = this.#run().catch((error: unknown) => {
      for (const call of this.#calls.splice(0)) call.fail(error);
      options.onFailure(error);
    });
  }

  add(call: EngineCall): void {
    const behind = this.#calls.findIndex(({ priority }) => priority < call.priority);
    this.#preempted ||= behind !== -1;
    this.#calls.splice(behind === -1 ? this.#calls.length : behind, 0, call);
    this.wake();
  }

  wake(): void {
    this.#wake();
  }

  /** A call has ended before its items did: the hosts need not begin them. */
  left(): void {
    // What is not taken back is done in vain.
    this.#drop().catch(() => {});
    this.wake();
  }

  /** Ends when all calls have. */
  close(): void {
    this.#closing = true;
    this.wake();
  }

  /** Ends at once. */
  terminate(error: Error): void {
    this.#stop.stop({ kind: 'user' });
    for (const call of this.#calls.splice(0)) call.fail(error);
    this.close();
  }

  async #run(): Promise<void> {
    using stop = this.#stop;
    const { engine, url, setUp, limits } = this.#options;
    const file = fileURLToPath(url);
    const { code, natives } = await bundleCalls(url, setUp);
    const plan = { file, exportName: null, spread: false, args: [], functionHash: '' };
    const announcement: Announcement = {
      ...announcementHead(),
      ...limits,
      ...{ title: basename(file), bundle: hashOf(code), natives, plan, calls: true, runDir: '' },
    };
    const announced = { ...signed(announcement, ownKey()), state: 'running' } as const;
    const run = new EngineRun({
      ...{ engine, announced, code, stop, items: this.#items(), choice: ALL_ITEMS },
      config: { function: file, data: '', cwd: process.cwd() },
      pack: (index, item) => [index, (item as CallItem).packed],
      plan: { ...plan, url },
      total: null,
      itemMs: null,
      before: { done: 0, failed: 0 },
      collector: this.#outcomes(),
      feed: { phase: () => {} },
      idle: (ms) => this.#idle(ms),
    });
    this.#drop = () => run.drop((item) => !(item as CallItem).call.isOver);
    await run.run();
    const { reason } = stop;
    if (reason?.kind === 'failure') throw reason.error;
    if (reason !== null) throw new Error('The run was cancelled on the engine');
  }

  /** Never ends before the pool is closed: where no call has an item now, it says so. */
  *#items(): Generator<CallItem | typeof PAUSE | typeof CUT> {
    for (;;) {
      this.#preempted = false;
      let gave = false;
      for (const item of this.#itemsInTurn()) {
        gave = true;
        yield item;
        if (this.#preempted) break;
      }
      if (this.#closing && this.#calls.length === 0) return;
      if (!gave) yield PAUSE;
    }
  }

  /** What each call has now, one call after the other. */
  *#itemsInTurn(): Generator<CallItem | typeof CUT> {
    for (const call of [...this.#calls]) {
      for (let item = call.take(); item !== null; item = call.take()) yield item === 'cut' ? CUT : item;
      if (call.isOver) this.#calls.splice(this.#calls.indexOf(call), 1);
    }
  }

  async #idle(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(ms, undefined, { signal: woken.signal }).catch(() => {});
    this.#wake = () => {};
  }

  #outcomes() {
    const count = (ok: boolean): void => {
      this.#done++;
      if (!ok) this.#failed++;
    };
    const run = this;
    return {
      get done() {
        return run.#done;
      },
      get failed() {
        return run.#failed;
      },
      add({ ok, text }: TaskRecord, item: unknown): void {
        count(ok);
        const { call, position } = item as CallItem;
        settle(call, position, ok, text);
      },
      addLost({ item, error }: LostItem): void {
        count(false);
        const { call, position } = item as CallItem;
        call.error(position, new WorkerDiedError(error.message, { exitCode: null, signal: null, pid: 0 }));
      },
      flush(): void {},
    };
  }
}

/** The value may need a module that was not imported here yet. */
function settle(call: EngineCall, position: number, ok: boolean, text: string, tries = 20): void {
  let value: unknown;
  try {
    value = textToValue(text);
  } catch (error) {
    if (error instanceof ModuleNeededError && tries > 0) {
      load(error.url).then(
        () => settle(call, position, ok, text, tries - 1),
        (failure: unknown) => call.error(position, failure),
      );
      return;
    }
    call.error(position, error);
    return;
  }
  if (ok) call.value(position, value);
  else call.error(position, value);
}
