import type { Difference, RunSummary, Verification } from '../protocol/run.ts';
import { formatMs, plural } from '../report/format.ts';
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
    this.#all = button('Verify all items', () => post({ type: 'verify', items: 'all' }), {
      test: 'verify-all-button',
    });
    this.#sample = button(`Verify ${SAMPLE} items`, () => post({ type: 'verify', items: SAMPLE }), {
      class: 'secondary',
      test: 'verify-sample-button',
    });
    this.#actions = el('div', { class: 'actions' }, this.#all, this.#sample, this.#cost);
    const head = ['Item', 'Where', 'In the run', 'Alone in one process', 'A second time alone'].map((name) =>
      el('th', { scope: 'col' }, name),
    );
    this.#table = el(
      'table',
      { class: 'table', test: 'differences' },
      this.#caption,
      el('thead', {}, el('tr', {}, ...head)),
      this.#body,
    );
    this.element = el(
      'div',
      { class: 'verification scroll', tabindex: '0', role: 'group', 'aria-label': 'Verification' },
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
      ? ['busy', `Verifying: ${phase?.note ?? 'starting one process'}`]
      : verification === null
        ? ['none', 'Not verified']
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
    const text = known && baseline.ms !== null ? `all of them take about ${formatMs(baseline.ms)}` : '';
    setText(this.#cost, text);
  }

  #showDifferences({ first, differences }: Verification): void {
    const more = differences - first.length;
    setText(
      this.#caption,
      more > 0
        ? `The first ${plural(first.length, 'item')} that differ, of ${differences}`
        : 'Items that differ',
    );
    this.#body.replaceChildren(...first.map((difference) => this.#row(difference)));
  }

  #row({ index, path, parallel, alone, repeatable }: Difference): HTMLElement {
    const open = button(String(index), () => this.#post({ type: 'openResult', index }), {
      class: 'link',
      title: `Open the whole result of item ${index}`,
      'aria-label': `Item ${index}: open the whole result`,
    });
    const why = repeatable ? 'the same: order or state' : 'something else: chance or time';
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
  return differences > 0 ? { text: `${differences} differ`, bad: true } : { text: '✓', bad: false };
}

function answerOf(verification: Verification): [tone: string, text: string] {
  const text = verificationText(verification);
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  if (verification.note !== undefined) return ['fair', sentence];
  return verification.differences > 0 ? ['bad', sentence] : ['good', sentence];
}

function aboutOf(model: RunModel): string {
  const what =
    'Items are run once more, one after the other in one process, and what each gives is compared with its result in the run. What differs depends on order, or on state that workers do not share.';
  if (model.summary === null) return `${what} That can be done when the run has ended.`;
  return model.summary.verification === undefined || model.state === 'verifying' ? what : '';
}
