import { open, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { lockHolder } from '../../node/lock-holder.ts';
import type { RunSummary } from '../../protocol/run.ts';
import { type JournalHeader, RUN_FILES } from '../../protocol/run-folder.ts';
import { isSummary } from '../../protocol/summary-check.ts';
import * as l10n from '../../report/l10n.ts';

/** How a run stands, as far as its folder tells. */
export type RunKind =
  | 'done'
  /** Ended; some items failed. */
  | 'failed-items'
  /** Ended; verified items gave something else in one process. */
  | 'differs'
  | 'stopped'
  /** No process works in it any more, and it did not end: it was killed, or the machine went down. */
  | 'broken-off'
  | 'running'
  /** Not the folder of a run, or one that cannot be read. */
  | 'no-run';

/** A run on disk, as a list shows it. */
export interface PastRun {
  readonly path: string;
  readonly kind: RunKind;
  /** Where it has ended. */
  readonly summary: RunSummary | null;
  /** Where it has not. */
  readonly journal: JournalHeader | null;
  /** What is wrong with the folder, or who works in it, in words. */
  readonly note: string | null;
}

/** Most bytes of a summary: one of a thousand workers has some 300 kB. */
const MAX_SUMMARY_BYTES = 4 * 1024 * 1024;
/** Most bytes of a journal's first line; fixed arguments of the calls are in it. */
const MAX_HEADER_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** Reads what a list shows of a run: its summary, or the first line of its journal. Never rejects. */
export async function readPastRun(folder: string): Promise<PastRun> {
  const nothing = { path: folder, summary: null, journal: null, note: null };
  const holder = lockHolder(path.join(folder, RUN_FILES.lock));
  try {
    if (holder !== null) {
      return { ...nothing, kind: 'running', journal: await readJournalHeader(folder), note: holder };
    }
    const summary = await readSummary(folder);
    if (summary !== null) return { ...nothing, kind: kindOf(summary), summary };
    const journal = await readJournalHeader(folder);
    if (journal !== null) return { ...nothing, kind: 'broken-off', journal };
    return { ...nothing, kind: 'no-run', note: await whyNoRun(folder) };
  } catch (error) {
    return { ...nothing, kind: 'no-run', note: error instanceof Error ? error.message : String(error) };
  }
}

/** Name of the function, without its file; null where it is not known. */
export function nameOf({ summary, journal }: PastRun): string | null {
  const target = summary?.function ?? journal?.function;
  return target === undefined ? null : target.slice(target.lastIndexOf('#') + 1);
}

/** The first header of a run's journal; null where it has none. */
export async function readJournalHeader(folder: string): Promise<JournalHeader | null> {
  const line = await readHead(path.join(folder, RUN_FILES.journal), MAX_HEADER_BYTES);
  const end = line?.indexOf(NEWLINE) ?? -1;
  if (line === null || end === -1) return null;
  const value = parse(line.toString('utf8', 0, end));
  return isJournalHeader(value) ? value : null;
}

/** The summary of a run that has ended; null where there is none. Throws an error that says what is wrong with it. */
async function readSummary(folder: string): Promise<RunSummary | null> {
  const file = path.join(folder, RUN_FILES.summary);
  const text = await readHead(file, MAX_SUMMARY_BYTES + 1);
  if (text === null) return null;
  if (text.length > MAX_SUMMARY_BYTES)
    throw new Error(l10n.t('{0} is larger than any summary', RUN_FILES.summary));
  const value = parse(text.toString('utf8'));
  if (isSummary(value)) return { ...value, runDir: folder };
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  throw new Error(
    typeof version === 'number' && version !== 1
      ? l10n.t('{0} has version {1}, made by a newer Manycore', RUN_FILES.summary, version)
      : l10n.t('{0} is damaged or of something else', RUN_FILES.summary),
  );
}

function kindOf({ interrupted, failed, verification }: RunSummary): RunKind {
  if (interrupted) return 'stopped';
  if (failed > 0) return 'failed-items';
  return (verification?.differences ?? 0) > 0 ? 'differs' : 'done';
}

async function whyNoRun(folder: string): Promise<string> {
  const hasJournal = await stat(path.join(folder, RUN_FILES.journal)).then(
    () => true,
    () => false,
  );
  return hasJournal
    ? l10n.t('it was ended before its first item, or its {0} is damaged', RUN_FILES.journal)
    : l10n.t('it has neither {0} nor {1}', RUN_FILES.summary, RUN_FILES.journal);
}

/** At most `limit` bytes from the beginning of a file; null where there is no such file. */
async function readHead(file: string, limit: number): Promise<Buffer | null> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const size = Math.min(limit, (await handle.stat()).size);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isJournalHeader(value: unknown): value is JournalHeader {
  if (typeof value !== 'object' || value === null) return false;
  const { version, function: name, functionHash, dataset } = value as Partial<JournalHeader>;
  return version === 1 && [name, functionHash, dataset].every((each) => typeof each === 'string');
}
