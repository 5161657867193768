/**
 * The way between a parent and one child: frames in order, both directions. Nobody above knows what carries them.
 *
 * Here: two sockets that exist from the child's start (pipes of `spawn`; socket pairs on Unix), no IPC of Node:
 *
 *   parent ── fd 3 ──> child    read by the child's event loop
 *   parent <── fd 4 ── child    written by the child with blocking writes
 *
 * A blocking write is in the kernel when it returns: whatever the child does next, exit or crash, what it said is not lost,
 * and a parent that is slow slows its children down instead of filling their memory.
 */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { type Frame, FrameSplitter } from './frame.ts';

export const FROM_PARENT_FD = 3;
export const TO_PARENT_FD = 4;
/** `stdio` of `spawn` for a child at the other end: no input, output to be read, and the two ways of the channel. */
export const CHANNEL_STDIO: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'];

/** The parent's end. */
export interface ParentChannel {
  send(frame: Buffer): void;
  /** Resolves when everything that the child ever sent has been handled. */
  readonly drained: Promise<void>;
  ref(): void;
  unref(): void;
  close(): void;
}

export function parentChannel(
  stdio: readonly unknown[],
  onFrame: (frame: Frame) => void,
  onBroken: (error: Error) => void,
): ParentChannel {
  const to = stdio[FROM_PARENT_FD] as Socket & Writable;
  const from = stdio[TO_PARENT_FD] as Socket & Readable;
  const splitter = new FrameSplitter(onFrame);
  from.on('data', (chunk: Buffer) => {
    try {
      splitter.push(chunk);
    } catch (error) {
      from.destroy();
      onBroken(error as Error);
    }
  });
  // A child that is gone breaks the pipe: its 'exit' event tells more than EPIPE or ECONNRESET does.
  to.on('error', () => {});
  from.on('error', () => {});
  const drained = new Promise<void>((resolve) => {
    from.once('close', resolve);
  });
  return {
    send(frame) {
      if (to.writable) to.write(frame);
    },
    drained,
    ref() {
      to.ref();
      from.ref();
    },
    unref() {
      to.unref();
      from.unref();
    },
    close() {
      to.destroy();
      from.destroy();
    },
  };
}

/** The child's end. */
export interface ChildChannel {
  /** Writes the frame before it returns. Ends the process when the parent is gone. */
  send(frame: Buffer): void;
}

/** Opens the child's end. `onEnd` is called once when the parent closed its end or is gone. */
export function childChannel(onFrame: (frame: Frame) => void, onEnd: () => void): ChildChannel {
  const from = new Socket({ fd: FROM_PARENT_FD, readable: true, writable: false });
  const splitter = new FrameSplitter(onFrame);
  from.on('data', (chunk: Buffer) => splitter.push(chunk));
  from.on('error', onEnd);
  from.on('end', onEnd);
  return {
    send(frame) {
      try {
        writeAll(frame);
      } catch {
        onEnd();
      }
    },
  };
}

const pause = new Int32Array(new SharedArrayBuffer(4));

function writeAll(frame: Buffer): void {
  for (let offset = 0; offset < frame.length; ) {
    try {
      offset += writeSync(TO_PARENT_FD, frame, offset);
    } catch (error) {
      // Only where user code made the descriptor non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
