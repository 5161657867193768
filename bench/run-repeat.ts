/** Runs one repeat in a process of its own, with a limit, and leaves nothing of it behind. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RepeatAnswer, RepeatRequest } from './protocol.ts';
import { isPython } from './systems/registry.ts';

/** Output of a system that is kept, in characters: the answer is at its end. */
const KEPT_OUTPUT = 1_000_000;

/** Command of a process that measures in the language of the system. */
export const commandOf = (system: string, script: string): readonly [string, string[]] =>
  isPython(system) ? ['python3', [beside('./python/repeat.py')]] : [process.execPath, [beside(script)]];

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Groups of the repeats that run now. */
const running = new Set<number>();

/** Ends every repeat that runs now: they are in groups of their own, which Ctrl-C does not reach. */
export function endRepeats(): void {
  for (const pid of running) endGroup(pid);
}

/** Resolves always: a system that fails, dies or exceeds `limit` (ms) gives an error as its answer. */
export function runRepeat(request: RepeatRequest, limit: number): Promise<RepeatAnswer> {
  const [command, args] = commandOf(request.system, './repeat.js');
  // A group of its own: whatever the system has started is ended with it.
  const child = spawn(command, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  if (child.pid !== undefined) running.add(child.pid);
  let stdout = '';
  let stderr = '';
  let overTime = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-KEPT_OUTPUT);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2000);
  });
  // A process that ends before it has read its request is told by its answer.
  child.stdin.on('error', () => undefined).end(JSON.stringify(request));
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      overTime = true;
      endGroup(child.pid);
    }, limit);
    child.on('error', (error) => finish({ error: error.message }));
    child.on('exit', () => {
      // Workers that outlive the repeat would hold its output open.
      endGroup(child.pid);
    });
    child.on('close', (code, signal) => {
      const line = lastLine(stdout);
      if (overTime) finish({ error: `no answer within ${limit / 1000} s` });
      else if (line.startsWith('{"')) finish(JSON.parse(line) as RepeatAnswer);
      else
        finish({
          error: `ended without an answer (${signal ?? `exit code ${code}`}) ${lastLine(stderr)}`.trimEnd(),
        });
    });
    function finish(answer: RepeatAnswer): void {
      clearTimeout(timer);
      if (child.pid !== undefined) running.delete(child.pid);
      resolve(answer);
    }
  });
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: all of it has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
