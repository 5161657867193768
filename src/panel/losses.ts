import type { RunSummary } from '../protocol/run.ts';
import { formatMs, formatShare, plural } from '../report/format.ts';
import { LOSS_KINDS } from '../report/losses.ts';
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
    'Known when the run is done: how much of the workers’ time went into your function, and where the rest went.',
  );
  #summary: RunSummary | null | undefined;

  constructor() {
    const head = ['Part', 'What it is', 'Time', 'Share'].map((name, column) =>
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
      { class: 'losses scroll', tabindex: '0', role: 'group', 'aria-label': 'Where the time went' },
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
      `The time of all workers together: ${plural(summary.workers, 'worker')} for ${formatMs(summary.wallMs)} each`,
    );
    this.#bar.replaceChildren(
      ...LOSS_KINDS.filter(({ key }) => summary.losses[key] > 0).map(({ key, label }) => {
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
      ...LOSS_KINDS.map(({ key, label, meaning }) => {
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
