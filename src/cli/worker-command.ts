import { availableParallelism } from 'node:os';
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

/** `manycore worker`: until a signal. Gives the exit code; what is wrong is told on the way. */
export async function workerCommand(options: WorkerOptions): Promise<RunExitCode> {
  try {
    const leaving = new AbortController();
    let count = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (++count > 1) process.exit(130);
        leaving.abort();
      });
    }
    const { BullEngine } = await import('../engine/bull-engine.ts');
    const { Host } = await import('../engine/host.ts');
    await using engine = await BullEngine.open(options.engine);
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const workers = options.workers ?? availableParallelism();
    const host = new Host({ engine, workers, trust: options.trust, cwd: process.cwd(), say });
    say(`${host.name}: waiting for runs, ${workers} workers, Node ${process.version}. Ctrl-C leaves.`);
    await host.serve(leaving.signal);
    return 0;
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}
