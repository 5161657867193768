import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type Message,
  type OutputLine,
  PROTOCOL_VERSION,
  type RunConfig,
  type RunEvent,
  type RunExitCode,
  type RunFailure,
  type RunHeader,
  type RunSummary,
  type Verification,
} from '../protocol/run.ts';
import { measureBaseline } from './baseline.ts';
import { chooseChunk, chooseWorkers } from './calibration.ts';
import type { TaskPlan } from './call.ts';
import { checkConfig } from './check-config.ts';
import { Collector } from './collector.ts';
import type { Distribution, ItemRun } from './distribution.ts';
import { Earlier } from './earlier.ts';
import { JobError, toFailure } from './errors.ts';
import { EventFeed } from './event-feed.ts';
import { finishRun } from './finish.ts';
import { type Input, openInput } from './input.ts';
import { functionHash } from './item-key.ts';
import { writeJournalHeader } from './journal.ts';
import { type LoadPlan, planLoad } from './loader/loader.ts';
import { OutputLogs } from './output-logs.ts';
import { PoolRun } from './pool-run.ts';
import { Probe, type WorkerSettings } from './probe.ts';
import { parseTarget, shownPath } from './resolve.ts';
import { createRunFolder, type RunFolder } from './run-folder.ts';
import { RunLock } from './run-lock.ts';
import { StopSwitch } from './stop.ts';
import { measureSweep } from './sweep.ts';
import { valueText } from './value-text.ts';

/** How a run ended; either `summary` or `failure` is there. */
export interface RunOutcome {
  readonly exitCode: RunExitCode;
  readonly summary: RunSummary | null;
  readonly failure: RunFailure | null;
}

/** A run that is under way. */
export interface Run {
  /** Ends it: no further item begins, and running items get 2 s to end; a second call kills them at once. What is done is kept. */
  stop(): void;
  /** Never rejects. No process of the run is left when it resolves. */
  readonly finished: Promise<RunOutcome>;
}

/**
 * Runs a function over a dataset: the one way in for the command line and the editor. `onEvent` gets what happens as it
 * happens, at last one `finished` or `failed`; it must not throw.
 */
export function startRun(
  config: RunConfig,
  onEvent: (event: RunEvent) => void,
  options: StartOptions = {},
): Run {
  const stop = new StopSwitch();
  return {
    stop: () => stop.stop({ kind: 'user' }),
    finished: runToEnd({ config, onEvent, stop, ...options }),
  };
}

export interface StartOptions {
  /** While it says that earlier events have not been taken yet, those that come ten times a second are held back. */
  readonly isBehind?: () => boolean;
  /** Reaches the engine that the configuration may name, for a run in the folder `cwd`. */
  readonly openEngine?: (address: string, cwd: string) => Promise<Distribution>;
}

interface Start extends StartOptions {
  readonly config: RunConfig;
  readonly onEvent: (event: RunEvent) => void;
  readonly stop: StopSwitch;
}

async function runToEnd(start: Start): Promise<RunOutcome> {
  const { onEvent } = start;
  using _stop = start.stop;
  let runDir: string | undefined;
  const noteFolder = (event: RunEvent): void => {
    if (event.type === 'started') runDir = event.header.runDir;
    onEvent(event);
  };
  try {
    const { summary, exitCode } = await execute({ ...start, onEvent: noteFolder });
    onEvent({ type: 'finished', summary, exitCode });
    return { exitCode, summary, failure: null };
  } catch (error) {
    const { failure, exitCode } = toFailure(error, runDir);
    onEvent({ type: 'failed', failure, exitCode });
    return { exitCode, summary: null, failure };
  }
}

async function execute({
  config: given,
  onEvent,
  stop,
  isBehind,
  openEngine,
}: Start): Promise<{ summary: RunSummary; exitCode: RunExitCode }> {
  const startedAt = Date.now();
  onEvent({ type: 'phase', phase: 'preparing', time: startedAt });
  using earlier = await stop.race(Earlier.open(given));
  const { config } = earlier;
  checkConfig(config);
  await using engine =
    config.engine === undefined ? null : await stop.race(reach(config.engine, config.cwd, openEngine));
  const target = parseTarget(config.function, config.cwd);
  const input = await stop.race(openInput(config));
  await using load = await stop.race(planLoad(target.file, { loader: config.loader ?? 'auto' }));
  const settings: WorkerSettings = { env: load.env, execArgv: [...inheritedExecArgv(), ...load.execArgv] };
  const plan: TaskPlan = { ...planOf(config, load, target), functionHash: '', stopFile: null };
  if (config.verifyRun !== undefined) {
    const { verifyEarlier } = await import('./verify-earlier.ts');
    const hash = (exportName: string): Promise<string> => hashOf(load, target.file, exportName, plan);
    return await verifyEarlier({ earlier, config, input, settings, plan, hashOf: hash, onEvent, stop });
  }

  const early: OutputLine[] = [];
  await using probe = new Probe(settings, (stream, text) => {
    if (early.length < MAX_EARLY_LINES) early.push({ worker: 0, item: null, stream, text, time: Date.now() });
  });
  const prepared = probe.prepare(plan).catch((error: unknown) => {
    if (early.length > 0) onEvent({ type: 'output', lines: early, dropped: 0 });
    throw error;
  });
  const [exportName, seen] = await stop.race(Promise.all([prepared, input.look()]));

  const total = seen.complete ? seen.seen : input.count;
  const hash = await hashOf(load, target.file, exportName, plan);
  await stop.race(earlier.compare(() => input.read()));
  const { choice, before } = earlier;
  const left = choice.countOf(total);
  const folder = earlier.folder ?? createRunFolder({ ...config, exportName, startedAt });
  using _lock = earlier.folder === null ? new RunLock(folder.path) : null;
  const header: RunHeader = {
    function: `${shownPath(target.file, config.cwd)}#${exportName}`,
    file: target.file,
    exportName,
    line: load.line(exportName),
    dataset: { source: config.data, kind: input.kind, items: total },
    workers: engine !== null && left !== 0 ? engine.workers : chooseWorkers(config, left),
    node: {
      version: process.version,
      path: process.execPath,
      reason: config.nodeReason ?? 'the Node that runs Manycore',
    },
    loader: { kind: load.kind, reason: load.reason },
    runDir: folder.path,
    startedAt,
    earlier: earlier.facts(hash),
  };
  await earlier.repair();
  // Where run.json is, the run folder is whole: from here on it is not.
  rmSync(folder.summary, { force: true });
  if (earlier.folder === null || header.earlier?.functionChanged) {
    const { function: name } = header;
    const kept: RunConfig =
      config.engine === undefined ? config : { ...config, engine: withoutPassword(config.engine) };
    const asked = { dataset: config.data, config: kept, header };
    const journal = { version: 1, function: name, functionHash: hash, ...asked } as const;
    writeJournalHeader(folder.journal, journal);
  }
  onEvent({ type: 'started', protocol: PROTOCOL_VERSION, header });

  using logs = new OutputLogs(folder.output);
  let pool: ItemRun | undefined;
  const collect: { now?: Collector } = {};
  using feed = new EventFeed(onEvent, {
    progress: () => pool?.progress() ?? null,
    isBehind,
    onTick: () => {
      try {
        collect.now?.flush();
        logs.flush();
      } catch (error) {
        stop.stop({ kind: 'failure', error });
      }
    },
  });

  feed.phase('calibrating');
  const measured = await stop.race(
    measureBaseline(probe, seen, config, {
      total,
      read: () => input.read(),
      onProgress: (phase, note) => feed.phase(phase, note),
    }),
  );
  await probe[Symbol.asyncDispose]();
  for (const { stream, text, time } of early) logs.appendText('baseline', stream, text, time);

  const { functionHash: _, stopFile: __, ...rest } = plan;
  using collector = new Collector(folder, measured.alone, feed, earlier.folder !== null);
  collect.now = collector;

  const chunk = chooseChunk(config.chunk, measured.mean);
  let sweepLines = 0;
  const sweep =
    config.sweep && header.workers.count > 0
      ? await measureSweep({
          settings,
          plan: { ...rest, exportName, functionHash: hash, stopFile: null },
          workers: header.workers.count,
          chunk: chunk.size,
          survey: seen,
          measured,
          stop: stop.requested,
          onProgress: (note) => feed.phase('sweep', note),
          onLine: (stream, text) => {
            if (sweepLines++ >= MAX_EARLY_LINES) return;
            logs.appendText('sweep', stream, text);
          },
        })
      : undefined;
  feed.phase('running', chunk.note);
  let ran: Awaited<ReturnType<PoolRun['run']>> = { wallMs: 0, workers: [] };
  input.countSkipped();
  if (header.workers.count > 0) {
    const options = {
      config,
      plan: {
        ...rest,
        exportName,
        functionHash: hash,
        profiles: config.cpuProf ? folder.profiles : undefined,
      },
      settings,
      workers: header.workers.count,
      chunk: chunk.size,
      total: left,
      items: seen.items,
      choice,
      before,
      stop,
      collector,
      feed,
      logs,
    };
    pool =
      engine === null
        ? new PoolRun(options)
        : await engine.start({
            ...options,
            title: header.function,
            runDir: folder.path,
            itemMs: measured.mean,
          });
    ran = await pool.run();
  }
  feed.phase('finishing');
  feed.finish();
  collector.flush();
  const verification =
    config.verify === undefined || stop.reason !== null
      ? undefined
      : await verify({ settings, plan, config, input, folder, logs, feed, stop });
  logs.flush();

  const summary = await finishRun(
    {
      config,
      header,
      folder,
      collector,
      baseline: measured.baseline,
      sweep,
      functionHash: hash,
      before,
      verification,
      interrupted: stop.reason !== null,
      skippedRecords: input.skipped(),
      ...ran,
    },
    feed,
  );
  if (stop.reason?.kind === 'failure') throw stop.reason.error;
  return {
    summary,
    exitCode: exitCodeOf(stop, before.failed + collector.failed + (verification?.differences ?? 0)),
  };
}

async function reach(address: string, cwd: string, open: Start['openEngine']): Promise<Distribution> {
  if (open !== undefined) return await open(address, cwd);
  throw new JobError(
    'ERR_MANYCORE_ENGINE',
    `No engine can be reached from here, and ${address} is asked for`,
  );
}

/** In a process of its own, so that nothing of the baseline's state is there. What hinders it ends no run. */
async function verify(options: {
  settings: WorkerSettings;
  plan: TaskPlan;
  config: RunConfig;
  input: Input;
  folder: RunFolder;
  logs: OutputLogs;
  feed: EventFeed;
  stop: StopSwitch;
}): Promise<Verification> {
  const { settings, plan, config, input, folder, logs, feed, stop } = options;
  feed.phase('verifying');
  await using probe = new Probe(settings, (stream, text) => {
    logs.appendText('baseline', stream, text);
  });
  try {
    await stop.race(probe.prepare(plan));
    const { verifyRun } = await import('./verify.ts');
    const onProgress = (note: Message): void => feed.phase('verifying', note);
    const run = { probe, results: folder.results, records: input.read(), config, onProgress };
    return await stop.race(verifyRun(run));
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    return { checked: 0, of: 0, differences: 0, first: [], note };
  }
}

/** Lines that are kept of what is written before the run. */
const MAX_EARLY_LINES = 5000;

function exitCodeOf(stop: StopSwitch, failed: number): RunExitCode {
  if (stop.reason?.kind === 'user') return 130;
  return failed > 0 ? 1 : 0;
}

function planOf(
  config: RunConfig,
  load: LoadPlan,
  target: { file: string; exportName: string | null },
): Omit<TaskPlan, 'functionHash' | 'stopFile'> {
  return {
    url: load.url,
    file: target.file,
    exportName: target.exportName,
    spread: config.spread ?? false,
    args: config.args ?? [],
  };
}

/** Options of this process that its workers share; a debugger's port and code from the command line cannot be shared. */
function inheritedExecArgv(): string[] {
  return process.execArgv.filter(
    (option) => !/^--(inspect|debug|test|watch|eval|print|input-type)/.test(option),
  );
}

async function hashOf(load: LoadPlan, file: string, exportName: string, plan: TaskPlan): Promise<string> {
  const code = await readFile(fileURLToPath(load.url), 'utf8').catch(() => readFile(file, 'utf8'));
  return functionHash(code, exportName, valueText([plan.spread, plan.args]));
}

/** What lies on disk is read by others than who may use the engine. */
function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.href;
}
