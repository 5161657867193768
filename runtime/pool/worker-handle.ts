/** A worker process as its pool sees it: what it was given, what it told, how it ended. */
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { familyFolder } from '../process/family.ts';
import { type ForkOptions, fork } from '../process/fork.ts';
import { FROM_WORKER, type InitMessage, TO_WORKER } from '../process/protocol.ts';
import type { ByteReader } from '../transport/bytes.ts';
import type { ChildOutput } from '../transport/channel.ts';
import { HEADER, OWN } from '../transport/frame.ts';
import { OutputPipe } from '../transport/output-pipe.ts';
import { ParentChannel } from '../transport/parent-channel.ts';
import { createSegment, usesSharedMemory } from '../transport/segment.ts';
import { recycle } from '../values/batch.ts';
import { decode, encode } from '../values/codec.ts';
import type { Loss } from '../values/lossy.ts';
import { PlainReader } from '../values/plain-reader.ts';
import type { FunctionReference } from '../values/reference.ts';
import type { WorkerInfo } from '../watch/events.ts';
import { WorkerTally } from '../watch/stats.ts';
import type { Assignment } from './assignment.ts';
import type { Call, Chunk } from './call.ts';
import { WorkerClock } from './worker-clock.ts';
import { type OutputOwner, type OutputStream, WorkerOutput } from './worker-output.ts';

/** The pool's side of what a worker does. */
export interface WorkerOwner extends OutputOwner<WorkerHandle> {
  onReady(worker: WorkerHandle): void;
  /** The initializer threw `error`; the end of the process follows. */
  onInitFailed(worker: WorkerHandle, error: unknown): void;
  onUnusable(worker: WorkerHandle, fn: number, error: unknown): void;
  onValue(worker: WorkerHandle, assignment: Assignment, body: ByteReader, timed: boolean): void;
  onNumbers(worker: WorkerHandle, assignment: Assignment, body: ByteReader): void;
  onFailure(worker: WorkerHandle, assignment: Assignment, body: ByteReader): void;
  /** At most one more result of the chunk comes. */
  onSums(worker: WorkerHandle, assignment: Assignment, body: ByteReader): void;
  /** A chunk is finished or dropped. */
  onFree(worker: WorkerHandle, call: Call): void;
  /** Called once, after everything that the worker said was handled. */
  onEnd(worker: WorkerHandle, exitCode: number | null, signal: NodeJS.Signals | null, error?: Error): void;
}

type Pipes = Readonly<Record<OutputStream, OutputPipe>>;

/** How a worker is started. */
export interface WorkerStart extends Pick<ForkOptions, 'env' | 'execArgv'> {
  /** Much output may come, and nobody minds when a line comes a little later than it could. */
  readonly expectsOutput: boolean;
}

/** How long to wait for what an ended worker wrote, in ms: processes that it left behind may hold its pipes open. */
const DRAIN_LIMIT = 1000;

export class WorkerHandle {
  readonly id: number;
  readonly name: string;
  readonly tally: WorkerTally;
  readonly clock: WorkerClock;
  readonly assigned: Assignment[] = [];
  /** Reads the results, which are one stream of values. */
  readonly values = new PlainReader();
  /** Functions that it was told. */
  readonly functions = new Set<number>();
  /** The function whose module it imports. */
  loading: number | undefined;
  state: WorkerInfo['state'] = 'starting';
  /** Call of the last chunk that it finished: it is known to be quick with the next one. */
  lastCall: Call | undefined;
  /** Tasks that it was given. */
  given = 0;
  rss: number | undefined;
  /** It gets no more chunks and ends after those that it has. */
  retiring = false;
  /** The pool ended it by force. */
  killed = false;
  /** Why it was killed: it used too much memory. */
  overMemory = false;
  initError: { readonly error: unknown } | undefined;
  ended = false;
  readonly #child: ChildProcess;
  readonly #channel: ParentChannel | undefined;
  readonly #output: readonly WorkerOutput[] = [];
  readonly #owner: WorkerOwner;
  #cleanup: NodeJS.Timeout | undefined;
  /** What `runningPosition` tells of an ended worker. */
  #lastItem: number | undefined;

  constructor(
    id: number,
    name: string,
    start: WorkerStart,
    init: Pick<InitMessage, 'parent' | 'initializer' | 'initArgs' | 'finalizer'>,
    owner: WorkerOwner,
  ) {
    this.id = id;
    this.name = name;
    this.tally = new WorkerTally(id);
    this.#owner = owner;
    this.clock = new WorkerClock(this);
    const startedAt = Date.now();
    const segment = usesSharedMemory() ? createSegment() : null;
    const pipes = start.expectsOutput ? openPipes() : null;
    const output: ChildOutput = pipes === null ? 'pipe' : [pipes.stdout.stdio, pipes.stderr.stdio];
    this.#child = fork({ ...start, output }, segment);
    this.tally.pid = this.pid;
    this.#child.once('error', (error) => {
      if (this.#child.pid === undefined) this.#end(null, null, error);
    });
    if (this.#child.pid === undefined) {
      if (segment !== null) closeSync(segment);
      pipes?.stdout.close();
      pipes?.stderr.close();
      return;
    }
    // No secret: user code must not happen to print it. (`node:crypto` would take 4 ms to load.)
    const outputToken = Math.random().toString(36).slice(2);
    this.#channel = new ParentChannel(
      this.#child.stdio,
      segment,
      (type, body) => this.#receive(type, body),
      () => this.kill(),
    );
    this.#output = this.#readOutput(pipes, outputToken);
    this.#child.once(
      'exit',
      (exitCode, signal) => void this.#drain().then(() => this.#end(exitCode, signal)),
    );
    const message: InitMessage = { name, outputToken, startedAt, family: familyFolder(), ...init };
    encode(message, this.#channel.open(TO_WORKER.init), () => 'init');
    this.#channel.send();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get info(): WorkerInfo {
    const { id, pid, name, state, rss } = this;
    return { id, pid, name, state, tasks: this.tally.tasks, rss };
  }

  send(chunk: Chunk, fn: number, reference: FunctionReference, flags: number): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    if (!this.functions.has(fn)) {
      this.functions.add(fn);
      const define = channel.open(TO_WORKER.define);
      define.u32(fn);
      encode(reference, define, () => 'function');
      channel.send();
    }
    const frame = channel.open(TO_WORKER.chunk, chunk.values.length + 64);
    frame.u32(chunk.id);
    frame.u32(chunk.call.id);
    frame.u32(fn);
    frame.u8(flags);
    frame.u32(chunk.from);
    frame.u32(chunk.to);
    frame.f64(chunk.firstIndex);
    frame.bytes(chunk.values);
    const toIdle = this.assigned.length === 0;
    const sentAt = performance.now();
    this.assigned.push({ chunk, position: chunk.from, begun: undefined, sentAt, toIdle, expired: undefined });
    this.given += chunk.to - chunk.from;
    this.tally.bytesIn += frame.length;
    this.state = 'working';
    channel.send();
  }

  /** Asks the running item of `call` to stop; its others are dropped. */
  abort(call: number): void {
    this.#channel?.open(TO_WORKER.abort).u32(call);
    this.#channel?.send();
  }

  /** Asks one item to stop. */
  ask(chunk: number, position: number): void {
    const frame = this.#channel?.open(TO_WORKER.ask);
    frame?.u32(chunk);
    frame?.u32(position);
    this.#channel?.send();
  }

  /** Ends the worker in good order after the chunks that it has. */
  retire(): void {
    if (this.retiring) return;
    this.retiring = true;
    if (this.assigned.length === 0) this.state = 'ending';
    this.#channel?.open(TO_WORKER.end);
    this.#channel?.send();
  }

  /** Takes in what the worker has reported, without waiting to be told; false when there was nothing. */
  poll(): boolean {
    return this.#channel?.poll() ?? false;
  }

  /** While `on`, somebody polls again and again. */
  set polled(on: boolean) {
    if (this.#channel !== undefined) this.#channel.polled = on;
  }

  get isShared(): boolean {
    return this.#channel?.isShared ?? false;
  }

  /** Position of the item that it had begun last in the chunk that it runs; undefined where it cannot tell. */
  get runningPosition(): number | undefined {
    const item = this.#lastItem ?? this.#channel?.item;
    return item === undefined ? undefined : item - 1;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.killed = true;
    this.#child.kill(signal);
  }

  ref(): void {
    this.#child.ref();
    this.#channel?.ref();
    for (const output of this.#output) output.ref();
  }

  unref(): void {
    this.#child.unref();
    this.#channel?.unref();
    for (const output of this.#output) output.unref();
  }

  #receive(type: number, body: ByteReader): void {
    const bytes = body.left + HEADER;
    this.tally.bytesOut += bytes;
    switch (type) {
      case FROM_WORKER.value:
      case FROM_WORKER.timedValue: {
        const assignment = this.assigned[0];
        if (assignment === undefined) return;
        this.#owner.onValue(this, assignment, body, type === FROM_WORKER.timedValue);
        if (this.clock.isRunning) this.clock.next();
        if (assignment.position >= assignment.chunk.to) this.#free();
        return;
      }
      case OWN.number: {
        const assignment = this.assigned[0];
        if (assignment === undefined) return;
        this.#owner.onNumbers(this, assignment, body);
        if (this.clock.isRunning) this.clock.next();
        if (assignment.position >= assignment.chunk.to) this.#free();
        return;
      }
      case FROM_WORKER.failure: {
        const assignment = this.assigned[0];
        if (assignment === undefined) return;
        this.#owner.onFailure(this, assignment, body);
        this.clock.next();
        if (assignment.position >= assignment.chunk.to) this.#free();
        return;
      }
      case FROM_WORKER.sums: {
        const assignment = this.#current(body.u32());
        if (assignment !== undefined) this.#owner.onSums(this, assignment, body);
        return;
      }
      case FROM_WORKER.ready:
        this.tally.startUp = body.f64();
        this.tally.initialising = body.f64();
        this.tally.readyAt = performance.now();
        this.state = 'waiting';
        this.#owner.onReady(this);
        return;
      case FROM_WORKER.failed:
        body.text();
        this.initError = { error: decode(body) };
        this.#owner.onInitFailed(this, this.initError.error);
        return;
      case FROM_WORKER.loading:
        this.loading = body.u32();
        return;
      case FROM_WORKER.unusable: {
        const fn = body.u32();
        body.text();
        this.loading = undefined;
        this.#owner.onUnusable(this, fn, decode(body));
        return;
      }
      case FROM_WORKER.begin:
        this.#begin(body.u32(), body.u8() === 1, body.f64());
        return;
      case FROM_WORKER.lossy: {
        const call = this.#current(body.u32())?.chunk.call;
        call?.options.tellLosses(decode(body) as Loss[]);
        return;
      }
      case FROM_WORKER.dropped:
        this.loading = undefined;
        if (this.#current(body.u32()) !== undefined) this.#free();
        return;
    }
  }

  #begin(chunk: number, exact: boolean, time: number): void {
    const assignment = this.#current(chunk);
    if (assignment === undefined) return;
    this.loading = undefined;
    assignment.begun = { exact };
    const now = performance.now();
    const transfer = Math.min(time - performance.timeOrigin, now) - assignment.sentAt;
    if (assignment.toIdle) this.tally.transferring += Math.max(0, transfer);
    this.clock.next();
  }

  /** Chunks run in order: only the first can be meant. */
  #current(chunk: number): Assignment | undefined {
    const first = this.assigned[0];
    return first?.chunk.id === chunk ? first : undefined;
  }

  #free(): void {
    const freed = this.assigned.shift();
    // Pieces of a chunk share their values.
    if (freed !== undefined && freed.position >= freed.chunk.to && freed.chunk.whole)
      recycle(freed.chunk.values);
    this.clock.next();
    if (this.assigned.length === 0) this.state = this.retiring ? 'ending' : 'waiting';
    // It works: from now on it can go the faster way.
    this.#channel?.offer();
    if (freed !== undefined) this.#owner.onFree(this, freed.chunk.call);
  }

  #readOutput(pipes: Pipes | null, token: string): WorkerOutput[] {
    return (['stdout', 'stderr'] as const).flatMap((stream) => {
      const pipe = pipes?.[stream];
      const source = this.#child[stream];
      if (pipe === undefined && source === null) return [];
      return new WorkerOutput(
        (onBytes) => pipe?.read(onBytes) ?? (source as Readable).on('data', onBytes),
        token,
        (batch) => this.#owner.onOutput(this, stream, batch),
        (bytes) => this.#owner.onText(stream, bytes),
      );
    });
  }

  /** Everything that was written is read, or the limit is over. */
  async #drain(): Promise<void> {
    const limit = new Promise<void>((resolve) => {
      // Where the loop was blocked for all that time, what is there is read in the rest of its turn.
      this.#cleanup = setTimeout(() => setImmediate(resolve), DRAIN_LIMIT);
    });
    const ends = [this.#channel?.drained, ...this.#output.map(({ closed }) => closed)];
    await Promise.race([Promise.all(ends), limit]);
    clearTimeout(this.#cleanup);
  }

  #end(exitCode: number | null, signal: NodeJS.Signals | null, error?: Error): void {
    if (this.ended) return;
    // It may not have been waited for to the end.
    this.#channel?.readRest();
    this.ended = true;
    this.state = 'ending';
    this.clock.stop();
    this.tally.endedAt = performance.now();
    this.#lastItem = this.#channel?.item;
    this.#channel?.close();
    for (const output of this.#output) output.end();
    this.#owner.onEnd(this, exitCode, signal, error);
  }
}

/** Null where the system has none to give. */
function openPipes(): Pipes | null {
  const stdout = OutputPipe.open();
  const stderr = stdout && OutputPipe.open();
  if (stdout && stderr) return { stdout, stderr };
  stdout?.close();
  return null;
}
