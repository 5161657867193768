import * as l10n from '../report/l10n.ts';
import { emptyModel, type RunModel } from '../report/model.ts';
import { button, el, setText } from './dom.ts';
import type { Part, Post } from './part.ts';

/** How to begin, where nothing was run yet. */
export class Start implements Part {
  readonly element: HTMLElement;

  constructor(post: Post) {
    const begin = button(
      l10n.t('Choose a function to run'),
      () => post({ type: 'chooseFunction' }),
      { test: 'choose-function-button' },
      'run',
    );
    this.element = el(
      'section',
      { class: 'notice start', test: 'start' },
      el('h2', {}, l10n.t('Run a function over data on every core')),
      el(
        'p',
        {},
        ...l10n.parts(
          'Put the cursor on an exported function and choose {0} above it, in the context menu or in the command palette. Pick a dataset: a JSON, CSV or text file, files by pattern, a range of numbers, or a value of a module.',
          el('strong', {}, l10n.t('Run in Parallel')),
        ),
      ),
      el(
        'p',
        { class: 'soft' },
        l10n.t('Progress, output, every result and the measured speedup appear here.'),
      ),
      el('div', { class: 'actions' }, begin),
    );
  }

  update(model: RunModel): void {
    this.element.hidden = model.state !== 'idle';
  }
}

/** Why a run could not begin or broke off, where, and what to do next. */
export class Failure implements Part {
  readonly element: HTMLElement;
  readonly #title = el('h2');
  readonly #message = el('p', { class: 'message', test: 'failure-message' });
  readonly #hint = el('p', { test: 'failure-hint' });
  readonly #code = el('p', { class: 'soft mono' });
  readonly #place: HTMLButtonElement;
  readonly #folder: HTMLButtonElement;
  readonly #details = el('details', {}, el('summary', {}, l10n.t('Stack')));
  readonly #stack = el('pre');
  #failure: RunModel['failure'] | undefined;

  constructor(post: Post) {
    this.#place = button(
      '',
      () => {
        const at = this.#failure?.at;
        if (at !== undefined) post({ type: 'openSource', at });
      },
      { class: 'link mono', test: 'failure-place' },
    );
    this.#folder = button(l10n.t('Open run folder'), () => post({ type: 'openRunFile', file: 'folder' }), {
      class: 'secondary',
    });
    this.#details.append(this.#stack);
    this.element = el(
      'section',
      { class: 'notice failure', role: 'alert', test: 'failure' },
      this.#title,
      this.#message,
      this.#hint,
      this.#place,
      this.#code,
      el('div', { class: 'actions' }, this.#folder),
      this.#details,
    );
    this.update(emptyModel());
  }

  update(model: RunModel): void {
    const { failure } = model;
    if (failure === this.#failure) return;
    this.#failure = failure;
    this.element.hidden = failure === null;
    if (failure === null) return;
    setText(
      this.#title,
      model.progress === null ? l10n.t('The run could not begin') : l10n.t('The run broke off'),
    );
    setText(this.#message, failure.message);
    setText(this.#hint, failure.hint ?? '');
    this.#hint.hidden = failure.hint === undefined;
    setText(this.#code, failure.code);
    setText(
      this.#place,
      failure.at === undefined ? '' : `${failure.at.file}:${failure.at.line}:${failure.at.column}`,
    );
    this.#place.hidden = failure.at === undefined;
    this.#folder.hidden = failure.runDir === undefined;
    setText(this.#stack, failure.stack ?? '');
    this.#details.hidden = failure.stack === undefined;
  }
}
