import type { FromPanel, ToPanel } from '../protocol/panel.ts';
import * as l10n from '../report/l10n.ts';
import { applyEvent, emptyModel, type RunModel } from '../report/model.ts';
import { Announcer } from './announcer.ts';
import { el, setAttribute } from './dom.ts';
import { Header } from './header.ts';
import { LossesView } from './losses.ts';
import { Failure, Start } from './notices.ts';
import { OutputView } from './output.ts';
import { Overview } from './overview.ts';
import type { Part } from './part.ts';
import { ResultsView } from './results.ts';
import { ScalingView } from './scaling/view.ts';
import { Tabs } from './tabs.ts';
import { TimelineView } from './timeline/view.ts';
import { VerificationView, verificationBadge } from './verification.ts';

interface Host {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** From this height (px) on, the timeline stands above the other views instead of taking turns with them. */
const TALL = 600;

/** The view of one run: keeps the model by the host's own reducer, and draws it at most once a frame. */
export class Panel {
  readonly #root: HTMLElement;
  readonly #host: Host;
  readonly #tabs: Tabs;
  readonly #parts: readonly Part[];
  #model: RunModel = emptyModel();
  #frame: number | null = null;

  constructor(root: HTMLElement, host: Host) {
    const post = (message: FromPanel): void => host.postMessage(message);
    this.#root = root;
    this.#host = host;
    this.#tabs = new Tabs(
      [
        { id: 'timeline', label: l10n.t('Timeline'), part: new TimelineView(post) },
        { id: 'output', label: l10n.t('Output'), part: new OutputView(post), badge: outputBadge },
        { id: 'results', label: l10n.t('Results'), part: new ResultsView(post), badge: failedBadge },
        { id: 'losses', label: l10n.t('Where the time went'), part: new LossesView() },
        { id: 'scaling', label: l10n.t('Scaling'), part: new ScalingView() },
        {
          id: 'verification',
          label: l10n.t('Verification'),
          part: new VerificationView(post),
          badge: verificationBadge,
        },
      ],
      rememberedTab(host.getState()) ?? 'timeline',
      (tab) => host.setState({ tab }),
    );
    const overview = new Overview();
    const header = new Header(post);
    const start = new Start(post);
    const failure = new Failure(post);
    const announcer = new Announcer();
    this.#parts = [header, start, failure, overview, this.#tabs, announcer];
    root.classList.add('app');
    root.append(
      header.element,
      el(
        'main',
        {},
        el('h1', { class: 'unseen' }, l10n.t('Manycore run')),
        start.element,
        failure.element,
        el('div', { class: 'body' }, overview.element, this.#tabs.element),
      ),
      announcer.element,
    );
  }

  /** Listens to the host and asks it for the model. The page lives as long as this object. */
  start(): void {
    window.addEventListener('message', (event: MessageEvent<ToPanel<RunModel>>) => this.#receive(event.data));
    const tall = window.matchMedia(`(min-height: ${TALL}px)`);
    const arrange = (): void => {
      this.#tabs.pin(tall.matches ? 'timeline' : null);
      this.#schedule();
    };
    tall.addEventListener('change', arrange);
    arrange();
    this.#draw();
    this.#host.postMessage({ type: 'ready' });
  }

  #receive(message: ToPanel<RunModel>): void {
    if (message.type === 'snapshot') this.#model = message.model;
    else if (message.type === 'events') this.#model = message.events.reduce(applyEvent, this.#model);
    else return;
    this.#schedule();
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
  }

  #draw(): void {
    setAttribute(this.#root, 'data-state', this.#model.state);
    setAttribute(this.#root, 'data-content', contentOf(this.#model));
    for (const part of this.#parts) part.update(this.#model);
  }
}

/** What the panel shows under its header: how to begin, why nothing began, or the run. */
function contentOf(model: RunModel): 'start' | 'failure' | 'run' {
  if (model.state === 'idle') return 'start';
  return model.failure !== null && model.progress === null ? 'failure' : 'run';
}

function rememberedTab(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('tab' in state)) return null;
  return typeof state.tab === 'string' ? state.tab : null;
}

function outputBadge(model: RunModel): { text: string; bad: boolean } | null {
  const lines = model.output.lines.length + model.output.dropped;
  return lines === 0 ? null : { text: lines > 9999 ? '9999+' : String(lines), bad: false };
}

function failedBadge(model: RunModel): { text: string; bad: boolean } | null {
  const failed = model.summary?.failed ?? model.progress?.failed ?? 0;
  return failed === 0 ? null : { text: l10n.t('{0} failed', failed > 9999 ? '9999+' : failed), bad: true };
}
