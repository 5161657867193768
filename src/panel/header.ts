import type { RunHeader } from '../protocol/run.ts';
import { itemCount, workerCount } from '../report/counts.ts';
import * as l10n from '../report/l10n.ts';
import { isOver, isRunning, type RunModel } from '../report/model.ts';
import { button, el, setAttribute, setText } from './dom.ts';
import type { Part, Post } from './part.ts';

/** What is run, on what, with what, each with its reason; and what can be done about it. */
export class Header implements Part {
  readonly element: HTMLElement;
  readonly #state = el('span', { class: 'state', test: 'run-state' });
  readonly #function: HTMLButtonElement;
  readonly #facts = el('ul', { class: 'facts', 'aria-label': l10n.t('How it is run') });
  readonly #stop: HTMLButtonElement;
  readonly #resume: HTMLButtonElement;
  readonly #failedAgain: HTMLButtonElement;
  readonly #rerun: HTMLButtonElement;
  readonly #report: HTMLButtonElement;
  #header: RunHeader | null = null;

  constructor(post: Post) {
    this.#function = button(
      '',
      () => {
        const header = this.#header;
        if (header !== null)
          post({ type: 'openSource', at: { file: header.file, line: header.line ?? 1, column: 1 } });
      },
      { class: 'link name', test: 'function-name' },
    );
    this.#function.hidden = true;
    this.#stop = button(
      l10n.t('Stop'),
      () => post({ type: 'stop' }),
      { title: l10n.t('Stop'), test: 'stop-button' },
      'stop',
    );
    this.#resume = button(
      l10n.t('Resume'),
      () => post({ type: 'resume' }),
      { title: l10n.t('Resume: what is done is not done again'), test: 'resume-button' },
      'resume',
    );
    this.#failedAgain = button(
      l10n.t('Run failed again'),
      () => post({ type: 'runFailedAgain' }),
      {
        class: 'secondary',
        title: l10n.t('Run failed items again, as a new run'),
        test: 'failed-again-button',
      },
      'failedAgain',
    );
    this.#rerun = button(
      l10n.t('Run again'),
      () => post({ type: 'rerun' }),
      { class: 'secondary', title: l10n.t('Run again'), test: 'rerun-button' },
      'rerun',
    );
    this.#report = button(
      l10n.t('Open report'),
      () => post({ type: 'openRunFile', file: 'report' }),
      { class: 'secondary', title: l10n.t('Open report'), test: 'open-report-button' },
      'report',
    );
    const buttons = [this.#stop, this.#resume, this.#failedAgain, this.#rerun, this.#report];
    const actions = el('div', { class: 'actions' }, ...buttons);
    this.element = el('header', { class: 'bar' }, this.#state, this.#function, this.#facts, actions);
  }

  update(model: RunModel): void {
    setText(this.#state, stateText(model));
    setAttribute(this.#state, 'data-value', model.state);
    setAttribute(this.#state, 'data-tone', tone(model));
    this.#stop.hidden = !isRunning(model);
    this.#stop.disabled = model.state === 'stopping';
    this.#resume.hidden = !canResume(model);
    this.#failedAgain.hidden = !isOver(model) || (model.summary?.failed ?? 0) === 0;
    this.#rerun.hidden = !isOver(model);
    this.#report.hidden = model.summary === null;
    this.element.hidden = model.state === 'idle';
    if (model.header === this.#header) return;
    this.#header = model.header;
    this.#function.hidden = model.header === null;
    this.#facts.replaceChildren(...(model.header === null ? [] : factsOf(model.header)));
    if (model.header === null) return;
    setText(this.#function, model.header.exportName);
    this.#function.title = l10n.t('{0}: open the source', model.header.function);
  }
}

/** Whether the run was stopped or broke off with items left to do, of a dataset that can be gone on with. */
export function canResume(model: RunModel): boolean {
  if (!isOver(model) || model.header === null || model.header.earlier?.kind === 'only-failed') return false;
  return model.state === 'interrupted' || model.state === 'failed';
}

/** The state in a word or two. */
export function stateText(model: RunModel): string {
  switch (model.state) {
    case 'idle':
      return l10n.t('No run yet');
    case 'preparing':
      return l10n.t('Preparing');
    case 'calibrating':
      return l10n.t('Calibrating');
    case 'baseline':
      return l10n.t('Measuring baseline');
    case 'sweep':
      return l10n.t('Measuring scaling');
    case 'running':
      return l10n.t('Running');
    case 'verifying':
      return l10n.t('Verifying');
    case 'finishing':
      return l10n.t('Finishing');
    case 'stopping':
      return l10n.t('Stopping');
    case 'interrupted':
      return l10n.t('Stopped');
    case 'failed':
      return model.progress === null ? l10n.t('Could not run') : l10n.t('Broke off');
    case 'finished':
      return model.summary !== null && model.summary.failed > 0
        ? l10n.t('Done with failures')
        : l10n.t('Done');
  }
}

function tone(model: RunModel): string {
  if (model.state === 'failed') return 'bad';
  if (model.state === 'interrupted') return 'fair';
  if (model.state === 'finished') return model.exitCode === 0 ? 'good' : 'bad';
  return 'busy';
}

/** From this age (ms) on, a run says when it was. */
const OLD = 60 * 60 * 1000;

function startedFact(startedAt: number): HTMLElement {
  const date = new Date(startedAt);
  const short = date.toLocaleString(undefined, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return fact('started', short, l10n.t('Started {0}', date.toLocaleString()));
}

function factsOf(header: RunHeader): HTMLElement[] {
  const { dataset, workers, node, loader } = header;
  const items = dataset.items === null ? l10n.t('streamed') : itemCount(dataset.items);
  const old = Date.now() - header.startedAt > OLD;
  return [
    ...(old ? [startedFact(header.startedAt)] : []),
    fact('dataset', dataset.source, l10n.t('Dataset {0}: {1}, {2}', dataset.source, dataset.kind, items)),
    fact('workers', workerCount(workers.count), `${workerCount(workers.count)}: ${workers.reason}`),
    fact('node', `Node ${node.version.replace(/^v/, '')}`, `${node.path}\n${node.reason}`),
    fact(
      'loader',
      loader.kind === 'native' ? l10n.t('Native loader') : l10n.t('Bundled'),
      l10n.t('Loader "{0}": {1}', loader.kind, loader.reason),
    ),
  ];
}

// The reason is a tooltip for the mouse and a description for a screen reader; the focus gets there too.
function fact(kind: string, text: string, reason: string): HTMLElement {
  return el(
    'li',
    { title: reason, class: kind, tabindex: '0' },
    text,
    el('span', { class: 'unseen' }, `. ${reason}`),
  );
}
