import { resolve } from 'node:path';
import { cpuCount } from '../../runtime/index.ts';
import type { ResultRow, RunConfig, RunHeader, RunSummary } from '../protocol/run.ts';
import { type RunFacts, summarise, type WorkerFacts } from '../report/summary.ts';
import { renderTrace } from '../report/trace.ts';
import { nothingLeft } from '../report/verdict.ts';
import { type Collector, MAX_FIRST_ERRORS } from './collector.ts';
import type { EventFeed } from './event-feed.ts';
import { exportResults } from './export-results.ts';
import { wholeLines } from './file-lines.ts';
import { type RunFolder, writeWhole } from './run-folder.ts';

/** What is known at the end of a run. */
export interface Ending {
  readonly config: RunConfig;
  readonly header: RunHeader;
  readonly folder: RunFolder;
  readonly collector: Collector;
  readonly baseline: RunFacts['baseline'];
  readonly sweep: RunFacts['sweep'];
  readonly functionHash: string;
  /** What had been done in the folder before. */
  readonly before: { readonly done: number; readonly failed: number };
  readonly verification: RunSummary['verification'];
  readonly interrupted: boolean;
  readonly skippedRecords: number;
  readonly wallMs: number;
  readonly workers: readonly WorkerFacts[];
}

/** Makes the summary, and writes `run.json` last of all: where it is, the run folder is whole. */
export async function finishRun(ending: Ending, feed: EventFeed): Promise<RunSummary> {
  const { config, folder, header } = ending;
  const summary = await complete(summarise(factsOf(ending)), ending);
  const { renderReport } = await import('../report/html.ts');
  const picture = feed.picture();
  const html = renderReport({ summary, header, ...picture });
  const trace = renderTrace(header, picture.spans);
  writeWhole(folder.report, html);
  writeWhole(folder.trace, trace);
  const inputs = picture.rows.filter(({ input }) => input !== '').map(({ index, input }) => [index, input]);
  writeWhole(folder.inputs, `${JSON.stringify(Object.fromEntries(inputs))}\n`);
  if (config.trace !== undefined) writeWhole(resolve(config.cwd, config.trace), trace);
  if (config.report !== undefined) writeWhole(resolve(config.cwd, config.report), html);
  if (config.out !== undefined) await exportResults(folder.results, resolve(config.cwd, config.out));
  writeWhole(folder.summary, `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** The numbers of items are about the whole folder; what was measured is about what ran now. */
async function complete(summary: RunSummary, ending: Ending): Promise<RunSummary> {
  const { before, header, folder, functionHash, verification } = ending;
  const { items, succeeded, failed, firstErrors, verdict } = summary;
  const whole = { ...summary, functionHash, verification, earlier: header.earlier };
  if (before.done === 0) return whole;
  return {
    ...whole,
    items: before.done + items,
    succeeded: before.done - before.failed + succeeded,
    failed: before.failed + failed,
    firstErrors: before.failed === 0 ? firstErrors : await firstFailures(folder.results),
    verdict: items === 0 && !summary.interrupted ? nothingLeft() : verdict,
  };
}

/** The first failed items of the results, by index. Their inputs are not there. */
async function firstFailures(results: string): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  for await (const line of wholeLines(results)) {
    if (!/^\{"index":\d+,"ok":false,/.test(line)) continue;
    const { index, error, ms, worker } = JSON.parse(line) as ResultRow;
    rows.push({ index, ok: false, input: '', value: '', error, ms, worker });
    if (rows.length === MAX_FIRST_ERRORS) break;
  }
  return rows.sort((a, b) => a.index - b.index);
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
