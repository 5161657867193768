/** Calls what the user gave to be called. What it throws becomes a process warning: nothing of the library depends on it. */
export function callBack(what: string, body: () => unknown): void {
  try {
    const result = body();
    if (result instanceof Promise) result.catch((error: unknown) => warn(what, error));
  } catch (error) {
    warn(what, error);
  }
}

function warn(what: string, error: unknown): void {
  process.emitWarning(`${what} threw ${String(error)}`, {
    type: 'ManycoreWarning',
    code: 'MANYCORE_CALLBACK',
    ...(error instanceof Error && error.stack !== undefined ? { detail: error.stack } : {}),
  });
}
