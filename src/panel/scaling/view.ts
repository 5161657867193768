import type uPlot from 'uplot';
import type { RunSummary } from '../../protocol/run.ts';
import * as l10n from '../../report/l10n.ts';
import { isOver, type RunModel } from '../../report/model.ts';
import { forecastNote } from '../../report/scaling.ts';
import { speedupAxes } from '../../report/speedup-axis.ts';
import { button, el, setAttribute, setText } from '../dom.ts';
import type { Part } from '../part.ts';
import { onThemeChange } from '../timeline/theme.ts';
import { createChart } from './chart.ts';
import { type Curve, curveOf, describePoint } from './curve.ts';
import { curveRows, tableOf, whatIfRows } from './tables.ts';

/** Below this many px a chart shows nothing. */
const SMALLEST = { width: 140, height: 80 };

/** The speedup with other numbers of workers, as a curve or a table, and what single changes would give. */
export class ScalingView implements Part {
  readonly element: HTMLElement;
  readonly #canvas = el('div', {
    class: 'curve',
    tabindex: '0',
    role: 'application',
    'aria-roledescription': l10n.t('chart'),
    'aria-label': l10n.t('Speedup over workers: arrow keys go from point to point'),
    test: 'scaling-chart',
  });
  readonly #tip = el('div', { class: 'tip', role: 'status', 'aria-live': 'polite', test: 'scaling-tip' });
  readonly #space = el('div', { class: 'canvas-space' }, this.#canvas, this.#tip);
  readonly #empty = el('p', { class: 'empty', test: 'scaling-empty' });
  readonly #legend = el('div', { class: 'legend' });
  readonly #twin: HTMLButtonElement;
  readonly #numbers = tableOf(
    [l10n.t('Workers'), l10n.t('Sweep, lowest to highest'), l10n.t('Expected'), l10n.t('Band')],
    l10n.t('Speedup with so many workers'),
    'scaling-table',
  );
  readonly #changes = tableOf(
    [l10n.t('What if'), l10n.t('Speedup'), l10n.t('Gain')],
    l10n.t('Each change by itself'),
    'what-if',
  );
  readonly #note = el('p', { class: 'soft', test: 'scaling-note' });
  readonly #left: HTMLElement;
  readonly #right: HTMLElement;
  #summary: RunSummary | null | undefined;
  #curve: Curve | null = null;
  #chart: uPlot | null = null;
  #asTable = false;

  constructor() {
    this.#twin = button(l10n.t('Table'), () => this.#setTable(!this.#asTable), {
      class: 'toggle',
      title: l10n.t('The same as numbers'),
      test: 'scaling-table-button',
    });
    const numbers = el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': l10n.t('Speedup over workers') },
      this.#numbers.table,
    );
    this.#left = el(
      'div',
      { class: 'left' },
      el('div', { class: 'tools' }, this.#legend, this.#twin),
      this.#space,
      numbers,
    );
    this.#right = el(
      'div',
      { class: 'changes scroll', tabindex: '0', role: 'group', 'aria-label': l10n.t('What if') },
      this.#changes.table,
      this.#note,
    );
    this.element = el('div', { class: 'scaling' }, this.#empty, this.#left, this.#right);
    this.#canvas.addEventListener('keydown', (event) => this.#onKey(event));
    this.#canvas.addEventListener('blur', () => this.#point(null));
    this.#canvas.addEventListener('pointerleave', () => this.#point(null));
    new ResizeObserver(() => this.#draw()).observe(this.#space);
    onThemeChange(() => this.#draw());
    this.#setTable(false);
  }

  update(model: RunModel): void {
    setText(this.#empty, emptyText(model));
    if (model.summary === this.#summary) return;
    this.#summary = model.summary;
    this.#curve = model.summary === null ? null : curveOf(model.summary);
    const none = model.summary === null || this.#curve === null;
    this.#empty.hidden = !none;
    this.#left.hidden = none;
    this.#right.hidden = none;
    if (model.summary !== null && this.#curve !== null) this.#show(model.summary, this.#curve);
    this.#draw();
  }

  #show(summary: RunSummary, curve: Curve): void {
    this.#numbers.body.replaceChildren(...curveRows(summary));
    this.#changes.body.replaceChildren(...whatIfRows(summary));
    const why = summary.scaling?.note;
    const note = forecastNote(summary, l10n.t);
    setText(this.#note, why === undefined ? note : `${note} ${l10n.t('The scaling sweep: {0}.', why)}`);
    const swept = curve.swept.some((speedup) => speedup !== null);
    const entry = (kind: string, label: string): HTMLElement =>
      el('span', {}, el('span', { class: `swatch ${kind}` }), label);
    this.#legend.replaceChildren(
      entry('run', l10n.t('This run')),
      ...(swept ? [entry('swept', l10n.t('Sweep'))] : []),
      entry('likely', l10n.t('Expected')),
      entry('band', swept ? l10n.t('95 % band') : l10n.t('Band')),
      entry('ideal', l10n.t('Ideal')),
    );
  }

  #setTable(asTable: boolean): void {
    this.#asTable = asTable;
    setAttribute(this.#twin, 'aria-pressed', String(asTable));
    this.#space.hidden = asTable;
    const numbers = this.#numbers.table.parentElement;
    if (numbers !== null) numbers.hidden = !asTable;
    this.#draw();
  }

  /** Anew: a chart of a few points costs less than keeping its colours and sizes in line. */
  #draw(): void {
    this.#chart?.destroy();
    this.#chart = null;
    this.#point(null);
    const { clientWidth: width, clientHeight: height } = this.#space;
    const curve = this.#curve;
    if (!this.#summary || curve === null || this.#asTable) return;
    if (width < SMALLEST.width || height < SMALLEST.height) return;
    const size = { width, height };
    this.#chart = createChart(this.#canvas, curve, speedupAxes(this.#summary), size, (index) =>
      this.#point(index),
    );
  }

  #point(index: number | null): void {
    const chart = this.#chart;
    const curve = this.#curve;
    this.#tip.hidden = index === null || chart === null || curve === null;
    if (index === null || chart === null || curve === null) return;
    setText(this.#tip, describePoint(curve, index));
    const x = chart.over.offsetLeft + chart.valToPos(curve.workers[index] ?? 1, 'x');
    const width = this.#tip.offsetWidth;
    this.#tip.style.left = `${Math.max(4, Math.min(this.#space.clientWidth - width - 4, x - width / 2))}px`;
    this.#tip.style.top = '4px';
  }

  #onKey(event: KeyboardEvent): void {
    const chart = this.#chart;
    const curve = this.#curve;
    if (chart === null || curve === null) return;
    const last = curve.workers.length - 1;
    const now = this.#tip.hidden ? null : (chart.cursor.idx ?? null);
    const next = {
      ArrowRight: now === null ? 0 : Math.min(last, now + 1),
      ArrowLeft: now === null ? last : Math.max(0, now - 1),
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const left = chart.valToPos(curve.workers[next] ?? 1, 'x');
    chart.setCursor({ left, top: chart.valToPos(curve.likely[next] ?? 1, 'y') });
    this.#point(next);
  }
}

function emptyText({ summary, ...model }: RunModel): string {
  if (summary === null && !isOver({ ...model, summary }))
    return l10n.t(
      'Known when the run is done: the speedup that more or fewer workers would give, and what each loss costs.',
    );
  return l10n.t('No speedup was measured, so nothing can be said of other numbers of workers.');
}
