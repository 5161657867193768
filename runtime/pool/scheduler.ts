/** Brings chunks to workers: starts workers as they are needed, replaces those that end, and ends them all. */
import { PoolClosedError, WorkerStartError } from '../errors.ts';
import { currentProcess } from '../process/main.ts';
import { CHUNK } from '../process/protocol.ts';
import type { FunctionReference } from '../values/reference.ts';
import { Emitter } from '../watch/emitter.ts';
import type { WorkerEvent } from '../watch/events.ts';
import { textLines } from '../watch/output-lines.ts';
import { Progress } from '../watch/progress.ts';
import type { WorkerTally } from '../watch/stats.ts';
import { type Assignment, cut } from './assignment.ts';
import type { Call } from './call.ts';
import { workerDied } from './death.ts';
import { FunctionTable } from './function-table.ts';
import { type CheckedPoolOptions, INTERNAL, type WorkerLines } from './options.ts';
import { Poller } from './poller.ts';
import { ReadyQueue } from './ready-queue.ts';
import { recover } from './recovery.ts';
import { type ReportContext, takeFailure, takeNumbers, takeSums, takeValue } from './results.ts';
import { GRACE } from './worker-clock.ts';
import { WorkerGuard } from './worker-guard.ts';
import { WorkerHandle, type WorkerOwner } from './worker-handle.ts';

/** Ends of workers at their start, with none ready in between, after which the waiting calls fail. */
const MAX_FAILED_STARTS = 3;
/** Time in ms between SIGTERM and SIGKILL. */
const TERMINATE_GRACE = 200;
/** Ended workers whose sums are kept one by one; the oldest of more are put together. */
export const MAX_WORKER_STATS = 10_000;

export interface WorkerFunctions {
  readonly initializer: FunctionReference | undefined;
  readonly finalizer: FunctionReference | undefined;
  /** Arguments of the initializer, encoded. */
  readonly initArgs: Buffer;
}

export class Scheduler implements WorkerOwner {
  readonly events = new Emitter();
  readonly workers = new Set<WorkerHandle>();
  readonly tallies: WorkerTally[] = [];
  readonly progress: Progress;
  readonly functions = new FunctionTable();
  /** Settles when every call so far is prepared; undefined when none is being prepared. */
  prepared: Promise<void> | undefined;
  readonly #options: CheckedPoolOptions;
  /** Known once the functions of the options are located. */
  readonly #workerFunctions: Promise<WorkerFunctions>;
  #located: WorkerFunctions | undefined;
  readonly #ready = new ReadyQueue();
  readonly #calls = new Set<Call>();
  readonly #guard: WorkerGuard;
  readonly #poller = new Poller();
  #nextWorker = 0;
  #failedStarts = 0;
  #dispatching = false;
  /** Items of the largest call that is being prepared. */
  #expected = 0;
  #closed = false;
  #terminated = false;
  #waiters: (() => void)[] = [];

  constructor(options: CheckedPoolOptions, functions: Promise<WorkerFunctions>) {
    this.#options = options;
    this.#workerFunctions = functions;
    this.progress = new Progress(this.events, () => this.#left());
    this.#guard = new WorkerGuard(this.workers, options.memoryLimit, this.events);
    functions.then(
      (located) => {
        this.#located = located;
        this.#schedule();
      },
      // Those who call are told; without a call nobody has to know.
      () => {},
    );
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * A call of so many items is being prepared: this process waits for it, and workers start meanwhile. `failed` gets the error
   * when it cannot be made.
   */
  pending(prepared: Promise<void>, items: number, failed: (error: unknown) => void): void {
    this.#expected = Math.max(this.#expected, items);
    this.#schedule();
    // Looking for a function goes through the event loop, so that it would keep nothing alive by itself.
    const alive = setInterval(() => {}, 60_000);
    const over = Promise.all([prepared.catch(failed), this.prepared]).then(() => {
      clearInterval(alive);
      if (this.prepared === over) {
        this.prepared = undefined;
        this.#expected = 0;
      }
      this.#checkIdle();
    });
    this.prepared = over;
  }

  add(call: Call): void {
    if (call.isOver) return; // Its consumer left while it was prepared.
    this.#calls.add(call);
    if (this.#terminated) {
      call.fail(new PoolClosedError(`pool ${this.#options.name} was terminated`));
      return;
    }
    if (this.#calls.size === 1) {
      this.#failedStarts = 0;
      this.#hold(true);
    }
    if (this.#located === undefined)
      this.#workerFunctions.then(
        () => this.wake(call),
        (error: unknown) => call.fail(error),
      );
    else this.wake(call);
  }

  /** The call may have chunks to give. */
  wake(call: Call): void {
    if (!call.isOver) this.#ready.add(call);
    this.#schedule();
  }

  /** The call is over: what workers still have of it is asked to stop. */
  over(call: Call): void {
    this.#calls.delete(call);
    this.functions.measured(call.options.fn, call.sizer.mean);
    for (const worker of this.workers)
      if (worker.assigned.some(({ chunk, position }) => chunk.call === call && position < chunk.to))
        this.#abort(worker, call);
    this.progress.settle();
    this.#checkIdle();
  }

  close(): void {
    this.#closed = true;
    this.#checkIdle();
  }

  /** Resolves when no worker is left. */
  async ended(): Promise<void> {
    if (this.workers.size === 0 && this.#isIdle) return;
    this.#hold(true);
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async terminate(): Promise<void> {
    this.#closed = true;
    this.#terminated = true;
    const pending = [...this.#calls];
    for (const worker of this.workers) worker.kill('SIGTERM');
    for (const call of pending)
      call.fail(new PoolClosedError(`pool ${this.#options.name} was terminated with tasks pending`));
    const kill = setTimeout(() => {
      for (const worker of this.workers) worker.kill();
    }, TERMINATE_GRACE);
    await this.ended();
    clearTimeout(kill);
  }

  // --- what workers tell -----------------------------------------------------------------------

  onReady(worker: WorkerHandle): void {
    this.#failedStarts = 0;
    this.#emit({ type: 'start', workerId: worker.id, pid: worker.pid, time: Date.now() });
    if (this.#closed && this.#isIdle) worker.retire();
    this.#schedule();
  }

  onInitFailed(): void {}

  onUnusable(_worker: WorkerHandle, fn: number, error: unknown): void {
    for (const call of this.#calls) if (call.options.fn === fn) call.fail(error);
  }

  onValue: WorkerOwner['onValue'] = (worker, assignment, body, timed) =>
    takeValue(this.#context(worker, assignment), body, timed);

  onNumbers: WorkerOwner['onNumbers'] = (worker, assignment, body) =>
    takeNumbers(this.#context(worker, assignment), body);

  onFailure: WorkerOwner['onFailure'] = (worker, assignment, body) =>
    takeFailure(this.#context(worker, assignment), body);

  onSums: WorkerOwner['onSums'] = (worker, assignment, body) =>
    takeSums(this.#context(worker, assignment), body);

  onFree(worker: WorkerHandle, call: Call): void {
    worker.lastCall = call;
    const { maxTasksPerChild } = this.#options;
    if (worker.assigned.length === 0 && maxTasksPerChild !== undefined && worker.given >= maxTasksPerChild)
      worker.retire();
    this.#schedule();
  }

  onOutput: WorkerOwner['onOutput'] = (worker, stream, batch) => {
    const { id: workerId, pid } = worker;
    this.#onOutput?.({ workerId, pid, stream, ...batch });
    if (!this.events.has('output')) return;
    for (const line of textLines(batch))
      this.events.emit('output', { workerId, pid, itemIndex: batch.item, stream, line });
  };

  onText: WorkerOwner['onText'] = (stream, bytes) => {
    if (this.#onOutput === undefined && !this.events.has('output')) process[stream].write(bytes);
  };

  onEnd(worker: WorkerHandle, exitCode: number | null, signal: NodeJS.Signals | null, error?: Error): void {
    this.workers.delete(worker);
    if (worker.pid !== 0)
      this.#emit({ type: 'end', workerId: worker.id, pid: worker.pid, time: Date.now(), exitCode, signal });
    if (worker.tally.readyAt === undefined && !this.#terminated)
      this.#startFailed(worker, exitCode, signal, error);
    const { events, progress, functions } = this;
    recover(worker, exitCode, signal, { events, progress, functions, retries: this.#options.retries });
    if (this.workers.size === 0 && this.#closed && this.#isIdle)
      for (const resolve of this.#waiters.splice(0)) resolve();
    this.#schedule();
  }

  // --- dispatching -----------------------------------------------------------------------------

  #schedule(): void {
    if (this.#dispatching || this.#terminated) return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.#terminated) return;
    for (const depth of [0, 1])
      for (const worker of this.workers)
        while (worker.tally.readyAt !== undefined && !worker.retiring && worker.assigned.length === depth)
          if (!this.#feed(worker, depth)) break;
    this.#startWorkers();
  }

  /** Gives the worker one more chunk; false when there is none for it. */
  #feed(worker: WorkerHandle, depth: number): boolean {
    const left = (this.#options.maxTasksPerChild ?? Number.POSITIVE_INFINITY) - worker.given;
    if (left <= 0) return false;
    for (let call = this.#ready.first(); call !== undefined; call = this.#ready.first()) {
      if (depth > 0 && (worker.lastCall !== call || !call.wantsPrefetch)) return false;
      const taken = call.take(left);
      if (taken === null) continue;
      const chunk = cut(taken, left);
      const { fn, spread } = call.options;
      const flags =
        (spread ? CHUNK.spread : 0) |
        (chunk.exact ? CHUNK.exact : 0) |
        (this.events.has('task') ? CHUNK.timed : 0);
      worker.send(chunk, fn, this.functions.reference(fn), flags);
      const expected = call.sizer.expected(chunk.to - chunk.from);
      if (expected !== undefined) this.#poller.expect(worker, expected, this.#busy());
      return true;
    }
    return false;
  }

  /** Workers that have something to do. */
  #busy(): number {
    let busy = 0;
    for (const worker of this.workers) if (worker.assigned.length > 0) busy++;
    return busy;
  }

  #startWorkers(): void {
    if (this.#located === undefined) return;
    // Starting fails again and again, but there are workers to go on with.
    if (this.#failedStarts >= MAX_FAILED_STARTS && this.#hasUsable) return;
    const { processes } = this.#options;
    let starting = 0;
    let retiring = 0;
    for (const worker of this.workers) {
      if ((worker.retiring && worker.assigned.length === 0) || worker.killed) retiring++;
      else if (worker.tally.readyAt === undefined) starting++;
    }
    const free = processes - (this.workers.size - retiring);
    const wanted = Math.min(free, Math.max(this.#ready.demand(processes), this.#expected) - starting);
    for (let i = 0; i < wanted; i++) this.#start(this.#located);
  }

  #start(functions: WorkerFunctions): void {
    const { name, env, execArgv } = this.#options;
    const id = this.#nextWorker++;
    const parent = currentProcess();
    const start = { env, execArgv, expectsOutput: this.#onOutput !== undefined };
    const worker = new WorkerHandle(id, `${name}-${id}`, start, { ...functions, parent }, this);
    this.workers.add(worker);
    if (this.tallies.length < MAX_WORKER_STATS) this.tallies.push(worker.tally);
    if (this.#calls.size === 0) worker.unref();
    this.#guard.watch();
  }

  // --- ends of workers and calls ---------------------------------------------------------------

  #startFailed(
    worker: WorkerHandle,
    exitCode: number | null,
    signal: NodeJS.Signals | null,
    error?: Error,
  ): void {
    this.#failedStarts++;
    // An initializer that throws will throw again; a process that ended may have had bad luck.
    if (this.#hasUsable || (worker.initError === undefined && this.#failedStarts < MAX_FAILED_STARTS)) return;
    this.#failedStarts = 0;
    const cause =
      worker.initError?.error ?? error ?? workerDied(worker, exitCode, signal, undefined, 'while it started');
    const why = cause instanceof Error ? cause.message : String(cause);
    const problem = worker.initError === undefined ? '' : 'its initializer threw: ';
    for (const call of [...this.#calls])
      call.fail(
        new WorkerStartError(`no worker of pool ${this.#options.name} could start: ${problem}${why}`, {
          cause,
        }),
      );
  }

  #abort(worker: WorkerHandle, call: Call): void {
    worker.abort(call.id);
    const timer = setTimeout(() => {
      const first = worker.assigned[0];
      if (first?.chunk.call === call && !worker.ended) worker.kill();
      else if (worker.assigned.some(({ chunk }) => chunk.call === call) && !worker.ended)
        this.#abort(worker, call);
    }, GRACE);
    timer.unref();
  }

  get #hasUsable(): boolean {
    for (const { tally, retiring } of this.workers) if (tally.readyAt !== undefined && !retiring) return true;
    return false;
  }

  get #onOutput(): ((lines: WorkerLines) => void) | undefined {
    return this.#options[INTERNAL]?.onOutput;
  }

  get #isIdle(): boolean {
    return this.#calls.size === 0 && this.prepared === undefined;
  }

  /** Without work, a pool lets its process go; a closed one ends its workers. */
  #checkIdle(): void {
    if (!this.#isIdle) return;
    this.#hold(false);
    if (!this.#closed) return;
    for (const worker of this.workers) if (worker.tally.readyAt !== undefined) worker.retire();
    if (this.workers.size === 0) for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Workers keep this process alive only while there is something to wait for. */
  #hold(on: boolean): void {
    if (!on && this.#waiters.length > 0) return;
    for (const worker of this.workers)
      if (on) worker.ref();
      else worker.unref();
  }

  #left(): number | undefined {
    let left = 0;
    for (const call of this.#calls) {
      const of = call.left;
      if (of === undefined) return undefined;
      left += of;
    }
    return left;
  }

  #context(worker: WorkerHandle, assignment: Assignment): ReportContext {
    return { worker, assignment, events: this.events, progress: this.progress };
  }

  #emit(event: WorkerEvent): void {
    if (this.events.has('worker')) this.events.emit('worker', event);
  }
}
