import { sep } from 'node:path';
import type { DatasetPreview } from '../../protocol/preview.ts';
import * as l10n from '../../report/l10n.ts';
import { previewText } from '../../report/preview-text.ts';

type Failed = Extract<DatasetPreview, { failure: unknown }>;

/** A preview in one line: how many items, and the calls that the first ones become; or what is wrong, with its icon. */
export function detailOf(preview: DatasetPreview | null, cwd: string): string {
  if (preview === null) return l10n.t('no preview: "Manycore: Show Logs" has the reason');
  if ('failure' in preview) {
    return preview.arrays.length > 0
      ? l10n.t(
          'an object, with items in {0}',
          preview.arrays.map((array) => array.slice(array.indexOf('#'))).join(', '),
        )
      : `$(error) ${problemOf(preview, cwd)}`;
  }
  const { calls, count } = preview;
  if (calls.length === 0) return previewText(preview);
  const more = count === null || count > calls.length ? ', …' : '';
  return `${previewText(preview)}: ${calls.join(', ')}${more}`;
}

/** What is wrong with a dataset, and what to do; files relative to `cwd`. */
export function problemOf({ failure }: Failed, cwd: string): string {
  const folder = cwd.endsWith(sep) ? cwd : cwd + sep;
  return [failure.message.replaceAll(folder, ''), failure.hint].filter(Boolean).join(' ');
}

/** What cannot be a dataset in the editor, before anything is read; null when it can. */
export function problemOfTyped(text: string): string | null {
  if (text.trim() === '')
    return l10n.t('Write a path, glob:PATTERN, range:START:STOP or module:FILE#EXPORT.');
  return /^([a-z]+:)?-$/.test(text.trim()) ? l10n.t('Standard input exists on the command line only.') : null;
}
