import { platform } from '../memory/current-platform.ts';
import { ShareableList } from '../memory/list.ts';
import type { ShareableItem } from '../memory/list-layout.ts';
import { SharedMemory } from '../memory/shared-memory.ts';
import { remove } from './held/segments.ts';
import { Manager, type ManagerOptions } from './manager.ts';
import { Remote } from './remote.ts';

/**
 * Makes segments and removes them all at `shutdown()`. Disposing it is `shutdown()`.
 *
 * ```ts
 * await using memory = await SharedMemoryManager.start();
 * const segment = await memory.sharedMemory(1024); // crosses to any process
 * ```
 */
export class SharedMemoryManager implements AsyncDisposable {
  readonly #manager: Manager;
  readonly #segments: RemoteSegments;
  /** Names of all that were made. */
  readonly #names: string[] = [];

  /** Starts the process that owns the segments. Rejects with `SharedMemoryUnavailableError`. */
  static async start(options?: ManagerOptions): Promise<SharedMemoryManager> {
    platform();
    return new SharedMemoryManager(await Manager.start(options));
  }

  /** Made by the runtime only. */
  private constructor(manager: Manager) {
    this.#manager = manager;
    this.#segments = new RemoteSegments(manager.segments());
  }

  /** A new segment of `size` bytes. Rejects with RangeError for a size below 1, `EOFError` after `shutdown()`. */
  async sharedMemory(size: number): Promise<SharedMemory> {
    return new SharedMemory({ name: this.#note(await this.#segments.memory(size)) });
  }

  /** A new shareable list. Rejects with TypeError for other values, `EOFError` after `shutdown()`. */
  async shareableList(values: Iterable<ShareableItem>): Promise<ShareableList> {
    return new ShareableList(undefined, { name: this.#note(await this.#segments.list([...values])) });
  }

  /** Unlinks every segment that it made and ends its process. Who has one open may use it until it is closed there. */
  async shutdown(): Promise<void> {
    // Of a process that was killed, the segments are unlinked here.
    const left = await this.#segments.unlink().then(
      () => [],
      () => this.#names,
    );
    for (const name of left.splice(0)) unlink(name);
    await this.#manager.shutdown();
  }

  /** `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #note(name: string): string {
    this.#names.push(name);
    return name;
  }
}

/** The segments in the manager's process. */
class RemoteSegments extends Remote {
  async memory(size: number): Promise<string> {
    return this.step('memory', { size });
  }

  async list(values: readonly ShareableItem[]): Promise<string> {
    return this.step('list', { values });
  }

  async unlink(): Promise<void> {
    return this.step('unlink');
  }
}

function unlink(name: string): void {
  let segment: SharedMemory;
  try {
    segment = new SharedMemory({ name });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  remove(segment);
}
