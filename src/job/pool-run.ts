import { Pool, TimeoutError, WorkerDiedError, workerFunction } from '../../runtime/index.ts';
import { INTERNAL, type InternalPoolOptions, type WorkerLines } from '../../runtime/pool/options.ts';
import type { RunConfig, RunProgress } from '../protocol/run.ts';
import { itemCount } from '../report/counts.ts';
import { formatCount } from '../report/format.ts';
import { message } from '../report/l10n.ts';
import type { WorkerFacts } from '../report/summary.ts';
import type { TaskPlan } from './call.ts';
import { type MaxErrors, parseMaxErrors } from './check-config.ts';
import type { Choice } from './choice.ts';
import type { Collector } from './collector.ts';
import { describeError } from './error-text.ts';
import type { EventFeed } from './event-feed.ts';
import { itemKey } from './item-key.ts';
import type { OutputLogs } from './output-logs.ts';
import { TASK_MODULE, type WorkerSettings } from './probe.ts';
import { RateMeter } from './rate.ts';
import type { Records } from './records.ts';
import type { StopSwitch } from './stop.ts';
import { StopFile } from './stop-file.ts';
import type * as Task from './task.ts';
import { notRunIndex, packItem, type TaskItem, unpackRecord } from './task-text.ts';
import { valueText } from './value-text.ts';
import { WorkerBook } from './worker-book.ts';

/** What the pool is given. */
export interface PoolRunOptions {
  readonly config: RunConfig;
  readonly plan: Omit<TaskPlan, 'stopFile'>;
  readonly settings: WorkerSettings;
  readonly workers: number;
  readonly chunk: number | 'auto';
  /** Items that the run takes; null while it is not known. */
  readonly total: number | null;
  readonly items: Records;
  readonly choice: Choice;
  /** Items that were done before and count as done. */
  readonly before: { readonly done: number; readonly failed: number };
  readonly stop: StopSwitch;
  readonly collector: Collector;
  readonly feed: EventFeed;
  readonly logs: OutputLogs;
}

/** Items done before a share of failed ones means something. */
const ENOUGH_FOR_SHARE = 20;
/** Time in ms that workers get to end in good order after the last item. */
const END_GRACE = 2000;

/** Runs the items in the pool; one object for one run. */
export class PoolRun {
  readonly #options: PoolRunOptions;
  readonly #pool: Pool;
  readonly #book = new WorkerBook();
  readonly #stopFile = new StopFile();
  /** Items that were handed to the pool and have no outcome yet, by index. */
  readonly #underWay = new Map<number, unknown>();
  /** Process ids of the workers in which items ran out of time, by index: their errors do not tell. */
  readonly #expiredIn = new Map<number, number>();
  readonly #maxErrors: MaxErrors;
  readonly #begun = Date.now();
  readonly #rate = new RateMeter(this.#begun);
  /** Index of the next record. */
  #index = 0;
  #taken = 0;
  #total: number | null;

  constructor(options: PoolRunOptions) {
    const { config, plan, settings, workers } = options;
    this.#options = options;
    this.#total = options.total;
    this.#maxErrors =
      config.onError === 'stop'
        ? { count: 1 }
        : parseMaxErrors(config.maxErrors ?? String(Number.MAX_SAFE_INTEGER));
    const poolOptions: InternalPoolOptions = {
      ...settings,
      processes: workers,
      initializer: workerFunction<typeof Task.prepareTask>(TASK_MODULE, 'prepareTask'),
      initArgs: [{ ...plan, stopFile: this.#stopFile.path }],
      retries: config.retries,
      memoryLimit: config.memoryLimit,
      name: 'Worker',
      [INTERNAL]: { onOutput: (lines) => this.#takeOutput(lines) },
    };
    this.#pool = new Pool(poolOptions);
    this.#listen();
  }

  /** How far the run is. */
  progress(): RunProgress {
    const { collector, before } = this.#options;
    const time = Date.now();
    const rate = this.#rate.update(time, collector.done);
    const left = this.#total === null ? null : this.#total - collector.done;
    return {
      time,
      done: before.done + collector.done,
      failed: before.failed + collector.failed,
      total: this.#total === null ? null : before.done + this.#total,
      rate,
      eta: left === null || rate === 0 ? null : (left / rate) * 1000,
      workers: this.#book.snapshots(this.#pool),
    };
  }

  /** Runs until every item has an outcome or the run is stopped. Never rejects for an item's sake. */
  async run(): Promise<{ wallMs: number; workers: WorkerFacts[] }> {
    using _stopFile = this.#stopFile;
    await using _pool = this.#pool;
    await this.#takeResults();
    const end = Date.now();
    const { workers: stats } = this.#pool.stats();
    if (!this.#options.stop.forced.aborted) await this.#endWorkers();
    return { wallMs: end - this.#begun, workers: this.#book.facts(stats, end) };
  }

  async #takeResults(): Promise<void> {
    const { chunk, config, stop } = this.#options;
    const results = this.#pool.imapUnordered(
      workerFunction<typeof Task.runTask>(TASK_MODULE, 'runTask'),
      this.#items(),
      // No signal: it would drop what the running items still give. The stop file keeps the others from beginning.
      { chunkSize: chunk, timeout: config.timeout },
    );
    // Leaving the iterator ends a `next()` that waits. (A race with one long-lived promise for every item would keep all.)
    const leave = (): void => void results.return?.();
    stop.forced.addEventListener('abort', leave, { once: true });
    for (;;) {
      try {
        const result = await results.next();
        if (result.done) break;
        this.#take(result.value);
      } catch (error) {
        if (!this.#takeLost(error)) break;
      }
    }
    stop.forced.removeEventListener('abort', leave);
  }

  /** Every record that is wanted with its index, until the run is stopped. A failing input stops the run and ends the items. */
  #items(): Iterable<TaskItem> | AsyncIterable<TaskItem> {
    const { items, total } = this.#options;
    if (!(Symbol.iterator in items)) return this.#itemsOfAsync(items);
    const all = { [Symbol.iterator]: () => this.#itemsOf(items) };
    // Knowing how many there are, the pool makes chunks of them that end together.
    return total === null ? all : Object.assign(all, { length: total });
  }

  *#itemsOf(items: Iterable<unknown>): Generator<TaskItem> {
    const { choice } = this.#options;
    try {
      for (const item of items) {
        if (this.#options.stop.reason !== null) return;
        const index = this.#index++;
        if (choice.takes(index)) yield this.#handOut(index, item);
        if (index >= choice.last) break;
      }
      this.#total = this.#taken;
    } catch (error) {
      this.#options.stop.stop({ kind: 'failure', error });
    }
  }

  async *#itemsOfAsync(items: AsyncIterable<unknown>): AsyncGenerator<TaskItem> {
    const { choice } = this.#options;
    try {
      for await (const item of items) {
        if (this.#options.stop.reason !== null) return;
        const index = this.#index++;
        if (choice.takes(index)) yield this.#handOut(index, item);
        if (index >= choice.last) break;
      }
      this.#total = this.#taken;
    } catch (error) {
      this.#options.stop.stop({ kind: 'failure', error });
    }
  }

  #handOut(index: number, item: unknown): TaskItem {
    this.#taken++;
    this.#underWay.set(index, item);
    return packItem(index, item);
  }

  #take(packed: string): void {
    const notRun = notRunIndex(packed);
    if (notRun !== undefined) {
      this.#underWay.delete(notRun);
      return;
    }
    const record = unpackRecord(packed);
    const { index, ok, pid } = record;
    const item = this.#underWay.get(index);
    this.#underWay.delete(index);
    this.#options.collector.add(record, item, this.#book.byPid(pid, this.#pool));
    if (!ok) this.#checkErrors();
  }

  /** An item that ended its worker, ran out of time or cannot cross is a failed item; what is no item's fault stops the run. */
  #takeLost(error: unknown): boolean {
    const { stop, collector, plan, config, choice } = this.#options;
    if (stop.reason !== null && isOurStop(error)) return !stop.forced.aborted && !isPoolClosed(error);
    const position = lostPosition(error);
    const index = position === undefined ? undefined : choice.indexAt(position);
    if (index === undefined || !this.#underWay.has(index)) {
      stop.stop({ kind: 'failure', error });
      return false;
    }
    const item = this.#underWay.get(index);
    this.#underWay.delete(index);
    const pid = error instanceof WorkerDiedError ? error.pid : this.#expiredIn.get(index);
    this.#expiredIn.delete(index);
    const worker = pid === undefined ? undefined : this.#book.byPid(pid, this.#pool);
    const key = itemKey(plan.functionHash, valueText(item));
    // The stack is the job host's own and says nothing about the item.
    const { stack: _, at: __, ...described } = describeError(error);
    const ms = error instanceof TimeoutError ? (config.timeout ?? 0) : 0;
    collector.addLost({ index, item, key, error: described, worker, begin: Date.now() - ms, ms });
    this.#checkErrors();
    return true;
  }

  #checkErrors(): void {
    const { stop, collector } = this.#options;
    const { failed, done } = collector;
    if (stop.reason !== null) return;
    if ('count' in this.#maxErrors) {
      if (failed >= this.#maxErrors.count)
        stop.stop({ kind: 'errors', text: message('{0} failed', formatCount(failed)) });
    } else if (done >= ENOUGH_FOR_SHARE && failed / done > this.#maxErrors.share) {
      const of = itemCount(done, message);
      stop.stop({ kind: 'errors', text: message('{0} of {1} failed', formatCount(failed), of) });
    }
  }

  #listen(): void {
    const { config, feed, stop, choice } = this.#options;
    const onStop = (): void => {
      this.#stopFile.raise();
      feed.phase('stopping', stop.reason?.kind === 'errors' ? stop.reason.text : undefined);
    };
    stop.requested.addEventListener('abort', onStop, { once: true });
    this.#pool.on('worker', (event) => {
      const tally = this.#book.note(event.workerId, event.pid);
      if (event.type === 'end') this.#book.ended(event.workerId, event.time);
      if (event.type !== 'start') return;
      const span = {
        kind: 'startup',
        begin: this.#begun,
        end: event.time,
        item: -1,
        count: 0,
        failed: 0,
      } as const;
      feed.span({ worker: tally.id, ...span });
    });
    // Asked for only where it is needed: the event comes for every item.
    if (config.timeout !== undefined) {
      this.#pool.on('task', ({ ok, itemIndex, pid }) => {
        if (!ok && itemIndex !== undefined) this.#expiredIn.set(choice.indexAt(itemIndex), pid);
      });
    }
  }

  #takeOutput({ workerId, pid, item: position, stream, bytes, count }: WorkerLines): void {
    const { feed, logs, stop, choice } = this.#options;
    this.#book.note(workerId, pid).lines += count;
    const item = position === undefined ? null : choice.indexAt(position);
    const lines = { worker: workerId, item, stream, time: Date.now(), bytes, count };
    feed.output(lines);
    try {
      logs.append(lines);
    } catch (error) {
      stop.stop({ kind: 'failure', error });
    }
  }

  /** Lets the workers end by themselves, so that what they still print is kept; the caller's disposal ends the rest. */
  async #endWorkers(): Promise<void> {
    this.#pool.close();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_GRACE);
    });
    await Promise.race([this.#pool.join(), patience, this.#options.stop.untilForced().promise]);
    clearTimeout(timer);
  }
}

/** The pool counts the items that it was given. */
function lostPosition(error: unknown): number | undefined {
  if (error instanceof WorkerDiedError || error instanceof TimeoutError) return error.itemIndex;
  if (!(error instanceof Error && 'itemIndex' in error)) return undefined;
  return typeof error.itemIndex === 'number' ? error.itemIndex : undefined;
}

/** After a stop, what the pool did not run any more. */
function isOurStop(error: unknown): boolean {
  return isPoolClosed(error) || (error instanceof Error && error.name === 'AbortError');
}

function isPoolClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MANYCORE_POOL_CLOSED';
}
