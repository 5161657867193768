/** What processes use, as the system tells it; Linux only, other systems tell nothing here. */
import { readFileSync } from 'node:fs';

export interface Usage {
  /** Resident set size in bytes. */
  readonly rss: number;
  /** CPU time so far in ms. */
  readonly cpu: number;
}

/** Ticks a second of /proc: 100 on every Linux that Node runs on. */
const TICK_MS = 10;
const PAGE = 4096;

/** Undefined when the process has ended, also where its parent has still to hear of it, or the system does not tell (yet). */
export function usageOf(pid: number): Usage | undefined {
  if (process.platform !== 'linux' || pid === 0) return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the command, in parentheses, may hold anything; the fields behind it are numbers.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const rss = Number(fields[21]) * PAGE;
    // What has ended has no memory, and of what has only begun its first pages are not counted yet.
    if (rss === 0) return undefined;
    return { rss, cpu: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
  } catch {
    return undefined;
  }
}
