import type { DatasetPreview } from '../protocol/preview.ts';
import { formatBytes, plural } from './format.ts';

/** How many items a dataset has, and what it is: `24 items, CSV, 1.2 kB`; `streamed` where only reading all tells. The calls are shown beside it. */
export function previewText(preview: Exclude<DatasetPreview, { failure: unknown }>): string {
  const { kind, count, bytes, skipped, uncalled } = preview;
  if (uncalled !== null) return `what ${uncalled}() gives when the run begins`;
  const parts = [
    count === null ? 'streamed' : plural(count, 'item'),
    ...(kind === 'range' ? [] : [KINDS[kind] ?? kind]),
    ...(bytes === null ? [] : [bytes < 1000 ? plural(bytes, 'byte') : formatBytes(bytes)]),
    ...(skipped === 0 ? [] : [`${plural(skipped, 'bad record')} left out so far`]),
  ];
  return parts.join(', ');
}

const KINDS: Readonly<Record<string, string>> = {
  json: 'JSON array',
  jsonl: 'JSON Lines',
  csv: 'CSV',
  tsv: 'TSV',
  text: 'lines of text',
  parquet: 'Parquet',
  arrow: 'Arrow',
  glob: 'paths of files',
  module: 'export of a module',
  stdin: 'standard input',
};
