import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Pool, TimeoutError, WorkerDiedError, workerFunction } from '../../runtime/index.ts';
import { INTERNAL, type InternalPoolOptions, type WorkerLines } from '../../runtime/pool/options.ts';
import { textLines } from '../../runtime/watch/output-lines.ts';
import { describeError } from '../job/error-text.ts';
import { itemKey } from '../job/item-key.ts';
import { TASK_MODULE } from '../job/probe.ts';
import { StopFile } from '../job/stop-file.ts';
import type * as Task from '../job/task.ts';
import { notRunIndex, packRecord, type TaskItem, unpackItem } from '../job/task-text.ts';
import { ALONE, type Announcement, type Engine, type Lease } from './engine.ts';
import { HostOutput } from './host-output.ts';
import { packRecords, unpackChunk } from './payload.ts';
import { CALL_MODULE } from './pool/call-module.ts';
import type * as CallTask from './pool/call-task.ts';
import { lostCall } from './pool/call-text.ts';
import { Turns } from './turns.ts';
import { within } from './within.ts';

export interface HostRunOptions {
  readonly engine: Engine;
  readonly host: string;
  readonly run: Announcement;
  readonly code: Uint8Array;
  readonly cwd: string;
  readonly workers: number;
  readonly say: (line: string) => void;
}

/** Chunks at once: one that runs, and one that is there when it ends. */
const WIDTH = 2;
/** Time in ms for workers to end in good order. */
const FINISH = 10_000;

/** What a host does for one run: user code runs in the workers of its pool, never in this process, which holds the leases. */
export class HostRun implements AsyncDisposable {
  readonly #options: HostRunOptions;
  readonly #stopFile = new StopFile();
  readonly #pool: Pool;
  readonly #turns = new Turns();
  readonly #output: HostOutput;
  #lease: Lease | undefined;

  private constructor(options: HostRunOptions) {
    this.#options = options;
    const { engine, host, run, workers } = options;
    const poolOptions: InternalPoolOptions = {
      processes: workers,
      execArgv: ['--enable-source-maps'],
      ...(run.calls
        ? {
            initializer: workerFunction<typeof CallTask.prepareCalls>(CALL_MODULE, 'prepareCalls'),
            initArgs: [pathToFileURL(stored(options)).href],
            finalizer: workerFunction<typeof CallTask.finishCalls>(CALL_MODULE, 'finishCalls'),
          }
        : {
            initializer: workerFunction<typeof Task.prepareTask>(TASK_MODULE, 'prepareTask'),
            initArgs: [
              { ...run.plan, url: pathToFileURL(stored(options)).href, stopFile: this.#stopFile.path },
            ],
          }),
      retries: run.retries,
      memoryLimit: run.memoryLimit ?? undefined,
      name: 'Worker',
      [INTERNAL]: { onOutput: (lines) => this.#print(lines) },
    };
    this.#pool = new Pool(poolOptions);
    this.#output = new HostOutput((batch) => engine.tell(run.id, { host, ...batch }));
  }

  /** Starts the pool and takes chunks from then on. Rejects when the module cannot be imported here. */
  static async join(options: HostRunOptions): Promise<HostRun> {
    const joined = new HostRun(options);
    try {
      await joined.#probe();
      const { engine, run, host } = options;
      joined.#lease = await engine.lease(run.id, host, WIDTH, (chunk, payload, begin, signal) =>
        chunk.startsWith(ALONE)
          ? joined.#turns.alone(() => begin().then(() => joined.#take(payload, signal)))
          : joined.#turns.beside(() => joined.#take(payload, signal)),
      );
      return joined;
    } catch (error) {
      await joined[Symbol.asyncDispose]();
      throw error;
    }
  }

  get title(): string {
    return this.#options.run.title;
  }

  /** The run is over: workers for calls end in good order, with their finalizer. */
  async finish(): Promise<void> {
    if (this.#options.run.calls) {
      this.#pool.close();
      await within(FINISH, this.#pool.join());
    }
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Calls are not asked to stop: their workers are ended.
    if (!this.#options.run.calls) this.#stopFile.raise();
    // What runs is lost to this host in any case, and given back when it ends.
    const givenBack = this.#lease?.[Symbol.asyncDispose]();
    await this.#pool.terminate();
    await givenBack;
    this.#output[Symbol.dispose]();
    this.#stopFile[Symbol.dispose]();
  }

  /** One worker imports the module before the first lease: a host that cannot has nothing to give back. */
  async #probe(): Promise<void> {
    const { run } = this.#options;
    if (run.calls) {
      await this.#pool.apply(workerFunction<typeof CallTask.probeCalls>(CALL_MODULE, 'probeCalls'));
      return;
    }
    const probe = workerFunction<typeof Task.probeTask>(TASK_MODULE, 'probeTask');
    const plan = { ...run.plan, url: pathToFileURL(stored(this.#options)).href, stopFile: null };
    const found = await this.#pool.apply(probe, [plan]);
    if (!found.ok)
      throw new Error('job' in found ? found.job.message : `${found.thrown.name}: ${found.thrown.message}`);
  }

  #print({ workerId, pid, stream, bytes, count }: WorkerLines): void {
    const { run, say } = this.#options;
    for (const line of textLines({ bytes })) say(`${run.title} worker ${workerId}: ${line}`);
    // The pool that made a call does not ask for it.
    if (!run.calls) this.#output.add({ pid, stream, text: bytes.toString(), count, time: Date.now() });
  }

  async #take(payload: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const items = unpackChunk(payload);
    const records: string[] = [];
    const { timeout } = this.#options.run;
    const results = this.#pool.imapUnordered(
      this.#options.run.calls
        ? workerFunction<typeof CallTask.runCall>(CALL_MODULE, 'runCall')
        : workerFunction<typeof Task.runTask>(TASK_MODULE, 'runTask'),
      items,
      { chunkSize: 'auto', signal, ...(timeout !== null && { timeout }) },
    );
    for (;;) {
      try {
        const result = await results.next();
        if (result.done) break;
        if (notRunIndex(result.value) !== undefined) throw new Error('The run was stopped');
        records.push(result.value);
      } catch (error) {
        records.push(this.#lost(error, items));
      }
    }
    await this.#output.settled();
    return packRecords(records);
  }

  /** An item that ended its worker or ran out of time has failed; anything else undoes the chunk. */
  #lost(error: unknown, items: readonly TaskItem[]): string {
    const isItems = error instanceof WorkerDiedError || error instanceof TimeoutError || hasIndex(error);
    const task = isItems && error.itemIndex !== undefined ? items[error.itemIndex] : undefined;
    if (task === undefined) throw error;
    const { index, text } = unpackItem(task);
    const ms = error instanceof TimeoutError ? (this.#options.run.timeout ?? 0) : 0;
    // The stack is this process's own and says nothing about the item.
    const { stack: _, at: __, ...described } = describeError(error);
    if (this.#options.run.calls) return lostCall(index, error, ms);
    return packRecord({
      index,
      ok: false,
      key: itemKey(this.#options.run.plan.functionHash, text),
      text: JSON.stringify(described),
      begin: Date.now() - ms,
      ms,
      encodeMs: 0,
      pid: error instanceof WorkerDiedError ? error.pid : 0,
    });
  }
}

const hasIndex = (error: unknown): error is Error & { itemIndex: number } =>
  error instanceof Error && 'itemIndex' in error && typeof error.itemIndex === 'number';

/** Below the working directory, so that packages with native code are found there. */
function stored({ cwd, code, run }: HostRunOptions): string {
  const folder = join(cwd, '.manycore', 'engine');
  const file = join(folder, `${run.bundle}.mjs`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // In one step: workers of another host in this folder may be importing it.
  const written = `${file}.${process.pid}`;
  writeFileSync(written, code, { mode: 0o600 });
  renameSync(written, file);
  return file;
}
