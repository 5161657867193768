import { formatCount } from './format.ts';
import * as l10n from './l10n.ts';

// Whole texts, as languages differ in how they make a plural.

export function itemCount(count: number): string;
export function itemCount<R>(count: number, t: l10n.Say<R>): R;
export function itemCount(count: number, t: l10n.Say<unknown> = l10n.t): unknown {
  return count === 1 ? t('1 item') : t('{0} items', formatCount(count));
}

export function workerCount(count: number): string;
export function workerCount<R>(count: number, t: l10n.Say<R>): R;
export function workerCount(count: number, t: l10n.Say<unknown> = l10n.t): unknown {
  return count === 1 ? t('1 worker') : t('{0} workers', formatCount(count));
}

export const lineCount = (count: number): string =>
  count === 1 ? l10n.t('1 line') : l10n.t('{0} lines', formatCount(count));

export const problemCount = (count: number): string =>
  count === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', formatCount(count));

export const findingCount = (count: number): string => {
  if (count === 0) return l10n.t('no findings');
  return count === 1 ? l10n.t('1 finding') : l10n.t('{0} findings', formatCount(count));
};
