import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { JobError } from '../job/errors.ts';

/** Tells the second process why it is the one that runs. */
const REASON = 'MANYCORE_NODE_REASON';

/** Why this Node runs the command, for the header. */
export function nodeReason(): string {
  return process.env[REASON] ?? 'the Node that started this command';
}

/**
 * Whether `--node` names another Node than the one that runs this. Throws a `JobError` when there is no such file.
 * A process that was started for its sake is the right one even when `node` is a script that starts the real Node.
 */
export function needsOtherNode(node: string): boolean {
  if (process.env[REASON] !== undefined) return false;
  try {
    return realpathSync(node) !== realpathSync(process.execPath);
  } catch (error) {
    throw new JobError('ERR_MANYCORE_NODE', `--node ${node}: there is no such program`, {
      hint: 'Give the path of a Node executable of version 20.19 or later.',
      cause: error,
    });
  }
}

/** Runs the same command line under `node` and gives its exit code. Signals to this process reach it too. */
export function runUnder(node: string): Promise<number> {
  const [, script = '', ...args] = process.argv;
  const child = spawn(node, [...process.execArgv, script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, [REASON]: `as asked for with --node ${node}` },
  });
  // Ctrl-C reaches both processes from the terminal; this one waits for the other to end in good order.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(new JobError('ERR_MANYCORE_NODE', `--node ${node} cannot be started: ${error.message}`)),
    );
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
