import { formatCount } from '../report/format.ts';
import * as l10n from './l10n.ts';

// Whole texts, as languages differ in how they make a plural.

export const itemCount = (count: number): string =>
  count === 1 ? l10n.t('1 item') : l10n.t('{0} items', formatCount(count));

export const workerCount = (count: number): string =>
  count === 1 ? l10n.t('1 worker') : l10n.t('{0} workers', formatCount(count));

export const problemCount = (count: number): string =>
  count === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', formatCount(count));

export const findingCount = (count: number): string => {
  if (count === 0) return l10n.t('no findings');
  return count === 1 ? l10n.t('1 finding') : l10n.t('{0} findings', formatCount(count));
};
