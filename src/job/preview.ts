import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { type DatasetPreview, MAX_CALL, MAX_CALLS, type PreviewConfig } from '../protocol/preview.ts';
import { usage } from './check-config.ts';
import { openDataset, selectedCount, selectRecords } from './dataset/dataset.ts';
import { findArrays } from './dataset/json-arrays.ts';
import { moduleExport } from './dataset/module.ts';
import { parseSource, type Source, withPointer } from './dataset/source.ts';
import { toFailure } from './errors.ts';
import { importModule } from './input.ts';

/** Files up to this many bytes are looked through, as far as this many items reach: then they are counted. */
const SMALL = 4 * 1024 * 1024;
const MAX_LOOKED = 10_000;

/**
 * Opens a dataset as a run does and reads its first items, of a small file all. What is wrong with it is a `failure`, just as a run would
 * tell it; never throws.
 */
export async function previewDataset(config: PreviewConfig): Promise<DatasetPreview> {
  try {
    return await preview(config);
  } catch (error) {
    return { failure: toFailure(error).failure, arrays: await arraysIn(config) };
  }
}

async function preview(config: PreviewConfig): Promise<DatasetPreview> {
  const { cwd, data, name } = config;
  const source = parseSource(data);
  const bytes = await sizeOf(source, cwd);
  if (!config.callsExport && source.kind === 'module') {
    const exported = await moduleExport(resolve(cwd, source.path), source.exportName, importModule);
    if (typeof exported.value === 'function') {
      return { kind: 'module', count: null, bytes, calls: [], skipped: 0, uncalled: exported.name };
    }
  }
  let skipped = 0;
  const dataset = await openDataset(data, {
    ...{ cwd, typed: config.typed, importModule, onBadRecord: config.onBadRecord ?? 'fail' },
    onBadRecordSkipped: ({ records }) => {
      skipped += records;
    },
  });
  const known = selectedCount(dataset.count, config);
  const looked =
    known === null && bytes !== null && bytes <= SMALL && source.kind !== 'module' ? MAX_LOOKED : MAX_CALLS;
  const calls: string[] = [];
  let seen = 0;
  for await (const item of selectRecords(dataset.records(), config)) {
    if (++seen <= MAX_CALLS) calls.push(callText(name, argumentsOf(item, config)));
    if (seen === looked) break;
  }
  const count = known ?? (seen < looked ? seen : null);
  return { kind: dataset.kind, count, bytes, calls, skipped, uncalled: null };
}

function argumentsOf(item: unknown, { spread, args = [] }: PreviewConfig): readonly unknown[] {
  if (!spread) return [item, ...args];
  if (Array.isArray(item)) return [...item, ...args];
  throw usage(`--spread needs items that are arrays, got ${valueInLine(item)}`);
}

function callText(name: string, args: readonly unknown[]): string {
  const text = `${name}(${args.map(valueInLine).join(', ')})`;
  return text.length <= MAX_CALL ? text : `${text.slice(0, MAX_CALL - 1)}…`;
}

/** As people write it in a program, short. */
function valueInLine(value: unknown): string {
  const limits = { depth: 3, maxArrayLength: 6, maxStringLength: 80 };
  return inspect(value, { ...limits, breakLength: Infinity, compact: true }).slice(0, MAX_CALL);
}

async function sizeOf(source: Source, cwd: string): Promise<number | null> {
  if (source.kind === 'glob' || source.kind === 'range' || source.kind === 'module') return null;
  if (source.path === '-') return null;
  return stat(resolve(cwd, source.path)).then(
    ({ size }) => size,
    () => null, // Opening it says what is wrong.
  );
}

/** Datasets that lead to arrays in a JSON file that is an object; none where that is not what is wrong. */
async function arraysIn({ data, cwd }: PreviewConfig): Promise<string[]> {
  try {
    const source = parseSource(data);
    if (source.kind !== 'json' || source.path === '-') return [];
    const pointers = await findArrays(resolve(cwd, source.path));
    return pointers
      .filter((keys) => keys.length > 0)
      .map((keys) => withPointer(data, source.path, keys))
      .filter((each) => each !== data);
  } catch {
    return []; // The failure of the dataset itself is told.
  }
}
