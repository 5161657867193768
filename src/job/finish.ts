import { resolve } from 'node:path';
import { cpuCount } from '../../runtime/index.ts';
import type { RunConfig, RunHeader, RunSummary } from '../protocol/run.ts';
import { type RunFacts, summarise, type WorkerFacts } from '../report/summary.ts';
import type { Collector } from './collector.ts';
import type { EventFeed } from './event-feed.ts';
import { exportResults } from './export-results.ts';
import { type RunFolder, writeWhole } from './run-folder.ts';

/** What is known at the end of a run. */
export interface Ending {
  readonly config: RunConfig;
  readonly header: RunHeader;
  readonly folder: RunFolder;
  readonly collector: Collector;
  readonly baseline: RunFacts['baseline'];
  readonly sweep: RunFacts['sweep'];
  readonly interrupted: boolean;
  readonly skippedRecords: number;
  readonly wallMs: number;
  readonly workers: readonly WorkerFacts[];
}

/** Makes the summary, and writes `run.json` last of all: where it is, the run folder is whole. */
export async function finishRun(ending: Ending, feed: EventFeed): Promise<RunSummary> {
  const { config, folder, header } = ending;
  const summary = summarise(factsOf(ending));
  const { renderReport } = await import('../report/html.ts');
  const html = renderReport({ summary, header, ...feed.picture() });
  writeWhole(folder.report, html);
  if (config.report !== undefined) writeWhole(resolve(config.cwd, config.report), html);
  if (config.out !== undefined) await exportResults(folder.results, resolve(config.cwd, config.out));
  writeWhole(folder.summary, `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

function factsOf(ending: Ending): RunFacts {
  const { header, collector, baseline, sweep, wallMs, workers, interrupted, skippedRecords } = ending;
  return {
    function: header.function,
    dataset: header.dataset.source,
    runDir: header.runDir,
    node: header.node.version,
    loader: header.loader.kind,
    startedAt: header.startedAt,
    interrupted,
    skippedRecords,
    wallMs,
    items: collector.done,
    succeeded: collector.succeeded,
    failed: collector.failed,
    baseline,
    sweep,
    matched: collector.matched.parallel > 0 ? collector.matched : null,
    workers,
    workerCount: header.workers.count,
    cpus: cpuCount(),
    firstErrors: collector.firstErrors,
  };
}
