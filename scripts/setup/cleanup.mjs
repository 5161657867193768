/** What has to be undone however the process ends: processes outside of its group, temporary folders. */
const cleanups = new Set();

/**
 * Registers work for the end of this process: a return, an exception, Ctrl-C or a polite kill.
 * @param {() => void} cleanup synchronous, and harmless when there is nothing to undo any more
 * @returns {() => void} takes it back, when it has been done in another way
 */
export function atEnd(cleanup) {
  if (cleanups.size === 0) listen();
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) unlisten();
  };
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const onSignal = (signal) => process.exit(process.exitCode ?? 128 + signals[signal]);

function listen() {
  process.on('exit', runAll);
  for (const signal of Object.keys(signals)) process.on(signal, onSignal);
}

function unlisten() {
  process.off('exit', runAll);
  for (const signal of Object.keys(signals)) process.off(signal, onSignal);
}

/** The last thing opened goes first. */
function runAll() {
  for (const cleanup of [...cleanups].reverse()) {
    try {
      cleanup();
    } catch (error) {
      console.error(error); // The others are to be undone all the same.
    }
  }
}
