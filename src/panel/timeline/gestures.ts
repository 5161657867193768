import type { TimelineChart } from './chart.ts';
import { rowWidth } from './layout.ts';
import { type Period, pan } from './zoom.ts';

/** How much nearer one press goes, and by which share of the width one goes aside. */
export const ZOOM_STEP = 1.6;
const PAN_STEP = 0.2;
/** Turns px of a wheel into a factor. */
const WHEEL_ZOOM = 0.005;
/** px that the pointer may move between down and up for a click. */
const CLICK_SLACK = 3;

/** Hovering tells of one item, a click opens it; dragging moves, a double click shows the whole run. */
export function listenToPointer(canvas: HTMLCanvasElement, chart: TimelineChart): void {
  let drag: { readonly x: number; readonly shown: Period; moved: boolean } | null = null;
  const dragTo = (x: number): void => {
    const { layout } = chart;
    if (layout === null || drag === null) return;
    const by = drag.x - x;
    if (!drag.moved && Math.abs(by) <= CLICK_SLACK) return;
    drag.moved = true;
    chart.mark(null);
    if (chart.isZoomed) chart.show(pan(drag.shown, layout.all, by / rowWidth(layout)));
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || chart.layout === null) return;
    const { begin, length } = chart.layout;
    drag = { x: event.offsetX, shown: { begin, length }, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag === null) chart.point(event.offsetX, event.offsetY);
    else dragTo(event.offsetX);
  });
  canvas.addEventListener('pointerup', () => {
    if (drag?.moved === false) chart.open();
    drag = null;
  });
  canvas.addEventListener('pointercancel', () => {
    drag = null;
  });
  canvas.addEventListener('pointerleave', () => chart.mark(null));
  canvas.addEventListener('dblclick', () => chart.show(null));
  canvas.addEventListener('wheel', (event) => onWheel(event, chart), { passive: false });
}

/** Ctrl and wheel, or a pinch, zoom; the wheel sideways moves. */
function onWheel(event: WheelEvent, chart: TimelineChart): void {
  if (event.ctrlKey || event.metaKey) chart.zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), event.offsetX);
  else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const by = event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (chart.layout !== null) chart.pan(by / rowWidth(chart.layout));
  } else return;
  event.preventDefault();
  chart.point(event.offsetX, event.offsetY);
}

/** Everything that the pointer does, by keys: the name of the canvas says which. */
export function listenToKeys(canvas: HTMLCanvasElement, chart: TimelineChart): void {
  canvas.addEventListener('blur', () => chart.mark(null));
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowRight: () => (event.shiftKey ? chart.pan(PAN_STEP) : chart.step(1)),
      ArrowLeft: () => (event.shiftKey ? chart.pan(-PAN_STEP) : chart.step(-1)),
      ArrowDown: () => chart.changeRow(1),
      ArrowUp: () => chart.changeRow(-1),
      Home: () => chart.step(Number.NEGATIVE_INFINITY),
      End: () => chart.step(Number.POSITIVE_INFINITY),
      Enter: () => chart.open(),
      Escape: () => chart.mark(null),
      '+': () => chart.zoom(ZOOM_STEP),
      '=': () => chart.zoom(ZOOM_STEP),
      '-': () => chart.zoom(1 / ZOOM_STEP),
      '0': () => chart.show(null),
    }[event.key];
    if (act === undefined) return;
    act();
    event.preventDefault();
  });
}
