import uPlot from 'uplot';
import * as l10n from '../../report/l10n.ts';
import type { SpeedupAxes } from '../../report/speedup-axis.ts';
import type { Curve } from './curve.ts';

/** Room in px for the words at the axes. */
const LEFT = 40;
const BELOW = 20;
/** How far beyond the outermost values the axes reach, as a factor, so that no mark is cut. */
const MARGIN = 1.12;

interface ChartTheme {
  readonly curve: string;
  readonly band: string;
  readonly edge: string;
  readonly ideal: string;
  readonly ink: string;
  readonly text: string;
  readonly line: string;
  readonly paper: string;
  readonly font: string;
}

/** The curve of speedups over workers as a canvas of `size` in px inside of `element`. */
export function createChart(
  element: HTMLElement,
  curve: Curve,
  axes: SpeedupAxes,
  size: { readonly width: number; readonly height: number },
  pointed: (index: number | null) => void,
): uPlot {
  const theme = readTheme(element);
  const edge = { stroke: theme.edge, width: 1, points: { show: false } };
  const marks = { stroke: 'transparent', width: 0 };
  const axis = { stroke: theme.text, font: theme.font, ticks: { show: false } };
  return new uPlot(
    {
      ...size,
      legend: { show: false },
      padding: [6, 12, 0, 0],
      cursor: { drag: { x: false, y: false, setScale: false }, y: false, points: { show: false } },
      scales: {
        x: { time: false, distr: 3, log: 2, range: [1 / MARGIN, axes.workers * MARGIN] },
        y: { distr: 3, log: 2, range: [axes.bottom / MARGIN, axes.top * MARGIN] },
      },
      axes: [
        {
          ...axis,
          size: BELOW,
          label: l10n.t('Workers'),
          labelFont: theme.font,
          labelSize: 14,
          labelGap: 0,
          gap: 3,
          grid: { show: false },
          splits: () => readable(curve.workers),
          filter: (_, splits) => splits,
          values: (_, splits) => splits.map(String),
        },
        {
          ...axis,
          size: LEFT,
          grid: { stroke: theme.line, width: 1 },
          splits: () => [...axes.levels],
          filter: (_, splits) => splits,
          values: (_, splits) => splits.map((level) => `${level}x`),
        },
      ],
      bands: [{ series: [1, 2], fill: theme.band }],
      series: [
        {},
        edge,
        edge,
        { stroke: theme.ideal, width: 1, dash: [4, 4], points: { show: false } },
        { stroke: theme.curve, width: 2, points: { show: true, size: 5, fill: theme.curve } },
        { ...marks, points: { show: true, size: 13, width: 2, stroke: theme.paper, fill: theme.curve } },
        { ...marks, points: { show: true, size: 8, width: 2, stroke: theme.ink, fill: theme.paper } },
      ],
      hooks: {
        drawSeries: [(plot, series) => series === 5 && drawSpreads(plot, curve, theme.ink)],
        setCursor: [(plot) => pointed(plot.cursor.idx ?? null)],
      },
    },
    [curve.workers, curve.high, curve.low, curve.ideal, curve.likely, curve.run, curve.swept].map(
      (column) => [...column],
    ) as uPlot.AlignedData,
    element,
  );
}

/** Numbers of workers that do not run into each other along the axis: those that are at least a quarter larger. */
function readable(workers: readonly number[]): number[] {
  const shown: number[] = [];
  for (const count of workers) if (count >= 1.25 * (shown.at(-1) ?? 0)) shown.push(count);
  return shown;
}

/** A bar from the lowest to the highest run of each measured point, under its mark. */
function drawSpreads(plot: uPlot, { workers, spreads }: Curve, colour: string): void {
  const { ctx } = plot;
  const half = 4 * uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * uPlot.pxRatio;
  ctx.beginPath();
  spreads.forEach((spread, index) => {
    if (spread === null) return;
    const x = plot.valToPos(workers[index] ?? 1, 'x', true);
    const [low, high] = [plot.valToPos(spread[0], 'y', true), plot.valToPos(spread[1], 'y', true)];
    ctx.moveTo(x, low);
    ctx.lineTo(x, high);
    for (const y of [low, high]) {
      ctx.moveTo(x - half, y);
      ctx.lineTo(x + half, y);
    }
  });
  ctx.stroke();
  ctx.restore();
}

/** The colours come from the style sheet, which takes them from the editor's theme. */
function readTheme(element: HTMLElement): ChartTheme {
  const style = getComputedStyle(element);
  const get = (name: string): string => style.getPropertyValue(name).trim() || style.color;
  return {
    curve: get('--mc-computing'),
    band: get('--mc-band'),
    edge: get('--mc-band-edge'),
    ideal: get('--mc-soft'),
    ink: style.color,
    text: get('--mc-soft'),
    line: get('--mc-grid'),
    paper: get('--mc-paper'),
    font: `11px ${style.fontFamily}`,
  };
}
