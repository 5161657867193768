import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunConfig } from '../protocol/run.ts';
import { usage } from './check-config.ts';
import { type Dataset, openDataset, selectedCount, selectRecords } from './dataset/dataset.ts';
import { parseSource } from './dataset/source.ts';
import { planHere } from './loader/plan-here.ts';
import type { Records } from './records.ts';
import { type Survey, survey, surveyOnce } from './survey.ts';

/** The items of a run, before they are items. */
export interface Input {
  readonly kind: string;
  /** Selected items, if known without reading. */
  readonly count: number | null;
  look(): Promise<Survey>;
  /** Another pass. Throws a `JobError` for what can be read once only. */
  read(): Records;
  /** The run begins: passes before it met the same bad records, and count only for what the run does not read again. */
  countSkipped(): void;
  skipped(): number;
}

/** Opens what `config.data` names. Throws a `JobError`. */
export async function openInput(config: RunConfig): Promise<Input> {
  let skipped = 0;
  /** Before a pass of the baseline, if there was one. */
  let skippedBefore: number | undefined;
  const dataset = await openDataset(config.data, {
    cwd: config.cwd,
    typed: config.typed,
    onBadRecord: config.onBadRecord ?? 'fail',
    onBadRecordSkipped: ({ records }) => {
      skipped += records;
    },
    importModule,
  });
  const seed = config.seed ?? 1;
  const read = (): Records => selectRecords(dataset.records(), config);
  const once = await isReadOnce(dataset, config.cwd);
  if (once && config.baseline === 'full') {
    throw usage(
      `--baseline full reads every item twice, and ${config.data} can be read only once`,
      'Save the items to a file first, or measure a sample: --baseline sample.',
    );
  }
  if (once && (config.verify !== undefined || config.verifyRun !== undefined)) {
    throw usage(
      `--verify reads the items once more, and ${config.data} can be read only once`,
      'Save the items to a file first.',
    );
  }
  if (once && (config.resume !== undefined || config.onlyFailed !== undefined)) {
    throw usage(
      `To go on with a run the items are first compared with those that are done, and ${config.data} can be read only once`,
      'Save the items to a file first, and name that with --data.',
    );
  }
  // A window that is read ahead belongs to the run itself; and a sample of all records would be drawn from all of them twice.
  const ahead = once || config.sample !== undefined || dataset.kind === 'module';
  /** The run does not read again what was looked at. */
  let kept = ahead;
  return {
    kind: dataset.kind,
    count: selectedCount(dataset.count, config),
    look: async () => {
      const seen = await (ahead ? surveyOnce(read(), seed) : survey(read, seed));
      kept ||= Array.isArray(seen.items);
      return seen;
    },
    read: () => {
      skippedBefore ??= skipped;
      return read();
    },
    countSkipped: () => {
      skipped = kept ? (skippedBefore ?? skipped) : 0;
    },
    skipped: () => skipped,
  };
}

/** Standard input and named pipes. */
async function isReadOnce(dataset: Dataset, cwd: string): Promise<boolean> {
  if (dataset.kind === 'stdin') return true;
  if (dataset.kind === 'range' || dataset.kind === 'glob' || dataset.kind === 'module') return false;
  const source = parseSource(dataset.source);
  return 'path' in source && !(await stat(resolve(cwd, source.path))).isFile();
}

/** The module of `module:FILE#EXPORT`, in this process. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  await using plan = await planHere(file);
  return (await import(plan.url)) as Record<string, unknown>;
}
