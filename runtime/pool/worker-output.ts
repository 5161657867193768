/** One output of a worker, as its pool reads it. */
import type { Readable } from 'node:stream';
import { type OutputBatch, OutputLines } from '../watch/output-lines.ts';

export type OutputStream = 'stdout' | 'stderr';

/** Who gets what workers write. */
export interface OutputOwner<Worker> {
  onOutput(worker: Worker, stream: OutputStream, batch: OutputBatch): void;
  /** The same as it came, before it is cut into lines. */
  onText(stream: OutputStream, bytes: Buffer): void;
}

type OutputSource = Readable & { ref?(): void; unref?(): void };

export class WorkerOutput {
  readonly #source: OutputSource;
  readonly #lines: OutputLines;
  /** Resolves when nobody can write to it any more and everything was handled. */
  readonly closed: Promise<void>;

  /** `read` begins to read. `onText` and `onLines` as in `OutputLines`. */
  constructor(
    read: (onBytes: (bytes: Buffer) => void) => OutputSource,
    token: string,
    onLines: (batch: OutputBatch) => void,
    onText: (bytes: Buffer) => void,
  ) {
    this.#lines = new OutputLines(token, onLines, onText);
    this.#source = read((bytes) => this.#lines.push(bytes));
    this.#source.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.#source.once('close', () => {
        this.#lines.end();
        resolve();
      });
    });
  }

  ref(): void {
    this.#source.ref?.();
  }

  unref(): void {
    this.#source.unref?.();
  }

  /** No more is read: what came so far was all. */
  end(): void {
    this.#source.destroy();
    this.#lines.end();
  }
}
