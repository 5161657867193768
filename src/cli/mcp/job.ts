import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunCommand, RunConfig, RunEvent, RunProgress } from '../../protocol/run.ts';
import type { EndedRun } from '../../report/tool-text.ts';

/** Time in ms that a run gets to end when it is asked to: more than its workers get. */
const STOP_GRACE = 10_000;
const NO_WORKERS = 3;

export interface JobOptions {
  /** Aborted: the run is stopped, running items get a moment to end, and what is done is kept. */
  readonly cancelled: AbortSignal;
  /** Aborted: nobody is there any more, so everything ends at once. */
  readonly gone: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
}

/**
 * Runs a job in a process of its own: what user code does there, prints or breaks does not touch the protocol. Resolves
 * when that process has ended, and never rejects.
 */
export function runJob(config: RunConfig, { cancelled, gone, onProgress }: JobOptions): Promise<EndedRun> {
  // Its stdout is thrown away: that of this process carries the protocol.
  const child = fork(hostFile(), [], { cwd: config.cwd, stdio: ['ignore', 'ignore', 2, 'ipc'] });
  const send = (command: RunCommand): void => {
    // A process that is gone takes no command; its end is reported by `exit`.
    if (child.connected) child.send(command, () => undefined);
  };
  send({ type: 'run', config });
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    send({ type: 'stop' });
    timer ??= setTimeout(() => child.kill('SIGKILL'), STOP_GRACE);
  };
  const stopAtOnce = (): void => {
    stop();
    stop();
  };
  const undo = [onAbort(cancelled, stop), onAbort(gone, stopAtOnce)];
  return outcomeOf(child, onProgress).finally(() => {
    clearTimeout(timer);
    for (const remove of undo) remove();
  });
}

/** The program of the job host: beside this command, or its source while developing. */
function hostFile(): string {
  const built = fileURLToPath(new URL('job-host.js', import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL('../../job/host.ts', import.meta.url));
}

function outcomeOf(child: ChildProcess, onProgress: (progress: RunProgress) => void): Promise<EndedRun> {
  return new Promise((resolve) => {
    let runDir: string | null = null;
    let ended: EndedRun | null = null;
    child.on('message', (message) => {
      const event = message as RunEvent;
      if (event.type === 'started') runDir = event.header.runDir;
      if (event.type === 'progress') onProgress(event.progress);
      if (event.type === 'finished')
        ended = { exitCode: event.exitCode, summary: event.summary, failure: null, runDir };
      if (event.type === 'failed')
        ended = { exitCode: event.exitCode, summary: null, failure: event.failure, runDir };
    });
    const died = (how: string): EndedRun => {
      const failure = { code: 'ERR_MANYCORE_JOB_HOST_DIED', message: `The process of the run ${how}.` };
      return { exitCode: NO_WORKERS, summary: null, failure, runDir };
    };
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(died(`could not be started: ${error.message}`));
    });
    child.once('exit', (code, signal) => resolve(ended ?? died(`ended by ${signal ?? `exit code ${code}`}`)));
  });
}

/** Calls back once, also where the signal is aborted already; gives what undoes it. */
function onAbort(signal: AbortSignal, then: () => void): () => void {
  if (signal.aborted) then();
  else signal.addEventListener('abort', then, { once: true });
  return () => signal.removeEventListener('abort', then);
}
