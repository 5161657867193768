import type { Difference, RunSummary, Verification } from '../protocol/run.ts';
import { itemCount } from '../report/counts.ts';
import { formatMs } from '../report/format.ts';
import * as l10n from '../report/l10n.ts';
import { isOver, type RunModel } from '../report/model.ts';
import { verificationText } from '../report/verification-text.ts';
import { button, el, setAttribute, setText } from './dom.ts';
import type { Part, Post } from './part.ts';

/** Items of a verification that is a sample. */
const SAMPLE = 100;

/** Whether items give the same in one process: asks for the comparison, shows how far it is, and which items differ. */
export class VerificationView implements Part {
  readonly element: HTMLElement;
  readonly #post: Post;
  readonly #answer = el('p', { class: 'outcome', test: 'verification' });
  readonly #about = el('p', { class: 'soft' });
  readonly #all: HTMLButtonElement;
  readonly #sample: HTMLButtonElement;
  readonly #cost = el('span', { class: 'soft' });
  readonly #actions: HTMLElement;
  readonly #body = el('tbody');
  readonly #caption = el('caption');
  readonly #table: HTMLElement;
  #shown: Verification | null = null;

  constructor(post: Post) {
    this.#post = post;
    this.#all = button(l10n.t('Verify all items'), () => post({ type: 'verify', items: 'all' }), {
      test: 'verify-all-button',
    });
    this.#sample = button(l10n.t('Verify {0} items', SAMPLE), () => post({ type: 'verify', items: SAMPLE }), {
      class: 'secondary',
      test: 'verify-sample-button',
    });
    this.#actions = el('div', { class: 'actions' }, this.#all, this.#sample, this.#cost);
    const head = [
      l10n.t('Item'),
      l10n.t('Where'),
      l10n.t('In the run'),
      l10n.t('Alone in one process'),
      l10n.t('A second time alone'),
    ].map((name) => el('th', { scope: 'col' }, name));
    this.#table = el(
      'table',
      { class: 'table', test: 'differences' },
      this.#caption,
      el('thead', {}, el('tr', {}, ...head)),
      this.#body,
    );
    this.element = el(
      'div',
      { class: 'verification scroll', tabindex: '0', role: 'group', 'aria-label': l10n.t('Verification') },
      this.#answer,
      this.#about,
      this.#actions,
      this.#table,
    );
  }

  update(model: RunModel): void {
    const { summary, state, phase } = model;
    const verification = summary?.verification ?? null;
    const busy = state === 'verifying';
    const [tone, answer] = busy
      ? [
          'busy',
          l10n.t('Verifying: {0}', l10n.say(phase?.note ?? l10n.message('starting one process'), l10n.t)),
        ]
      : verification === null
        ? ['none', l10n.t('Not verified')]
        : answerOf(verification);
    setText(this.#answer, answer);
    setAttribute(this.#answer, 'data-tone', tone);
    setText(this.#about, aboutOf(model));
    this.#actions.hidden = busy || summary === null || summary.items === 0 || !isOver(model);
    if (summary !== null) this.#showCost(summary);
    this.#table.hidden = busy || verification === null || verification.first.length === 0;
    if (verification === this.#shown) return;
    this.#shown = verification;
    if (verification !== null) this.#showDifferences(verification);
  }

  #showCost(summary: RunSummary): void {
    const { items, baseline, earlier } = summary;
    this.#sample.hidden = items <= SAMPLE;
    // Of a run that went on with another one, only the items since then were timed.
    const known = baseline.ms !== null && earlier === undefined;
    const text =
      known && baseline.ms !== null ? l10n.t('all of them take about {0}', formatMs(baseline.ms)) : '';
    setText(this.#cost, text);
  }

  #showDifferences({ first, differences }: Verification): void {
    const more = differences - first.length;
    setText(
      this.#caption,
      more > 0
        ? l10n.t('The first {0} that differ, of {1}', itemCount(first.length), differences)
        : l10n.t('Items that differ'),
    );
    this.#body.replaceChildren(...first.map((difference) => this.#row(difference)));
  }

  #row({ index, path, parallel, alone, repeatable }: Difference): HTMLElement {
    const open = button(String(index), () => this.#post({ type: 'openResult', index }), {
      class: 'link',
      title: l10n.t('Open the whole result of item {0}', index),
      'aria-label': l10n.t('Item {0}: open the whole result', index),
    });
    const why = repeatable ? l10n.t('the same: order or state') : l10n.t('something else: chance or time');
    return el(
      'tr',
      { test: 'difference' },
      el('th', { scope: 'row', class: 'number' }, open),
      el('td', { class: 'mono' }, path),
      el('td', { class: 'mono', title: parallel }, el('div', { class: 'clamped' }, parallel)),
      el('td', { class: 'mono', title: alone }, el('div', { class: 'clamped' }, alone)),
      el('td', { class: 'soft' }, why),
    );
  }
}

/** A few characters beside the tab's name. */
export function verificationBadge({ summary }: RunModel): { text: string; bad: boolean } | null {
  const verification = summary?.verification;
  if (verification === undefined || verification.note !== undefined) return null;
  const { differences } = verification;
  return differences > 0 ? { text: l10n.t('{0} differ', differences), bad: true } : { text: '✓', bad: false };
}

function answerOf(verification: Verification): [tone: string, text: string] {
  const text = verificationText(verification, l10n.t);
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  if (verification.note !== undefined) return ['fair', sentence];
  return verification.differences > 0 ? ['bad', sentence] : ['good', sentence];
}

function aboutOf(model: RunModel): string {
  const what = l10n.t(
    'Items are run once more, one after the other in one process, and what each gives is compared with its result in the run. What differs depends on order, or on state that workers do not share.',
  );
  if (model.summary === null) return `${what} ${l10n.t('That can be done when the run has ended.')}`;
  return model.summary.verification === undefined || model.state === 'verifying' ? what : '';
}
