import { errors } from '../errors.ts';

/**
 * What the commands about a run take from a tree, a keybinding, a task or another extension. Who names what is asked for
 * otherwise is asked nothing.
 */
export interface RunArgument {
  /** Folder of the run. */
  readonly runDir: string;
  /** To compare with. */
  readonly with?: string;
  /** How many items are verified; default: all. */
  readonly items?: number | 'all';
  /** Where a copy is exported to. */
  readonly to?: string;
  /** Delete without a question. */
  readonly confirmed?: boolean;
}

const kinds: Readonly<Record<keyof RunArgument, (value: unknown) => boolean>> = {
  runDir: (value) => typeof value === 'string' && value !== '',
  with: (value) => typeof value === 'string' && value !== '',
  items: (value) => value === 'all' || (Number.isSafeInteger(value) && (value as number) >= 1),
  to: (value) => typeof value === 'string' && value !== '',
  confirmed: (value) => typeof value === 'boolean',
};

/**
 * An argument from outside, checked; undefined for none.
 * @throws {EditorError} `ERR_MANYCORE_USAGE`
 */
export function toRunArgument(command: string, value: unknown): RunArgument | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || !('runDir' in value)) {
    throw errors.badRunArgument(command, 'runDir', value);
  }
  // A tree's own rows carry more than an argument has: only what is known is taken.
  for (const [name, fits] of Object.entries(kinds)) {
    const each: unknown = (value as Record<string, unknown>)[name];
    if (each !== undefined && !fits(each)) throw errors.badRunArgument(command, name, each);
  }
  return value as RunArgument;
}
