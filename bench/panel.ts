/**
 * The panel's timeline in headless Chromium, drawn without a GPU: 128 workers and 1,000,000 items.
 *
 *   node --import tsx bench/panel.ts [items, default 1,000,000] [workers, default 128]
 *
 * Prints, first while the panel receives the run ten times a second and is zoomed and moved in every frame, then at rest
 * with all of it there: frames a second, the time from frame to frame, and what our own code took of each.
 */
import { loadavg } from 'node:os';
import { MAX_STRETCHES_A_TICK } from '../src/job/live-timeline.ts';
import { packStretches, type Stretch } from '../src/report/stretches.ts';
import { type OpenPanel, PanelHarness } from '../test/e2e/panel/harness.ts';
import { scenario } from '../test/e2e/panel/scenarios.ts';
import { figure } from './report/statistics.ts';

const GOAL = 30;
const items = Number(process.argv[2] ?? 1_000_000);
const workers = Number(process.argv[3] ?? 128);
const TICK = 100;

interface Frames {
  /** ms from each frame to the next. */
  readonly deltas: readonly number[];
  /** ms that callbacks of the page took in each frame. */
  readonly costs: readonly number[];
  /** ms that messages took, each. */
  readonly messages: readonly number[];
}

/** Counts frames from the first script of the page on; its globals are not those of this program. */
const COUNTING = `
  window.frames_ = { deltas: [], costs: [], messages: [] };
  let last = null, cost = 0, at = 0;
  const timed = (call, add) => (...args) => {
    const begin = performance.now();
    try { return call(...args); } finally { add(performance.now() - begin); }
  };
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (call) => request(timed(call, (ms) => { cost += ms; }));
  const listen = window.addEventListener.bind(window);
  window.addEventListener = (type, call, options) => listen(type,
    type === 'message' ? timed(call, (ms) => window.frames_.messages.push(ms)) : call, options);
  const each = (now) => {
    if (last !== null) { window.frames_.deltas.push(now - last); window.frames_.costs.push(cost); }
    last = now; cost = 0;
    if (window.moving) window.moving(at++);
    request(each);
  };
  request(each);`;

/** Nearer for 60 frames with the pointer at different places, aside for 60, back out for 60. */
const MOVING = `window.moving = (at) => {
  const canvas = document.querySelector('[data-testid=timeline-canvas]');
  const { width } = canvas.getBoundingClientRect();
  const phase = at % 180;
  const x = width * (0.2 + 0.6 * ((at % 97) / 97));
  const zooms = phase < 60 || phase >= 120;
  canvas.dispatchEvent(new WheelEvent('wheel', { cancelable: true, clientX: x, ctrlKey: zooms,
    deltaX: zooms ? 0 : 12, deltaY: zooms ? (phase < 60 ? -20 : 20) : 0 }));
};`;

await using harness = await PanelHarness.start();
const panel = await harness.open({ width: 1200, height: 420, init: COUNTING });
const { events } = scenario({ items: 200, workers, until: 0.01, end: 'none' });
const begun = events.filter(({ type }) => type !== 'timeline');
await panel.tell(begun);
await panel.page.evaluate(MOVING);

const clock = new Float64Array(workers).fill(Date.now());
let next = 0;
function stretches(count: number): Stretch[] {
  return Array.from({ length: Math.min(count, items - next) }, () => {
    const item = next++;
    const worker = item % workers;
    const begin = clock[worker] ?? 0;
    // Between 1 and 20 ms, and a hundred times as long now and then.
    const ms = (1 + ((item * 7919) % 97) / 5) * (item % 4001 === 0 ? 100 : 1);
    clock[worker] = begin + ms * 1.1;
    const failed = item % 2503 === 0 ? 1 : 0;
    return {
      worker: worker + 1,
      begin,
      startup: 0,
      computing: ms,
      encoding: ms * 0.03,
      item,
      count: 1,
      failed,
    };
  });
}

console.log(
  `load average of the machine: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')}`,
);
let tick = Date.now();
while (next < items) {
  await panel.tell([{ type: 'timeline', stretches: packStretches(stretches(MAX_STRETCHES_A_TICK)) }]);
  tick += TICK;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, tick - Date.now())));
}
report(`receiving ${items.toLocaleString('en-US')} items`, await framesOf(panel));
await new Promise((resolve) => setTimeout(resolve, 10_000));
report('all there', await framesOf(panel));
const memory = await panel.page.evaluate<number>('performance.memory?.usedJSHeapSize ?? NaN');
console.log(
  `JavaScript heap of the panel: ${figure(memory / 1e6)} MB, and columns of at most 80 bytes an item`,
);
if (panel.problems.length > 0) console.log(panel.problems.join('\n'));

async function framesOf({ page }: OpenPanel): Promise<Frames> {
  return page.evaluate<Frames>(
    '(() => { const frames = window.frames_; window.frames_ = { deltas: [], costs: [], messages: [] }; return frames; })()',
  );
}

function report(name: string, { deltas, costs, messages }: Frames): void {
  const perSecond = (1000 * deltas.length) / deltas.reduce((sum, delta) => sum + delta, 0);
  console.log(`${name}: ${figure(perSecond)} frames a second (goal: ${GOAL}), ${deltas.length} frames`);
  console.log(`  from frame to frame, ms   ${spread(deltas)}`);
  console.log(`  our code in a frame, ms   ${spread(costs)}`);
  if (messages.length > 0) console.log(`  taking a message, ms      ${spread(messages)}`);
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => figure(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  return `median ${at(0.5)}, 95 % ${at(0.95)}, largest ${at(1)}`;
}
