import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { RunConfig } from '../protocol/run.ts';
import { type JournalHeader, RUN_FILES } from '../protocol/run-folder.ts';
import { JobError } from './errors.ts';
import { lineBuffers } from './file-lines.ts';
import { FinishedItems } from './finished-items.ts';
import { itemKey } from './item-key.ts';
import { writeFailure } from './line-file.ts';
import type { Records } from './records.ts';
import { type RunFolder, runFolderAt } from './run-folder.ts';
import { valueText } from './value-text.ts';

/** What a run on disk has done. */
export interface EarlierRun {
  readonly folder: RunFolder;
  /** One, and one more for every other function with which it was resumed. */
  readonly headers: readonly JournalHeader[];
  /** Items that have both a row in the journal and a whole row in the results. */
  readonly finished: FinishedItems;
}

const ROW = /^\{"index":(\d+),"key":"([\w-]{16})","ok":(true|false)\}$/;
/** How a row of the results begins; the rest of a line that ends with a line feed is whole. */
const RESULT = /^\{"index":(\d+),"ok":(?:true|false),/;
/** Characters that are looked at to find the index of a result. */
const RESULT_HEAD = 48;
/** Items that a message names. */
const NAMED = 3;

/** The folder of a run that is there. Throws a `JobError`. */
export function existingRun(path: string): RunFolder {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw noRun(path, 'there is no such folder');
  const folder = runFolderAt(found.isDirectory() ? path : dirname(path));
  if (statSync(folder.journal, { throwIfNoEntry: false })?.isFile()) return folder;
  throw noRun(folder.path, `it has no ${RUN_FILES.journal}`);
}

/** Reads the journal and results of a run that ended, was stopped or was killed. Throws a `JobError` for what is no run. */
export async function loadRun(folder: RunFolder): Promise<EarlierRun> {
  const headers: JournalHeader[] = [];
  const journal = new FinishedItems();
  for await (const lines of lineBuffers(folder.journal)) {
    for (const line of lines) {
      const text = line.toString('utf8');
      const row = ROW.exec(text);
      if (row) journal.add(Number(row[1]), row[2] ?? '', row[3] === 'true', Math.max(0, headers.length - 1));
      else headers.push(...headerOf(text));
    }
  }
  if (headers.length === 0)
    throw noRun(folder.path, 'its journal.jsonl has no header: it was killed before its first item');
  const seen = new FinishedItems();
  if (statSync(folder.results, { throwIfNoEntry: false })) {
    for await (const lines of lineBuffers(folder.results)) {
      for (const line of lines) {
        const index = indexOf(line);
        if (index !== undefined && journal.has(index)) seen.add(index, '', true, 0);
      }
    }
  }
  // What is in the journal alone is run again.
  for (let index = 0; index < journal.end; index++) if (!seen.has(index)) journal.delete(index);
  return { folder, headers, finished: journal };
}

/** What was asked for in that run. Throws a `JobError` where its journal does not say. */
export function storedConfig(run: EarlierRun): RunConfig {
  const config = run.headers[0]?.config;
  if (config) return config;
  throw new JobError('ERR_MANYCORE_USAGE', `The journal of ${run.folder.path} does not say what was run`, {
    hint: 'Name the function and the dataset: manycore run FILE#EXPORT --data SOURCE --resume RUN.',
  });
}

/**
 * Holds the items that are done against the dataset as it is now. Where they differ, throws a `JobError` that names them;
 * with `force`, they are taken for not done.
 */
export async function compareDataset(
  run: EarlierRun,
  records: Records,
  options: { readonly force: boolean; readonly source: string; readonly failedOnly?: boolean },
): Promise<void> {
  const { finished, headers } = run;
  const { force, source, failedOnly = false } = options;
  const [count, end] = [failedOnly ? finished.failed : finished.count, finished.end];
  const changed: number[] = [];
  let [index, different] = [0, 0];
  const differs = (at: number): void => {
    different++;
    if (changed.length < NAMED) changed.push(at);
    if (force) finished.delete(at);
  };
  if (end > 0) {
    for await (const record of records) {
      const compared = failedOnly ? finished.hasFailed(index) : finished.has(index);
      if (compared) {
        const hash = headers[finished.headerOf(index)]?.functionHash ?? '';
        if (!finished.isKey(index, itemKey(hash, valueText(record)))) differs(index);
      }
      if (++index === end) break;
    }
  }
  const length = index;
  for (; index < end; index++) {
    if (failedOnly ? finished.hasFailed(index) : finished.has(index)) differs(index);
  }
  if (different === 0 || force) return;
  const named = `${changed.join(', ')}${different > changed.length ? ', ...' : ''}`;
  const shorter = length < end ? ` It has only ${length} items now.` : '';
  throw new JobError(
    'ERR_MANYCORE_DATASET_CHANGED',
    `The dataset ${source} is not the one of ${run.folder.path}: ${different} of the ${count} items that are done are others now (${named}).${shorter}`,
    { hint: 'Begin a new run; or, with --force, run those items again and keep the results of the others.' },
  );
}

/**
 * Makes the files of the run say exactly what is finished: rows that were torn, that have no other half, or that belong to
 * items that are run again are left out. Each file is replaced whole, so a kill while that is done loses nothing.
 */
export async function repairRun({ folder, headers, finished }: EarlierRun): Promise<void> {
  const kept = new FinishedItems();
  if (statSync(folder.results, { throwIfNoEntry: false })) {
    await rewrite(folder.results, (line) => {
      const index = indexOf(line);
      if (index === undefined || !finished.has(index) || kept.has(index)) return false;
      kept.add(index, '', true, 0);
      return true;
    });
  }
  // Of several rows of an item the last one counts.
  let header = -1;
  const written = new FinishedItems();
  await rewrite(folder.journal, (line) => {
    const text = line.toString('utf8');
    const row = ROW.exec(text);
    if (!row) {
      const isHeader = headerOf(text).length > 0;
      if (isHeader) header++;
      return isHeader && header < headers.length;
    }
    const index = Number(row[1]);
    const current =
      finished.has(index) &&
      finished.headerOf(index) === Math.max(0, header) &&
      finished.isKey(index, row[2] ?? '');
    if (!current || written.has(index)) return false;
    written.add(index, '', true, 0);
    return true;
  });
}

/** Writes the lines that are wanted in place of the file; leaves it alone where that is all of it. */
async function rewrite(file: string, wanted: (line: Buffer) => boolean): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const out = openSync(temporary, 'w');
    let bytes = 0;
    try {
      for await (const lines of lineBuffers(file)) {
        const kept = lines.filter(wanted).flatMap((line) => [line, NEWLINE]);
        const block = Buffer.concat(kept);
        for (let at = 0; at < block.length; ) at += writeSync(out, block, at);
        bytes += block.length;
      }
    } finally {
      closeSync(out);
    }
    if (bytes !== statSync(file).size) renameSync(temporary, file);
  } catch (error) {
    throw error instanceof JobError ? error : writeFailure(file, error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

const NEWLINE = Buffer.from('\n');

function indexOf(line: Buffer): number | undefined {
  const head = RESULT.exec(line.toString('latin1', 0, RESULT_HEAD));
  return head && line.at(-1) === CLOSING_BRACE ? Number(head[1]) : undefined;
}

const CLOSING_BRACE = 0x7d;

function headerOf(line: string): JournalHeader[] {
  try {
    const value = JSON.parse(line) as Partial<JournalHeader> | null;
    const isHeader = value?.version === 1 && typeof value.functionHash === 'string';
    return isHeader ? [value as JournalHeader] : [];
  } catch {
    // What is damaged counts as not there: its item is run again.
    return [];
  }
}

function noRun(path: string, reason: string): JobError {
  return new JobError('ERR_MANYCORE_USAGE', `${path} is no run that can be resumed: ${reason}`, {
    hint: `Give the folder of a run, such as ${resolve('.manycore', 'runs', '...')}.`,
  });
}
