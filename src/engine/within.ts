import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for `promise`, `ms` at most: a server may be away for good. True when it was fulfilled. */
export async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(ms, false, { signal: over.signal }).catch(() => false);
  const settled = promise.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    over.abort();
  }
}
