/** Pages of this process that lie in shared memory, as a buffer. */
import { closeSync } from 'node:fs';
import { platform } from './current-platform.ts';

/** What belongs to a buffer, and is given back when the buffer is collected. */
interface Held {
  readonly address: number;
  readonly size: number;
  /** Descriptor of the memory; undefined when it is not needed any more. */
  fd: number | undefined;
}

const held = new WeakMap<ArrayBuffer, Held>();

/** Buffers are external memory: nobody else gives it back. */
const collected = new FinalizationRegistry(({ address, size, fd }: Held) => {
  platform().unmap(address, size);
  if (fd !== undefined) closeSync(fd);
});

/** Maps all `size` bytes of `fd`, which from now on belongs to the buffer. */
export function mapBuffer(fd: number, size: number): ArrayBuffer {
  const { map, view } = platform();
  let address: number;
  try {
    address = map(fd, size);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const buffer = view(address, size);
  // The memory of a buffer that was transferred away would be unmapped under its new owner.
  for (const method of ['transfer', 'transferToFixedLength'])
    Object.defineProperty(buffer, method, { value: refuseTransfer });
  const one = { address, size, fd };
  held.set(buffer, one);
  collected.register(buffer, one);
  return buffer;
}

/** The descriptor of a buffer that `mapBuffer` gave; undefined after `closeDescriptor`. */
export const descriptorOf = (buffer: ArrayBuffer): number | undefined => held.get(buffer)?.fd;

export function closeDescriptor(buffer: ArrayBuffer): void {
  const one = held.get(buffer);
  if (one?.fd === undefined) return;
  closeSync(one.fd);
  one.fd = undefined;
}

/** Lets go of the memory at once. Views that somebody still has see zeros, and what they write nobody sees. */
export function release(buffer: ArrayBuffer): void {
  const one = held.get(buffer);
  if (one === undefined) return;
  platform().blank(one.address, one.size);
  closeDescriptor(buffer);
}

function refuseTransfer(): never {
  throw new TypeError(
    'shared memory cannot be transferred: other processes have it too. Make a copy: `buffer.slice()`.',
  );
}
