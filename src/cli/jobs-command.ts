import type { Engine } from '../engine/engine.ts';
import { toFailure } from '../job/errors.ts';
import type { RunExitCode } from '../protocol/run.ts';
import { failureLines } from './display.ts';
import { paintFor } from './paint.ts';

/** Options of `manycore jobs` as commander gives them. */
export interface JobsOptions {
  readonly engine?: string;
  readonly key?: boolean;
  readonly json?: boolean;
}

/** `manycore jobs`. */
export async function jobsCommand({ engine: address, key, json }: JobsOptions): Promise<RunExitCode> {
  if (key) {
    const { ownKey, publicText } = await import('../engine/signature.ts');
    process.stdout.write(`${publicText(ownKey())}\n`);
    return 0;
  }
  return withEngine(address ?? '', async (engine) => {
    const [runs, hosts] = [await engine.announced(), await engine.hosts()];
    if (json) {
      const shown = runs.map(({ announcement: { plan: _, ...run }, state }) => ({ ...run, state }));
      process.stdout.write(`${JSON.stringify({ runs: shown, hosts }, null, 2)}\n`);
      return;
    }
    const lines = runs.map(({ announcement: { id, title, announcedAt, coordinator }, state }) => {
      const taking = hosts.filter(({ runs: taken }) => taken.includes(id)).length;
      return `${id}  ${title}  ${state}, ${taking} of ${hosts.length} hosts, since ${new Date(announcedAt).toISOString()}, by ${coordinator}`;
    });
    for (const { host, workers, node, declines } of hosts) {
      lines.push(`${host}  ${workers} workers, Node ${node}`);
      for (const [id, reason] of Object.entries(declines)) lines.push(`  declines ${id}: ${reason}`);
    }
    process.stdout.write(`${lines.join('\n') || 'no runs and no hosts'}\n`);
  });
}

/** `manycore cancel`: the run's own process keeps what is done. */
export const cancelCommand = (id: string, address: string): Promise<RunExitCode> =>
  withEngine(address, async (engine) => {
    const { unknownRun } = await import('../engine/attach.ts');
    const run = (await engine.announced()).find(({ announcement }) => announcement.id === id);
    if (run === undefined) throw unknownRun(id);
    await engine.announce({ ...run, state: 'stopped' });
  });

/** `manycore attach`: goes on with a run whose own process is gone. */
export async function attachCommand(id: string, address: string): Promise<RunExitCode | number> {
  let runDir = '';
  const exitCode = await withEngine(address, async (engine) => {
    const { attach } = await import('../engine/attach.ts');
    runDir = await attach(engine, id);
  });
  if (exitCode !== 0) return exitCode;
  const { runCommand } = await import('./run-command.ts');
  return runCommand(undefined, { resume: runDir, engine: address });
}

async function withEngine(address: string, body: (engine: Engine) => Promise<void>): Promise<RunExitCode> {
  try {
    const { BullEngine } = await import('../engine/bull-engine.ts');
    await using engine = await BullEngine.open(address);
    await body(engine);
    return 0;
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}
