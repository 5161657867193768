/**
 * Shared pages without a name of their own. Until they are sent, only this process knows them, by a descriptor: the kernel frees
 * them when their buffer is collected, or with the process, however that ends. When they are sent first, they get a file in the
 * folder of the family, and stay until the family ends: nobody can tell whether what was sent has arrived everywhere.
 *
 * A buffer over such pages, and every view of it, crosses as a reference, and arrives as the same pages. In one process, all
 * that arrives of them lies in one buffer.
 */
import { ManycoreError } from '../errors.ts';
import { registerBuffers } from '../values/classes.ts';
import { bytesKindOf, bytesKinds } from '../values/plain-format.ts';
import { platform } from './current-platform.ts';
import { placeInFamily } from './family-folder.ts';
import { handleOf, keepHandle, mapBuffer } from './mapping.ts';
import { attachNamed, isNamed } from './named.ts';

/** What crosses: `kind` is a number of `bytesKinds`. */
export type Reference = readonly [path: string, kind: number, offset: number, length: number];

/** Files of the buffers of this process. */
const paths = new WeakMap<ArrayBuffer, string>();
/** The other way round. */
const buffers = new Map<string, WeakRef<ArrayBuffer>>();
const collected = new FinalizationRegistry((path: string) => {
  if (buffers.get(path)?.deref() === undefined) buffers.delete(path);
});

/** New pages, all zero. @throws {SharedMemoryUnavailableError} and the system's error, when there is no room. */
export function newPages(size: number): ArrayBuffer {
  const buffer = mapBuffer(platform().create(size, placeInFamily), size);
  shareBuffer(buffer);
  return buffer;
}

/** Lets views of a buffer cross whose memory has a name already. */
export function nameBuffer(buffer: ArrayBuffer, path: string): void {
  keepPath(buffer, path);
  shareBuffer(buffer);
}

/** Forgets such a buffer: it is not there any more. */
export function forgetBuffer(buffer: ArrayBuffer, path: string): void {
  if (buffers.get(path)?.deref() === buffer) buffers.delete(path);
  paths.delete(buffer);
}

const shareBuffer = registerBuffers<Reference>(import.meta.url, 'pages', {
  toPlain: referenceTo,
  fromPlain: atReference,
});

/** What crosses of a buffer or of a view of it. */
export function referenceTo(value: ArrayBuffer | ArrayBufferView): Reference {
  const buffer = ArrayBuffer.isView(value) ? (value.buffer as ArrayBuffer) : value;
  const path = paths.get(buffer) ?? link(buffer);
  const [offset, length] = ArrayBuffer.isView(value)
    ? [value.byteOffset, value.byteLength]
    : [0, value.byteLength];
  return [path, kindOf(value), offset, length];
}

/** The other way round. */
export function atReference([path, kind, offset, length]: Reference): ArrayBuffer | ArrayBufferView {
  const buffer = buffers.get(path)?.deref() ?? attach(path);
  return bytesKinds[kind]?.within(buffer, offset, length) as ArrayBuffer | ArrayBufferView;
}

function link(buffer: ArrayBuffer): string {
  const handle = handleOf(buffer);
  if (handle === undefined) throw new ManycoreError('shared memory that was closed cannot be sent');
  const path = platform().name(handle, placeInFamily);
  keepHandle(buffer);
  keepPath(buffer, path);
  return path;
}

function keepPath(buffer: ArrayBuffer, path: string): void {
  paths.set(buffer, path);
  if (buffers.get(path)?.deref() !== undefined) return;
  buffers.set(path, new WeakRef(buffer));
  collected.register(buffer, path);
}

function attach(path: string): ArrayBuffer {
  const buffer = isNamed(path) ? attachNamed(path).buffer : mapFile(path);
  nameBuffer(buffer, path);
  return buffer;
}

function mapFile(path: string): ArrayBuffer {
  const { handle, size } = platform().open(path, false);
  const buffer = mapBuffer(handle, size);
  keepHandle(buffer);
  return buffer;
}

/** Subclasses arrive as the class that they extend. */
function kindOf(value: object): number {
  for (let at: object | null = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    const kind = bytesKindOf.get(at);
    if (kind !== undefined) return kind;
  }
  throw new ManycoreError(`a ${value.constructor.name} over shared memory cannot be sent`);
}

/** The file of a buffer, which gets one if it has none: by it another process finds the same pages. */
export const pathOfBuffer = (buffer: ArrayBuffer): string => paths.get(buffer) ?? link(buffer);

/** The pages of a file, as one buffer in this process. */
export const bufferOfPath = (path: string): ArrayBuffer => buffers.get(path)?.deref() ?? attach(path);
