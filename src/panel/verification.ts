import type { Verification } from '../protocol/run.ts';
import { formatCount } from '../report/format.ts';
import type { RunModel } from '../report/model.ts';
import { verificationText } from '../report/verification-text.ts';
import { button, el, setAttribute, setText } from './dom.ts';
import type { Part, Post } from './part.ts';

const HEADS = ['Item', 'Where', 'In the run', 'In one process', 'A second time'] as const;

/** Whether items give the same in one process, and the first ones that do not: what the run gave beside what they give alone. */
export class VerificationView implements Part {
  readonly element: HTMLElement;
  readonly #post: Post;
  readonly #verdict = el('p', { class: 'outcome', test: 'verification' });
  readonly #body = el('tbody');
  readonly #table: HTMLElement;
  #verification: Verification | undefined;

  constructor(post: Post) {
    this.#post = post;
    const heads = HEADS.map((name) => el('th', { scope: 'col' }, name));
    this.#table = el(
      'table',
      { class: 'table differences', test: 'differences' },
      el('caption', {}, 'The first items that differ'),
      el('thead', {}, el('tr', {}, ...heads)),
      this.#body,
    );
    this.element = el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Verification' },
      this.#verdict,
      this.#table,
    );
  }

  update(model: RunModel): void {
    const verification = model.summary?.verification;
    if (verification === this.#verification) return;
    this.#verification = verification;
    if (verification === undefined) return;
    const { note, differences, first } = verification;
    setAttribute(this.#verdict, 'data-tone', note !== undefined ? 'fair' : differences > 0 ? 'bad' : 'good');
    const text = verificationText(verification);
    setText(this.#verdict, `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
    this.#table.hidden = first.length === 0;
    this.#body.replaceChildren(
      ...first.map(({ index, path, parallel, alone, repeatable }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, this.#link(index)),
          el('td', { class: 'mono' }, path),
          el('td', { class: 'mono' }, parallel),
          el('td', { class: 'mono' }, alone),
          el('td', { class: 'soft' }, repeatable ? 'the same again' : 'something else'),
        ),
      ),
    );
  }

  #link(index: number): HTMLElement {
    return button(formatCount(index), () => this.#post({ type: 'openResult', index }), {
      class: 'link',
      title: 'Open the result of the run',
    });
  }
}
