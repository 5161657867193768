/**
 * The way between a parent and one child: frames in order, both directions. Nobody above knows what carries them.
 *
 * From the child's start there are two sockets (pipes of `spawn`; socket pairs on Unix), no IPC of Node:
 *
 *   parent ── fd 3 ──> child    read by the child's event loop
 *   parent <── fd 4 ── child    written by the child with blocking writes
 *
 * Where memory can be shared (`segment.ts`), frames move to rings in it once the child has shown that it works:
 *
 *   parent: maps, sends `offer`
 *   child:  maps, sends `toRing` as its last frame on the socket, writes to its ring from then on
 *   parent: reads that ring, sends `toRing` as its last frame on the socket, writes to its ring
 *   child:  reads that ring
 *
 * After it the sockets carry `wake` frames for a side that sleeps, and tell by their end that the other side is gone. Where
 * memory cannot be shared nothing of this happens: all frames stay on the sockets.
 */
import type { StdioOptions } from 'node:child_process';
import { OWN } from './frame.ts';

export const FROM_PARENT_FD = 3;
export const TO_PARENT_FD = 4;

/** Where the output of a child goes: to be read by its parent, to the output of the parent, or each to a descriptor. */
export type ChildOutput = 'pipe' | 'inherit' | readonly [stdout: number, stderr: number];

/** `stdio` of `spawn` for a child at the other end: no input, its output, the two ways, and the segment if there is one. */
export const channelStdio = (output: ChildOutput, segment: number | null): StdioOptions => [
  'ignore',
  ...(typeof output === 'string' ? [output, output] : output),
  'pipe',
  'pipe',
  ...(segment === null ? [] : [segment]),
];

/** A frame without a body. */
export const bareFrame = (type: number): Buffer => Buffer.of(1, 0, 0, 0, type);
export const WAKE: Buffer = bareFrame(OWN.wake);
