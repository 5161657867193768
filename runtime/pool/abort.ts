/** Many calls may share one signal: each signal gets one listener of the library, and no warning about a leak. */

const listening = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `then` when `signal` fires, until the function that is returned is called. */
export function onAbort(signal: AbortSignal | undefined, then: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => {};
  const waiting = listening.get(signal) ?? listen(signal);
  waiting.add(then);
  return () => {
    if (waiting.delete(then) && waiting.size === 0) unlisten(signal);
  };
}

function listen(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  listening.set(signal, waiting);
  signal.addEventListener('abort', fire, { once: true });
  return waiting;
}

function unlisten(signal: AbortSignal): void {
  listening.delete(signal);
  signal.removeEventListener('abort', fire);
}

function fire({ target }: Event): void {
  const signal = target as AbortSignal;
  const waiting = [...(listening.get(signal) ?? [])];
  unlisten(signal);
  for (const then of waiting) then();
}
