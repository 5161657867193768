import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import {
  MAX_PREVIEW,
  type OutputLine,
  type ResultRow,
  type RunConfig,
  type RunError,
  type RunEvent,
  type RunExitCode,
  type RunHeader,
  type RunSummary,
  type TimelineSpan,
} from '../../protocol/run.ts';
import { RUN_FILES } from '../../protocol/run-folder.ts';
import * as l10n from '../../report/l10n.ts';
import { applyEvent, emptyModel, MAX_LINES, type RunModel } from '../../report/model.ts';
import { packStretches, stretchesOf } from '../../report/stretches.ts';
import { parseTrace } from '../../report/trace.ts';
import { errors } from '../errors.ts';
import { type PastRun, readJournalHeader, readPastRun } from './past-run.ts';

/** A run read from its folder, as the panel shows one. */
export interface StoredRun {
  readonly runDir: string;
  readonly model: RunModel;
  /** What was asked for, where the journal says. */
  readonly config: RunConfig | null;
}

/** Most bytes of each that are read to show a run: all of it stays on disk. */
export const LIMITS = {
  results: 4 * 1024 * 1024,
  journal: 64 * 1024 * 1024,
  inputs: 16 * 1024 * 1024,
  trace: 64 * 1024 * 1024,
  log: 64 * 1024,
} as const;
/** Logs that are looked at. */
const MAX_LOGS = 256;
/** Rows that are handed to the model at once. */
const BATCH = 5_000;
/** Longest row that is read whole. */
const MAX_ROW = 1024 * 1024;

/**
 * Reads a run that has ended or broke off into what the panel shows, within `LIMITS`. Inputs are known for as many items as a
 * panel shows. @throws {EditorError} for what is no run, or is still running.
 */
export async function readStoredRun(runDir: string): Promise<StoredRun> {
  const run = await readPastRun(runDir);
  if (run.kind === 'running') throw errors.runIsRunning(runDir, run.note ?? 'another process');
  if (run.kind === 'no-run') throw errors.noStoredRun(runDir, run.note ?? 'it cannot be read');
  const journal = run.journal ?? (await readJournalHeader(runDir).catch(() => null));
  const config = journal?.config ?? null;
  const header = headerOf(run, journal?.header ?? null, config);
  const events: RunEvent[] = [{ type: 'started', protocol: 1, header }];
  const counted = run.summary ?? (await countFinished(runDir));
  const [rows, lines, spans] = await Promise.all([
    readRows(runDir, run.summary, counted.items),
    readLines(runDir, run.summary),
    readSpans(runDir, header.startedAt),
  ]);
  for (let at = 0; at < rows.rows.length; at += BATCH)
    events.push({ type: 'results', rows: rows.rows.slice(at, at + BATCH), dropped: 0 });
  events.push({ type: 'results', rows: [], dropped: rows.dropped });
  events.push(
    { type: 'output', ...lines },
    { type: 'timeline', stretches: packStretches(stretchesOf(spans)) },
  );
  events.push(...(run.summary === null ? brokenOff(run, header, counted) : ended(run.summary)));
  return { runDir, config, model: events.reduce(applyEvent, emptyModel()) };
}

function ended(summary: RunSummary): RunEvent[] {
  const { interrupted, failed, verification } = summary;
  const bad = failed > 0 || (verification?.differences ?? 0) > 0;
  const exitCode: RunExitCode = interrupted ? 130 : bad ? 1 : 0;
  return [{ type: 'finished', summary, exitCode }];
}

function brokenOff(
  { path: runDir }: PastRun,
  header: RunHeader,
  { items: done, failed }: { items: number; failed: number },
): RunEvent[] {
  const counts = { done, failed, total: header.dataset.items };
  const progress = { time: header.startedAt, ...counts, rate: 0, eta: null, workers: [] };
  const failure = {
    code: 'ERR_MANYCORE_BROKEN_OFF',
    message: l10n.t('The process that worked on this run was ended before it was done.'),
    hint: l10n.t('What it had finished is kept: resume it to go on from there.'),
    runDir,
  };
  return [
    { type: 'phase', phase: 'running', time: header.startedAt },
    { type: 'progress', progress },
    { type: 'failed', failure, exitCode: 3 },
  ];
}

/** What was chosen, as it was kept; of older runs what their summary tells. */
function headerOf(run: PastRun, kept: RunHeader | null, config: RunConfig | null): RunHeader {
  const { summary, path: runDir } = run;
  if (kept !== null) return { ...kept, runDir };
  const target = summary?.function ?? run.journal?.function ?? '';
  const [file = '', exportName = ''] = target.split('#');
  const reason = l10n.t('as run.json says; the reason was not kept');
  return {
    function: target,
    file: path.resolve(config?.cwd ?? path.dirname(runDir), file),
    exportName,
    line: null,
    dataset: {
      source: summary?.dataset ?? run.journal?.dataset ?? '',
      kind: l10n.t('as it was then'),
      items: summary === null || summary.interrupted ? null : summary.items,
    },
    workers: { count: summary?.workers ?? 0, reason },
    node: { version: summary?.node ?? l10n.t('not known'), path: '', reason },
    loader: { kind: summary?.loader ?? 'native', reason },
    runDir,
    startedAt: summary === null ? 0 : Date.parse(summary.startedAt),
    earlier: summary?.earlier,
  };
}

/** Finished items of a run that broke off, as its journal has them. */
async function countFinished(runDir: string): Promise<{ items: number; failed: number }> {
  const finished = new Map<string, boolean>();
  for await (const line of beginning(path.join(runDir, RUN_FILES.journal), LIMITS.journal)) {
    const [, index, ok] = FINISHED.exec(line) ?? [];
    if (index !== undefined) finished.set(index, ok === 'true');
  }
  return { items: finished.size, failed: [...finished.values()].filter((ok) => !ok).length };
}

const FINISHED = /^\{"index":(\d+),"key":"[\w-]+","ok":(true|false)\}$/;

async function readRows(
  runDir: string,
  summary: RunSummary | null,
  items: number,
): Promise<{ rows: ResultRow[]; dropped: number }> {
  const inputs = await readInputs(runDir);
  const known = new Map(summary?.firstErrors.map((row) => [row.index, row]));
  const rows: ResultRow[] = [];
  for await (const line of beginning(path.join(runDir, RUN_FILES.results), LIMITS.results)) {
    const row = parseRow(line);
    if (row === null) continue;
    rows.push(known.get(row.index) ?? { ...row, input: inputs[row.index] ?? '' });
    known.delete(row.index);
  }
  rows.push(...known.values());
  return { rows, dropped: Math.max(0, items - rows.length) };
}

/** What items looked like, by index; nothing of a run that broke off or is of an older version. */
async function readInputs(runDir: string): Promise<Readonly<Record<number, string>>> {
  const file = path.join(runDir, RUN_FILES.inputs);
  try {
    if ((await stat(file)).size > LIMITS.inputs) return {};
    const inputs: unknown = JSON.parse(await readFile(file, 'utf8'));
    const entries = Object.entries(inputs ?? {}).filter(([, input]) => typeof input === 'string');
    return Object.fromEntries(entries) as Record<number, string>;
  } catch {
    return {};
  }
}

const DONE = /^\{"index":(\d+),"ok":true,"value":(.*),"ms":([\d.e-]+),"worker":(-?\d+)\}$/s;

/** A line of `results.jsonl`; null for what is none. The value stays text: a preview of it is all that is shown. */
export function parseRow(line: string): ResultRow | null {
  const done = DONE.exec(line);
  if (done !== null) {
    const [, index, value = '', ms, worker] = done;
    const numbers = { index: Number(index), ms: Number(ms), worker: Number(worker) };
    return { ...numbers, ok: true, input: '', value: preview(value), error: null };
  }
  try {
    const { index, ok, error, ms, worker } = JSON.parse(line) as Partial<ResultRow>;
    if (typeof index !== 'number' || ok !== false) return null;
    const { name = 'Error', message = '' } = (error ?? {}) as Partial<RunError>;
    const known = { ...error, name, message };
    return { index, ok, input: '', value: '', error: known, ms: ms ?? 0, worker: worker ?? -1 };
  } catch {
    return null; // Torn by a kill: its item counts as not done.
  }
}

function preview(text: string): string {
  return text.length <= MAX_PREVIEW ? text : `${text.slice(0, MAX_PREVIEW - 1)}…`;
}

/** The whole lines within the first `limit` bytes of a file; none where it is not there. Lines above `MAX_ROW` are left out. */
async function* beginning(file: string, limit: number): AsyncGenerator<string> {
  if (!(await exists(file))) return;
  let rest = '';
  const stream = createReadStream(file, { encoding: 'utf8', end: limit - 1 });
  for await (const chunk of stream) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.length <= MAX_ROW) yield line;
  }
}

async function readLines(
  runDir: string,
  summary: RunSummary | null,
): Promise<{ lines: OutputLine[]; dropped: number }> {
  const folder = path.join(runDir, RUN_FILES.output);
  const names = await readdir(folder).catch(() => []);
  const workers = names.flatMap((name) => {
    const worker = /^worker-(\d+)\.log$/.exec(name)?.[1];
    return worker === undefined ? [] : [{ worker: Number(worker), file: path.join(folder, name) }];
  });
  workers.sort((a, b) => a.worker - b.worker);
  const all: OutputLine[] = [];
  for (const { worker, file } of workers.slice(0, MAX_LOGS)) {
    const lines = await lastLines(file, LIMITS.log).catch(() => []);
    all.push(...lines.flatMap((line) => parseLogLine(line, worker)));
  }
  const lines = all.sort((a, b) => a.time - b.time).slice(-MAX_LINES);
  const written = summary?.perWorker.reduce((sum, each) => sum + each.lines, 0) ?? all.length;
  return { lines, dropped: Math.max(0, written - lines.length) };
}

const LOGGED = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) {2}(stdout|stderr) {2}(?:item (\d+)|-) {2}(.*)$/s;

/** A line of a worker's log; none for what is not one. */
export function parseLogLine(line: string, worker: number): OutputLine[] {
  const [, time = '', stream, item, text = ''] = LOGGED.exec(line) ?? [];
  if (stream !== 'stdout' && stream !== 'stderr') return [];
  return [{ worker, item: item === undefined ? null : Number(item), stream, text, time: Date.parse(time) }];
}

/** The lines that lie whole within the last `limit` bytes of a file. */
async function lastLines(file: string, limit: number): Promise<string[]> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const begin = Math.max(0, size - limit);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - begin), 0, size - begin, begin);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines.slice(begin === 0 ? 0 : 1, -1);
  } finally {
    await handle.close();
  }
}

async function readSpans(runDir: string, startedAt: number): Promise<TimelineSpan[]> {
  const file = path.join(runDir, RUN_FILES.trace);
  try {
    if ((await stat(file)).size > LIMITS.trace) return [];
    return parseTrace(await readFile(file, 'utf8'), startedAt);
  } catch {
    return []; // A run that broke off has none; of a damaged one the rest is shown.
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
