/** Pages of this process that lie in shared memory, as a buffer. */
import { platform } from './current-platform.ts';

/** What belongs to a buffer, and is given back when the buffer is collected. */
interface Held {
  readonly address: number;
  readonly size: number;
  /** Handle of the memory; undefined when it is not needed any more. */
  handle: number | undefined;
}

const held = new WeakMap<ArrayBuffer, Held>();

/** Buffers are external memory: nobody else gives it back. */
const collected = new FinalizationRegistry(({ address, size, handle }: Held) => {
  const { unmap, close } = platform();
  unmap(address, size);
  if (handle !== undefined) close(handle);
});

/** Maps all `size` bytes of `handle`, which from now on belongs to the buffer. */
export function mapBuffer(handle: number, size: number): ArrayBuffer {
  const { map, view, close } = platform();
  let address: number;
  try {
    address = map(handle, size);
  } catch (error) {
    close(handle);
    throw error;
  }
  const buffer = view(address, size);
  // The memory of a buffer that was transferred away would be unmapped under its new owner.
  for (const method of ['transfer', 'transferToFixedLength'])
    Object.defineProperty(buffer, method, { value: refuseTransfer });
  const one = { address, size, handle };
  held.set(buffer, one);
  collected.register(buffer, one);
  return buffer;
}

/** The handle of a buffer that `mapBuffer` gave; undefined after `keepHandle`. */
export const handleOf = (buffer: ArrayBuffer): number | undefined => held.get(buffer)?.handle;

/** The buffer does not need its handle any more: others find the memory by its path. */
export const keepHandle = (buffer: ArrayBuffer): void => letGo(buffer, platform().keep);

function letGo(buffer: ArrayBuffer, how: (handle: number) => void): void {
  const one = held.get(buffer);
  if (one?.handle === undefined) return;
  how(one.handle);
  one.handle = undefined;
}

/** Lets go of the memory at once. Views that somebody still has see zeros, and what they write nobody sees. */
export function release(buffer: ArrayBuffer): void {
  const one = held.get(buffer);
  if (one === undefined) return;
  const { blank, close } = platform();
  blank(one.address, one.size);
  letGo(buffer, close);
}

function refuseTransfer(): never {
  throw new TypeError(
    'shared memory cannot be transferred: other processes have it too. Make a copy: `buffer.slice()`.',
  );
}
