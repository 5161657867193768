import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../job/errors.ts';
import type { RunExitCode } from '../protocol/run.ts';
import { failureLines } from './display.ts';
import { paintFor } from './paint.ts';

/** Options of `manycore worker` as commander gives them. */
export interface WorkerOptions {
  readonly engine: string;
  readonly workers?: number;
  readonly trust: readonly string[];
}

/** Set in the process that takes part. */
const GUARDED = 'MANYCORE_WORKER_GUARDED';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Time in ms before a process that was killed is replaced. */
const PAUSE = 1000;

/**
 * `manycore worker`: until a signal. Gives the exit code; what is wrong is told on the way. The process that takes part is a child
 * of this one, which replaces it when something kills it: an item may kill the parent of its worker.
 */
export async function workerCommand(options: WorkerOptions): Promise<RunExitCode | number> {
  return process.env[GUARDED] === undefined ? guard() : takePart(options);
}

async function guard(): Promise<number> {
  let leaving = false;
  let tell = (): void => {};
  for (const signal of SIGNALS)
    process.on(signal, () => {
      leaving = true;
      tell();
    });
  for (;;) {
    const child = fork(process.argv[1] as string, process.argv.slice(2), {
      env: { ...process.env, [GUARDED]: '1' },
    });
    tell = () => {
      if (child.connected) child.send('leave');
    };
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('exit', (...how) => resolve(how)).once('error', reject);
    });
    if (signal === null) return code ?? 1;
    if (leaving) return 130;
    process.stderr.write(`The host was ended by ${signal}: it is started again\n`);
    await sleep(PAUSE);
    if (leaving) return 0;
  }
}

async function takePart(options: WorkerOptions): Promise<RunExitCode> {
  delete process.env[GUARDED];
  try {
    const leaving = new AbortController();
    let count = 0;
    const leave = (): void => {
      if (++count > 1) process.exit(130);
      leaving.abort();
    };
    process.on('message', leave);
    // Nobody is left who would tell it to leave: its chunks go to other hosts.
    process.on('disconnect', () => process.exit(1));
    // Those of a terminal come to the parent too, which tells of them.
    for (const signal of SIGNALS) process.on(signal, () => {});
    const { BullEngine } = await import('../engine/bull-engine.ts');
    const { Host } = await import('../engine/host.ts');
    await using engine = await BullEngine.open(options.engine);
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    for (const warning of engine.warnings) process.stderr.write(`${warning}\n`);
    const workers = options.workers ?? availableParallelism();
    const host = new Host({ engine, workers, trust: options.trust, cwd: process.cwd(), say });
    say(`${host.name}: waiting for runs, ${workers} workers, Node ${process.version}. Ctrl-C leaves.`);
    await host.serve(leaving.signal);
    return 0;
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  } finally {
    process.removeAllListeners('disconnect');
    process.disconnect?.();
  }
}
