import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { JobError } from '../../job/errors.ts';
import { helperThreads } from '../../node/helper-threads.ts';
import { sparingMemory } from '../../node/spare-memory.ts';
import type { LintMessage, LintReply, LintRequest } from './protocol.ts';

const MEGABYTE = 1024 * 1024;
/** Heap that the largest workspaces need, in MB; a machine with little memory gives three quarters of what it has. */
const MAX_HEAP = 4096;
/**
 * Space for new objects, in MB: with 8 it takes 12 MB less and 4 % more CPU time. Up to the second size old ones are not collected:
 * nearly all are in use until the end.
 */
const SPACES = ['--max-semi-space-size=16', '--initial-heap-size=250'];
const NO_ANALYSIS = 3;

/** The program of the analysis process: beside this command, or its source while developing. */
export function hostFile(): string {
  const built = fileURLToPath(new URL('lint.js', import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL('host.ts', import.meta.url));
}

/**
 * Has the analysis process answer a request. It ends with this one, and at once when `signal` is aborted.
 * @throws {JobError} `ERR_MANYCORE_ANALYSIS` when it ends without an answer
 */
export async function askHost(request: LintRequest, signal?: AbortSignal): Promise<LintReply> {
  const child = fork(hostFile(), [], {
    env: sparingMemory(process.env),
    execArgv: [helperThreads(), ...process.execArgv, ...SPACES, ...heapLimit()],
    // What it prints is no answer: the stdout of this process may carry a protocol.
    stdio: ['ignore', 2, 2, 'ipc'],
    ...(signal && { signal, killSignal: 'SIGKILL' as const }),
  });
  const message = await answerOf(child, request);
  if ('reply' in message) return message.reply;
  const { message: text, stack } = message.error;
  throw new JobError('ERR_MANYCORE_ANALYSIS', `The analysis failed: ${stack ?? text}`, {
    exitCode: NO_ANALYSIS,
  });
}

function answerOf(child: ChildProcess, request: LintRequest): Promise<LintMessage> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(
        new JobError(
          'ERR_MANYCORE_ANALYSIS',
          `The analysis process ended by ${signal ?? `exit code ${code}`}.`,
          {
            hint: 'Where memory was short, give it more: NODE_OPTIONS=--max-old-space-size=8192.',
            exitCode: NO_ANALYSIS,
          },
        ),
      );
    });
    child.send(request);
  });
}

function heapLimit(): string[] {
  if (/--max[-_]old[-_]space[-_]size/.test(process.env['NODE_OPTIONS'] ?? '')) return [];
  const available = process.constrainedMemory?.() || totalmem();
  const limit = Math.min(MAX_HEAP, Math.floor((Math.min(available, totalmem()) * 0.75) / MEGABYTE));
  return [`--max-old-space-size=${limit}`];
}
