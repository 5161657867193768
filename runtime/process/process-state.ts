/** What a `Process` knows of itself, in the process that started it and in the one that it is. */
import type { ProcessHandle } from './process-handle.ts';

/**
 * A property under this key, not a private field: in the child the instance is made without its constructor, by a bootstrap that
 * may be of another copy of the library than the class.
 */
export const STATE: unique symbol = Symbol.for('manycore.process') as never;

export interface ProcessState {
  readonly name: string;
  readonly daemon: boolean;
  readonly target: ((...args: never[]) => unknown) | undefined;
  readonly args: readonly unknown[];
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly execArgv: readonly string[] | undefined;
  /** Numbers of the generations: 'Process-2:1' has 2 and 1. */
  readonly numbers: readonly number[];
  /** `self`: the instance in the child. */
  phase: 'new' | 'started' | 'closed' | 'self';
  handle: ProcessHandle | undefined;
}

/** Not enumerable: the fields that travel are the user's. */
export function giveState(instance: object, state: ProcessState): void {
  Object.defineProperty(instance, STATE, { value: state });
}
