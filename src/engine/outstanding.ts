import type { ChunkItems } from './chunk-input.ts';
import { ALONE } from './engine.ts';

/** A chunk that is out. */
export interface OutChunk extends ChunkItems {
  readonly id: string;
  /** ms since the epoch. */
  readonly sent: number;
  /** Hosts that it ended while it ran alone; null for one that runs beside others. */
  readonly tries: number | null;
  /** The same items a second time, because the first take long. */
  twin?: string;
}

/** The chunks of a run that are with the engine. */
export class Outstanding {
  readonly #chunks = new Map<string, OutChunk>();
  /** Chunks whose items came back in others. */
  readonly #needless: string[] = [];
  #count = 0;

  get size(): number {
    return this.#chunks.size;
  }

  /** Chunks so far, those that came back among them. */
  get count(): number {
    return this.#count;
  }

  /** `time`: ms since the epoch. */
  sentBefore(time: number): string[] {
    return [...this.#chunks.values()].filter(({ sent }) => sent <= time).map(({ id }) => id);
  }

  /** Those that run beside others. */
  get beside(): OutChunk[] {
    return [...this.#chunks.values()].filter(({ tries }) => tries === null);
  }

  /** Notes a chunk that is about to be sent. */
  add({ indices, items }: ChunkItems, tries: number | null = null): OutChunk {
    const id = `${tries === null ? '' : ALONE}c${this.#count++}`;
    const chunk = { id, indices, items, sent: Date.now(), tries };
    this.#chunks.set(id, chunk);
    return chunk;
  }

  /** The same chunk a second time: the first of both that comes back counts. */
  twin(chunk: OutChunk): OutChunk {
    const twin = this.add(chunk);
    chunk.twin = twin.id;
    twin.twin = chunk.id;
    return twin;
  }

  get(id: string): OutChunk | undefined {
    return this.#chunks.get(id);
  }

  /** It came back, and is not waited for any more, nor its twin. Undefined when it was not waited for. */
  done(id: string): OutChunk | undefined {
    const chunk = this.#chunks.get(id);
    this.#chunks.delete(id);
    if (chunk?.twin !== undefined && this.#chunks.delete(chunk.twin)) this.#needless.push(chunk.twin);
    return chunk;
  }

  /** No host could finish it. Undefined when it was not waited for, or its items are still with its twin. */
  undone(id: string): OutChunk | undefined {
    const chunk = this.#chunks.get(id);
    this.#chunks.delete(id);
    return chunk?.twin !== undefined && this.#chunks.has(chunk.twin) ? undefined : chunk;
  }

  /** Takes out those of which nothing is wanted any more. */
  drop(isWanted: (item: unknown) => boolean): OutChunk[] {
    const dropped = [...this.#chunks.values()].filter(({ items }) => !items.some(isWanted));
    for (const { id } of dropped) this.#chunks.delete(id);
    return dropped;
  }

  /** Chunks that the engine can forget; each is told once. */
  takeNeedless(): string[] {
    return this.#needless.splice(0);
  }
}
