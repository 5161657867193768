import type { RunSummary } from '../protocol/run.ts';
import { workerCount } from '../report/counts.ts';
import { formatMs, formatShare } from '../report/format.ts';
import * as l10n from '../report/l10n.ts';
import { lossKinds } from '../report/losses.ts';
import type { RunModel } from '../report/model.ts';
import { el, setNumber, setText } from './dom.ts';
import type { Part } from './part.ts';

/** Where the workers' time went: a bar, and the same as a table. */
export class LossesView implements Part {
  readonly element: HTMLElement;
  readonly #bar = el('div', { class: 'shares', 'aria-hidden': 'true' });
  readonly #body = el('tbody');
  readonly #caption = el('caption');
  readonly #table: HTMLElement;
  readonly #empty = el(
    'p',
    { class: 'empty' },
    l10n.t(
      'Known when the run is done: how much of the workers’ time went into your function, and where the rest went.',
    ),
  );
  #summary: RunSummary | null | undefined;

  constructor() {
    const head = [l10n.t('Part'), l10n.t('What it is'), l10n.t('Time'), l10n.t('Share')].map((name, column) =>
      el('th', { scope: 'col', class: column > 1 ? 'number' : '' }, name),
    );
    this.#table = el(
      'table',
      { class: 'table', test: 'losses' },
      this.#caption,
      el('thead', {}, el('tr', {}, ...head)),
      this.#body,
    );
    this.element = el(
      'div',
      { class: 'losses scroll', tabindex: '0', role: 'group', 'aria-label': l10n.t('Where the time went') },
      this.#empty,
      this.#bar,
      this.#table,
    );
  }

  update(model: RunModel): void {
    const summary = model.summary !== null && model.summary.items > 0 ? model.summary : null;
    if (summary === this.#summary) return;
    this.#summary = summary;
    this.#empty.hidden = summary !== null;
    this.#bar.hidden = summary === null;
    this.#table.hidden = summary === null;
    if (summary === null) return;
    setText(
      this.#caption,
      l10n.t(
        'The time of all workers together: {0} for {1} each',
        workerCount(summary.workers),
        formatMs(summary.wallMs),
      ),
    );
    const kinds = lossKinds(l10n.t);
    this.#bar.replaceChildren(
      ...kinds
        .filter(({ key }) => summary.losses[key] > 0)
        .map(({ key, label }) => {
          const part = el('div', {
            class: `share ${key}`,
            title: `${label}: ${formatShare(summary.losses[key])}`,
          });
          part.style.flexGrow = String(summary.losses[key]);
          // The only colour that bears a text in every theme; the table below has them all.
          if (key === 'computing' && summary.losses[key] > 0.12)
            part.append(el('span', {}, `${label} ${formatShare(summary.losses[key])}`));
          return part;
        }),
    );
    const whole = summary.workers * summary.wallMs;
    this.#body.replaceChildren(
      ...kinds.map(({ key, label, meaning }) => {
        const share = el('td', { class: 'number', test: `loss-${key}` });
        setNumber(share, summary.losses[key], formatShare(summary.losses[key]));
        return el(
          'tr',
          {},
          el('th', { scope: 'row' }, el('span', { class: `swatch ${key}` }), label),
          el('td', { class: 'soft' }, meaning),
          el('td', { class: 'number' }, formatMs(summary.losses[key] * whole)),
          share,
        );
      }),
    );
  }
}
