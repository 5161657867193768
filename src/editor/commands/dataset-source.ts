import { existsSync, statSync } from 'node:fs';
import * as path from 'node:path';
import * as l10n from '@vscode/l10n';
import { itemCount } from '../counts.ts';
import { previewFile } from './file-preview.ts';

/** What a written dataset source names, before anything of it is read. */
export type DatasetSource =
  | { readonly kind: 'file'; readonly file: string; readonly pointer: string | null }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'range'; readonly start: number; readonly stop: number; readonly step: number }
  | { readonly kind: 'module'; readonly file: string; readonly exportName: string };

export type ParsedSource = { readonly source: DatasetSource } | { readonly problem: string };

/** File name endings of the datasets that are read from one file. */
export const dataFileExtensions = [
  ...['json', 'jsonl', 'ndjson', 'csv', 'tsv', 'txt'],
  ...['parquet', 'arrow', 'arrows', 'feather'],
] as const;
/** The same, decompressed on the way: not Parquet, which is read from its end. */
export const compressedExtensions = dataFileExtensions
  .filter((extension) => extension !== 'parquet')
  .flatMap((extension) => [`${extension}.gz`, `${extension}.zst`]);
const SHOWN_ITEMS = 3;

/** Reads what was typed; `problem` says in words what is wrong with it. Looks at the disk only for whether files exist. */
export function parseSource(text: string, cwd: string): ParsedSource {
  const written = text.trim();
  if (written === '') return { problem: l10n.t('nothing was given') };
  if (written === '-') return { problem: l10n.t('standard input exists on the command line only') };
  if (written.startsWith('range:')) return parseRange(written.slice('range:'.length));
  if (written.startsWith('glob:')) return parseGlob(written.slice('glob:'.length));
  if (written.startsWith('module:')) return parseModule(written.slice('module:'.length), cwd);
  return parseFile(written, cwd);
}

/** How many numbers a range has. */
export function rangeLength(range: { start: number; stop: number; step: number }): number {
  return Math.max(0, Math.ceil((range.stop - range.start) / range.step));
}

/** The items, in a few words, and the calls that the first ones become. Reads a few KiB, or the description of a Parquet or Arrow file. */
export function previewSource(source: DatasetSource, functionName: string): string {
  switch (source.kind) {
    case 'range':
      return previewRange(source, functionName);
    case 'glob':
      return l10n.t('Each file that fits: {0}', `${functionName}("path/of/the/file")`);
    case 'module':
      return l10n.t('Each item of the export {0} of {1}', source.exportName, path.basename(source.file));
    case 'file':
      return previewFile(source.file, source.pointer, functionName);
  }
}

function parseRange(text: string): ParsedSource {
  const parts = text.split(':').map((part) => part.trim());
  const [start, stop, step = 1] = parts.map((part) => (part === '' ? Number.NaN : Number(part)));
  if (parts.length < 2 || parts.length > 3 || start === undefined || stop === undefined)
    return { problem: l10n.t('a range is written range:START:STOP or range:START:STOP:STEP') };
  if (![start, stop, step].every(Number.isFinite))
    return { problem: l10n.t('START, STOP and STEP must be numbers') };
  if (step === 0) return { problem: l10n.t('STEP must not be 0') };
  if (rangeLength({ start, stop, step }) === 0)
    return {
      problem: l10n.t('it has no item: {0} is not reached from {1} in steps of {2}', stop, start, step),
    };
  return { source: { kind: 'range', start, stop, step } };
}

function parseGlob(pattern: string): ParsedSource {
  if (pattern.trim() === '')
    return { problem: l10n.t('a glob is written glob:PATTERN, such as glob:images/**/*.jpg') };
  return { source: { kind: 'glob', pattern: pattern.trim() } };
}

function parseModule(text: string, cwd: string): ParsedSource {
  const at = text.lastIndexOf('#');
  if (at <= 0 || at === text.length - 1)
    return { problem: l10n.t('an export is written module:FILE#EXPORT, such as module:./data.ts#cities') };
  const file = path.resolve(cwd, text.slice(0, at));
  if (!isFile(file)) return { problem: l10n.t('{0} does not exist', file) };
  return { source: { kind: 'module', file, exportName: text.slice(at + 1) } };
}

function parseFile(text: string, cwd: string): ParsedSource {
  const at = text.indexOf('#/');
  const file = path.resolve(cwd, at === -1 ? text : text.slice(0, at));
  const extension = /\.([^./\\]+)(?:\.(?:gz|zst))?$/i.exec(file)?.[1]?.toLowerCase() ?? '';
  if (!(dataFileExtensions as readonly string[]).includes(extension))
    return {
      problem: l10n.t(
        'its name must end in one of {0}, and may have .gz or .zst after it',
        dataFileExtensions.map((each) => `.${each}`).join(', '),
      ),
    };
  if (extension === 'parquet' && !/parquet$/i.test(file))
    return { problem: l10n.t('Parquet is read from its end: decompress the file') };
  if (!isFile(file)) return { problem: l10n.t('{0} does not exist', file) };
  const pointer = at === -1 ? null : text.slice(at + 1);
  if (pointer !== null && extension !== 'json')
    return { problem: l10n.t('only a .json file can be followed by #/pointer') };
  return { source: { kind: 'file', file, pointer } };
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

function previewRange(range: { start: number; stop: number; step: number }, functionName: string): string {
  const length = rangeLength(range);
  const shown = Array.from({ length: Math.min(length, SHOWN_ITEMS) }, (_, index) => index);
  const calls = shown.map((index) => `${functionName}(${range.start + index * range.step})`);
  if (length > SHOWN_ITEMS) calls.push('…');
  return `${itemCount(length)}: ${calls.join(', ')}`;
}
