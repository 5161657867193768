/** Collects the warnings that this process gives while `body` runs. */
export async function warningsOf(body: () => Promise<void>): Promise<(Error & { code?: string })[]> {
  const warnings: (Error & { code?: string })[] = [];
  const others = process.listeners('warning');
  const collect = (warning: Error) => void warnings.push(warning);
  process.removeAllListeners('warning'); // Node's own prints them.
  process.on('warning', collect);
  try {
    await body();
    await new Promise((resolve) => setImmediate(resolve)); // They are given in the next tick.
  } finally {
    process.off('warning', collect);
    for (const other of others) process.on('warning', other);
  }
  return warnings;
}
