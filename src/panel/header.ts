import type { RunHeader } from '../protocol/run.ts';
import { plural } from '../report/format.ts';
import { isOver, isRunning, type RunModel } from '../report/model.ts';
import { button, el, setAttribute, setText } from './dom.ts';
import type { Part, Post } from './part.ts';

/** What is run, on what, with what, each with its reason; and what can be done about it. */
export class Header implements Part {
  readonly element: HTMLElement;
  readonly #state = el('span', { class: 'state', test: 'run-state' });
  readonly #function: HTMLButtonElement;
  readonly #facts = el('ul', { class: 'facts', 'aria-label': 'How it is run' });
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
    this.#stop = button('Stop', () => post({ type: 'stop' }), { title: 'Stop', test: 'stop-button' }, 'stop');
    this.#resume = button(
      'Resume',
      () => post({ type: 'resume' }),
      { title: 'Resume: what is done is not done again', test: 'resume-button' },
      'resume',
    );
    this.#failedAgain = button(
      'Run failed again',
      () => post({ type: 'runFailedAgain' }),
      { class: 'secondary', title: 'Run failed items again, as a new run', test: 'failed-again-button' },
      'failedAgain',
    );
    this.#rerun = button(
      'Run again',
      () => post({ type: 'rerun' }),
      { class: 'secondary', title: 'Run again', test: 'rerun-button' },
      'rerun',
    );
    this.#report = button(
      'Open report',
      () => post({ type: 'openRunFile', file: 'report' }),
      { class: 'secondary', title: 'Open report', test: 'open-report-button' },
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
    this.#function.title = `${model.header.function}: open the source`;
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
      return 'No run yet';
    case 'preparing':
      return 'Preparing';
    case 'calibrating':
      return 'Calibrating';
    case 'baseline':
      return 'Measuring baseline';
    case 'sweep':
      return 'Measuring scaling';
    case 'running':
      return 'Running';
    case 'verifying':
      return 'Verifying';
    case 'finishing':
      return 'Finishing';
    case 'stopping':
      return 'Stopping';
    case 'interrupted':
      return 'Stopped';
    case 'failed':
      return model.progress === null ? 'Could not run' : 'Broke off';
    case 'finished':
      return model.summary !== null && model.summary.failed > 0 ? 'Done with failures' : 'Done';
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
  return fact('started', short, `Started ${date.toLocaleString()}`);
}

function factsOf(header: RunHeader): HTMLElement[] {
  const { dataset, workers, node, loader } = header;
  const items = dataset.items === null ? 'streamed' : plural(dataset.items, 'item');
  const old = Date.now() - header.startedAt > OLD;
  return [
    ...(old ? [startedFact(header.startedAt)] : []),
    fact('dataset', dataset.source, `Dataset ${dataset.source}: ${dataset.kind}, ${items}`),
    fact('workers', plural(workers.count, 'worker'), `${plural(workers.count, 'worker')}: ${workers.reason}`),
    fact('node', `Node ${node.version.replace(/^v/, '')}`, `${node.path}\n${node.reason}`),
    fact(
      'loader',
      loader.kind === 'native' ? 'Native loader' : 'Bundled',
      `Loader "${loader.kind}": ${loader.reason}`,
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
