import type { RunSummary, Verdict } from '../protocol/run.ts';
import {
  formatCount,
  formatMs,
  formatRate,
  formatShare,
  formatSpeedup,
  formatSpeedupInterval,
} from '../report/format.ts';
import * as l10n from '../report/l10n.ts';
import { isOver, type RunModel } from '../report/model.ts';
import { verdictReason, verdictText } from '../report/verdict.ts';
import { el, setAttribute, setNumber, setText } from './dom.ts';
import { stateText } from './header.ts';
import type { Part } from './part.ts';

/** The answer in one look: while it runs, how far it is; afterwards, the speedup and whether it was worth it. */
export class Overview implements Part {
  readonly element: HTMLElement;
  readonly #hero = el('div', { class: 'hero' });
  readonly #speedup = el('div', { class: 'hero', test: 'speedup-value' });
  readonly #sub = el('div', { class: 'sub' });
  readonly #interval = el('div', { class: 'sub', test: 'speedup-interval' });
  readonly #badge = el('span', { class: 'badge' });
  readonly #verdict = el('p', { class: 'verdict', test: 'verdict' });
  readonly #fill = el('div', { class: 'fill' });
  readonly #bar = el(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': l10n.t('Items done'), 'aria-valuemin': '0' },
    this.#fill,
  );
  readonly #done = el('span', { test: 'progress-done' });
  readonly #total = el('span', { test: 'progress-total' });
  readonly #succeeded = el('span', { test: 'succeeded-count' });
  readonly #failed = el('span', { test: 'failed-count' });
  readonly #figures = el('dl', { class: 'figures' });
  #summary: RunSummary | null | undefined;

  constructor() {
    this.element = el(
      'section',
      { class: 'overview', 'aria-label': l10n.t('Result'), tabindex: '0' },
      el('div', { class: 'answer' }, this.#hero, this.#speedup, this.#badge, this.#sub, this.#interval),
      this.#bar,
      el(
        'p',
        { class: 'counts' },
        el('span', { class: 'of' }, ...l10n.parts('{0} of {1} items', this.#done, this.#total)),
        el('span', { class: 'ok' }, ...l10n.parts('{0} succeeded', this.#succeeded)),
        el('span', { class: 'bad' }, ...l10n.parts('{0} failed', this.#failed)),
      ),
      this.#figures,
      this.#verdict,
    );
  }

  update(model: RunModel): void {
    this.#showProgress(model);
    this.#showWork(model);
    if (model.summary !== this.#summary) this.#showSummary(model.summary);
  }

  #showProgress(model: RunModel): void {
    const { progress, summary } = model;
    const done = summary?.items ?? progress?.done ?? 0;
    const failed = summary?.failed ?? progress?.failed ?? 0;
    const total =
      progress?.total ??
      model.header?.dataset.items ??
      (summary === null || summary.interrupted ? null : summary.items);
    setNumber(this.#done, done, formatCount(done));
    setNumber(this.#total, total, total === null ? '?' : formatCount(total));
    setNumber(this.#succeeded, done - failed, formatCount(done - failed));
    setNumber(this.#failed, failed, formatCount(failed));
    const share = total === null ? null : total === 0 ? (isOver(model) ? 1 : 0) : done / total;
    this.#fill.style.width = share === null ? '100%' : `${Math.min(1, share) * 100}%`;
    setAttribute(
      this.#bar,
      'data-tone',
      model.state === 'failed' || model.state === 'interrupted' ? 'halted' : isOver(model) ? 'over' : 'busy',
    );
    this.#bar.toggleAttribute('data-unknown', share === null && !isOver(model));
    setAttribute(this.#bar, 'aria-valuemax', total === null ? null : String(total));
    setAttribute(this.#bar, 'aria-valuenow', total === null ? null : String(done));
    setAttribute(this.#failed.parentElement ?? this.#failed, 'data-some', failed > 0 ? 'true' : null);
  }

  #showWork(model: RunModel): void {
    const { progress, state, summary } = model;
    const judged = summary !== null;
    this.#hero.hidden = judged;
    this.#sub.hidden = judged;
    if (judged) return;
    if (progress?.total && (state === 'running' || state === 'stopping' || isOver(model))) {
      setText(this.#hero, `${Math.floor((progress.done / progress.total) * 100)} %`);
    } else if (progress !== null && progress.done > 0) setText(this.#hero, formatCount(progress.done));
    else setText(this.#hero, stateText(model));
    this.#hero.classList.toggle('words', !(progress !== null && progress.done > 0));
    setText(this.#sub, isOver(model) ? '' : workText(model));
  }

  #showSummary(summary: RunSummary | null): void {
    this.#summary = summary;
    for (const element of [this.#speedup, this.#interval, this.#badge, this.#verdict, this.#figures]) {
      if (element !== null) element.hidden = summary === null;
    }
    if (summary === null) return;
    const { speedup, speedupInterval, verdict } = summary;
    setNumber(
      this.#speedup,
      speedup,
      speedup === null ? l10n.t('No speedup measured') : formatSpeedup(speedup),
    );
    this.#speedup.classList.toggle('words', speedup === null);
    setAttribute(this.#speedup, 'data-verdict', verdict.kind);
    setText(this.#interval, intervalText(summary));
    setAttribute(this.#interval, 'data-value', speedupInterval === null ? null : speedupInterval.join(' '));
    setText(this.#badge, badgeText(verdict.kind));
    this.#badge.hidden = verdict.kind === 'not-measured';
    setAttribute(this.#badge, 'data-verdict', verdict.kind);
    // Where the panel is narrow and low, the reason has no room of its own.
    this.#badge.title = verdictText(verdict, l10n.t);
    setText(this.#verdict, verdictReason(verdict, l10n.t));
    this.#figures.replaceChildren(
      ...figure(l10n.t('In parallel'), formatMs(summary.wallMs), summary.wallMs, 'wall-ms'),
      ...figure(
        l10n.t('In one process'),
        summary.baseline.ms === null ? l10n.t('not measured') : formatMs(summary.baseline.ms),
        summary.baseline.ms,
        'baseline-ms',
      ),
      ...figure(
        l10n.t('Efficiency'),
        summary.efficiency === null ? '–' : formatShare(summary.efficiency),
        summary.efficiency,
        'efficiency',
      ),
    );
  }
}

function badgeText(kind: Verdict['kind']): string {
  switch (kind) {
    case 'worth-it':
      return `✓ ${l10n.t('Worth it')}`;
    case 'marginal':
      return `≈ ${l10n.t('Marginal')}`;
    case 'not-worth-it':
      return `✕ ${l10n.t('Not worth it')}`;
    case 'not-measured':
      return l10n.t('Not measured');
  }
}

function figure(name: string, text: string, value: number | null, test: string): HTMLElement[] {
  const shown = el('dd', { test });
  setNumber(shown, value, text);
  return [el('dt', {}, name), shown];
}

function intervalText(summary: RunSummary): string {
  if (summary.speedup === null) return '';
  if (summary.speedupInterval === null) return l10n.t('too few items timed for an interval');
  if (summary.baseline.items >= summary.items) return l10n.t('every item timed in one process');
  return l10n.t('95 % interval {0}', formatSpeedupInterval(summary.speedupInterval, l10n.t));
}

/** Rate and what is left while items run; what the phase says of itself before. */
function workText(model: RunModel): string {
  const { progress, state, phase } = model;
  if (state === 'running' && progress !== null && progress.done > 0) {
    const rate = formatRate(progress.rate);
    return progress.eta === null ? rate : `${rate} · ${l10n.t('{0} left', formatMs(progress.eta))}`;
  }
  if (phase?.note) return l10n.say(phase.note, l10n.t);
  switch (state) {
    case 'preparing':
      return l10n.t('Finding the function, the data and Node');
    case 'calibrating':
      return l10n.t('Timing a few items to choose workers and chunks');
    case 'baseline':
      return l10n.t('Timing items in one process, to compare with');
    case 'sweep':
      return l10n.t('Timing a sample with more and more workers');
    case 'running':
      return l10n.t('Starting the workers');
    case 'verifying':
      return l10n.t('Running items once more in one process');
    case 'finishing':
      return l10n.t('Writing the results');
    case 'stopping':
      return l10n.t('What is done is kept');
    default:
      return '';
  }
}
