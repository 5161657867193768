import type { RunSummary } from '../../protocol/run.ts';
import { workerCount } from '../../report/counts.ts';
import { formatShare, formatSpeedup, formatSpeedupInterval } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';
import { NOTABLE_GAIN, whatIfText } from '../../report/what-if.ts';
import { el, setNumber } from '../dom.ts';

/** The chart as numbers: a row for each number of workers. */
export function curveRows(summary: RunSummary): HTMLElement[] {
  const measured = new Map(summary.scaling?.points.map((point) => [point.workers, point]));
  return (summary.forecast ?? []).map(({ workers, speedup, interval }) => {
    const sweep = measured.get(workers);
    const here = workers === summary.workers;
    return el(
      'tr',
      {},
      el(
        'th',
        { scope: 'row' },
        here ? l10n.t('{0} (this run)', workerCount(workers)) : workerCount(workers),
      ),
      el(
        'td',
        { class: 'number' },
        sweep === undefined
          ? '–'
          : `${formatSpeedup(sweep.speedup)} (${formatSpeedupInterval(sweep.spread, l10n.t)})`,
      ),
      number(speedup, formatSpeedup(speedup), `forecast-${workers}`),
      el('td', { class: 'number' }, formatSpeedupInterval(interval, l10n.t)),
    );
  });
}

/** A row for each change and what it would give. */
export function whatIfRows({ whatIf, speedup }: RunSummary): HTMLElement[] {
  return (whatIf ?? []).map((change) => {
    const gain = change.speedup / (speedup ?? change.speedup) - 1;
    const range = change.interval === null ? '' : formatSpeedupInterval(change.interval, l10n.t);
    return el(
      'tr',
      { title: range },
      el('th', { scope: 'row' }, whatIfText(change, l10n.t)),
      number(change.speedup, formatSpeedup(change.speedup), `what-if-${change.change}`),
      el(
        'td',
        { class: 'number gain' },
        gain < NOTABLE_GAIN - 1 ? l10n.t('no gain') : `+${formatShare(gain)}`,
      ),
    );
  });
}

/** A table with its head; its rows come later. */
export function tableOf(
  heads: readonly string[],
  caption: string,
  test: string,
): { readonly table: HTMLElement; readonly body: HTMLElement } {
  const body = el('tbody');
  const cells = heads.map((name, column) =>
    el('th', { scope: 'col', class: column > 0 ? 'number' : '' }, name),
  );
  const head = el('thead', {}, el('tr', {}, ...cells));
  return { table: el('table', { class: 'table', test }, el('caption', {}, caption), head, body), body };
}

function number(value: number, text: string, test: string): HTMLElement {
  const cell = el('td', { class: 'number', test });
  setNumber(cell, value, text);
  return cell;
}
