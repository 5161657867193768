import { LiveTimeline, MAX_STRETCHES_A_TICK } from '../../../src/job/live-timeline.ts';
import {
  MAX_OUTPUT_LINES,
  type OutputLine,
  type PackedStretches,
  type ResultRow,
  type RunEvent,
  type RunHeader,
  type RunPhase,
  type TimelineSpan,
  type Verification,
  type WorkerSnapshot,
} from '../../../src/protocol/run.ts';
import { message } from '../../../src/report/l10n.ts';
import { MAX_ROWS } from '../../../src/report/model.ts';
import type { SweepFacts } from '../../../src/report/scaling.ts';
import { summarise, type WorkerFacts } from '../../../src/report/summary.ts';
import { uslSpeedup } from '../../../src/report/usl.ts';
import { BASELINE_OFF } from '../../../src/report/verdict.ts';

/** Runs as the job host tells of them, made without running anything: for looking at the panel and the report. */

export interface Scenario {
  readonly header: RunHeader;
  readonly events: readonly RunEvent[];
  /** What the report draws. */
  readonly spans: readonly TimelineSpan[];
}

export interface Shape {
  readonly workers: number;
  readonly items: number;
  /** Mean time of an item in ms. */
  readonly itemMs: number;
  readonly failEvery: number | null;
  readonly baseline: 'sample' | 'full' | 'off';
  /** Share of the time in the function that contention took. */
  readonly contention: number;
  /** Where the telling stops: a share of the items, or 1 with the summary. */
  readonly until: number;
  readonly end: 'finished' | 'interrupted' | 'none';
  readonly name: string;
  readonly dataset: string;
  /** Numbers of workers of a scaling sweep before the run; null for none. */
  readonly sweep: readonly number[] | null;
  /** Hosts of an engine, whose workers come in turns; empty for this machine. */
  readonly hosts: readonly string[];
  /** What comparing with one process gave; null where it was not asked for. */
  readonly verification: Verification | null;
}

const START = Date.UTC(2026, 4, 6, 9, 30, 0);

const defaults: Shape = {
  workers: 8,
  items: 3_201,
  itemMs: 12,
  failEvery: null,
  baseline: 'sample',
  contention: 0.06,
  until: 1,
  end: 'finished',
  name: 'scoreMovie',
  dataset: 'data/movies.json',
  sweep: null,
  hosts: [],
  verification: null,
};

export function scenario(changes: Partial<Shape> = {}): Scenario {
  const shape = { ...defaults, ...changes };
  const header = headerOf(shape);
  const events: RunEvent[] = [
    { type: 'started', protocol: 1, header },
    phase('preparing', 0),
    phase('calibrating', 80),
    phase('baseline', 300),
  ];
  const run = simulate(shape, Math.ceil(shape.items * shape.until));
  events.push(phase('running', 2_000));
  events.push(...toldOf(run));
  const wallMs = Math.max(...run.workers.map((worker) => worker.aliveMs));
  const done = run.rows.length;
  const failed = run.rows.filter((row) => !row.ok).length;
  const rate = (done / wallMs) * 1000;
  events.push({
    type: 'progress',
    progress: {
      time: START + 2_000 + wallMs,
      done,
      failed,
      total: shape.items,
      rate,
      eta: ((shape.items - done) / rate) * 1000,
      workers: run.workers.map((worker) => snapshotOf(worker, shape.end === 'none')),
    },
  });
  if (shape.end === 'none') return { header, events, spans: run.spans };
  const interrupted = shape.end === 'interrupted';
  const summary = summarise({
    function: header.function,
    dataset: shape.dataset,
    runDir: header.runDir,
    node: header.node.version,
    loader: header.loader.kind,
    startedAt: START,
    interrupted,
    skippedRecords: 0,
    wallMs,
    items: done,
    succeeded: done - failed,
    failed,
    baseline:
      shape.baseline === 'off'
        ? { kind: 'off', note: BASELINE_OFF }
        : {
            kind: shape.baseline,
            times: run.rows.slice(0, Math.min(400, done)).map((row) => row.ms * (1 - shape.contention)),
            of: shape.items,
          },
    ...(shape.sweep === null ? {} : { sweep: sweepOf(shape, shape.sweep) }),
    matched: shape.baseline === 'off' || done === 0 ? null : { alone: 1 - shape.contention, parallel: 1 },
    workers: run.workers,
    firstErrors: run.rows.filter((row) => !row.ok).slice(0, 20),
  });
  const { verification } = shape;
  const told = verification === null ? summary : { ...summary, verification };
  events.push({ type: 'finished', summary: told, exitCode: interrupted ? 130 : failed > 0 ? 1 : 0 });
  return { header, events, spans: run.spans };
}

/** Items that scale as the law with a share of 1.5 % one at a time has it, in runs that differ by 1 or 2 %. */
function sweepOf({ itemMs }: Shape, counts: readonly number[]): SweepFacts {
  const aloneMs = 80 * itemMs;
  const law = { gamma: 0.98, sigma: 0.015, kappa: 0.0004 };
  return {
    items: 80,
    aloneMs,
    points: counts.map((workers) => ({
      workers,
      runs: [0.985, 1, 1.02].map((off) => (off * aloneMs) / uslSpeedup(law, workers)),
    })),
  };
}

export const different: Verification = {
  checked: 50,
  of: 3_201,
  differences: 3,
  first: [
    { index: 412, path: 'value.rank', parallel: '413', alone: '1', repeatable: true },
    { index: 977, path: 'value.rank', parallel: '978', alone: '2', repeatable: true },
    { index: 2_048, path: 'value.rank', parallel: '2049', alone: '3', repeatable: true },
  ],
};

export const failedToStart: Scenario = {
  spans: [],
  header: headerOf(defaults),
  events: [
    phase('preparing', 0),
    {
      type: 'failed',
      exitCode: 2,
      failure: {
        code: 'ERR_MANYCORE_NO_EXPORT',
        message:
          'src/movies.ts exports no function "scoreMovies". It exports: scoreMovie, loadMovies, default.',
        hint: 'Did you mean scoreMovie? Choose it with FILE#EXPORT, such as src/movies.ts#scoreMovie.',
        at: { file: '/home/ada/film/src/movies.ts', line: 41, column: 17 },
      },
    },
  ],
};

/** Before the first item: the function, data and Node are known, one process is being timed. */
export const measuringBaseline: Scenario = {
  spans: [],
  header: headerOf(defaults),
  events: [
    { type: 'started', protocol: 1, header: headerOf(defaults) },
    phase('preparing', 0),
    phase('calibrating', 80),
    {
      type: 'phase',
      phase: 'baseline',
      time: START + 300,
      note: message('a sample in one process'),
    },
  ],
};

/** As the job host tells it: the timeline in events of bounded size, of the rest no more than is shown. */
function toldOf({ spans, lines, rows }: Simulated): RunEvent[] {
  const events: RunEvent[] = [];
  const timeline = new LiveTimeline();
  const put = (stretches: PackedStretches | null): void => {
    if (stretches !== null) events.push({ type: 'timeline', stretches });
  };
  spans.forEach((span, index) => {
    timeline.add(span);
    if (index % MAX_STRETCHES_A_TICK === MAX_STRETCHES_A_TICK - 1) put(timeline.take());
  });
  put(timeline.finish());
  const shownLines = lines.slice(-10 * MAX_OUTPUT_LINES);
  events.push({ type: 'output', lines: shownLines, dropped: lines.length - shownLines.length });
  const shownRows = rows.filter((row) => !row.ok || row.index < MAX_ROWS);
  events.push({ type: 'results', rows: shownRows, dropped: rows.length - shownRows.length });
  return events;
}

function headerOf(shape: Shape): RunHeader {
  return {
    function: `src/movies.ts#${shape.name}`,
    file: '/home/ada/film/src/movies.ts',
    exportName: shape.name,
    line: 41,
    dataset: { source: shape.dataset, kind: 'json', items: shape.items },
    workers: {
      count: shape.workers,
      reason: `one for each of the ${shape.workers} CPUs that this process may use`,
    },
    node: {
      version: 'v22.12.0',
      path: '/home/ada/.nvm/versions/node/v22.12.0/bin/node',
      reason: 'first "node" on PATH',
    },
    loader: { kind: 'native', reason: 'this Node strips types, and all 14 modules have erasable types only' },
    runDir: '/home/ada/film/.manycore/runs/2026-05-06T09-30-00-scoreMovie',
    startedAt: START,
  };
}

function phase(name: RunPhase, after: number): RunEvent {
  return { type: 'phase', phase: name, time: START + after };
}

interface Simulated {
  readonly spans: TimelineSpan[];
  readonly rows: ResultRow[];
  readonly lines: OutputLine[];
  readonly workers: WorkerFacts[];
}

// Whoever is free first takes the next item.
function simulate(shape: Shape, items: number): Simulated {
  const random = seeded(shape.workers * 7 + items);
  const begin = START + 2_000;
  const spans: TimelineSpan[] = [];
  const rows: ResultRow[] = [];
  const lines: OutputLine[] = [];
  const state = Array.from({ length: shape.workers }, (_, index) => ({
    id: index + 1,
    now: 60 + random() * 30,
    startup: 0,
    busy: 0,
    encoding: 0,
    items: 0,
    failed: 0,
    lines: 0,
  }));
  for (const worker of state) {
    worker.startup = worker.now;
    spans.push({
      worker: worker.id,
      kind: 'startup',
      begin,
      end: begin + worker.now,
      item: -1,
      count: 0,
      failed: 0,
    });
  }
  for (let index = 0; index < items; index++) {
    const worker = state.reduce((first, each) => (each.now < first.now ? each : first));
    const ms = shape.itemMs * (0.4 + 1.2 * random() + (random() < 0.02 ? 5 : 0));
    const encoding = ms * 0.04;
    const ok = shape.failEvery === null || index % shape.failEvery !== shape.failEvery - 1;
    const at = begin + worker.now;
    spans.push({
      worker: worker.id,
      kind: 'computing',
      begin: at,
      end: at + ms,
      item: index,
      count: 1,
      failed: ok ? 0 : 1,
    });
    spans.push({
      worker: worker.id,
      kind: 'encoding',
      begin: at + ms,
      end: at + ms + encoding,
      item: index,
      count: 1,
      failed: 0,
    });
    worker.now += ms + encoding;
    worker.busy += ms;
    worker.encoding += encoding;
    worker.items++;
    if (!ok) worker.failed++;
    if (index % 7 === 0 || !ok) {
      worker.lines++;
      lines.push({
        worker: worker.id,
        item: index,
        stream: ok ? 'stdout' : 'stderr',
        text: ok
          ? `scored "${title(index)}" in ${ms.toFixed(1)} ms`
          : `warning: no rating for "${title(index)}"`,
        time: at,
      });
    }
    rows.push(rowOf(index, ok, ms, worker.id));
  }
  const end = Math.max(...state.map((worker) => worker.now));
  const workers = state.map((worker) => ({
    worker: worker.id,
    pid: 40_100 + worker.id,
    host: shape.hosts[worker.id % shape.hosts.length],
    items: worker.items,
    failed: worker.failed,
    startupMs: worker.startup,
    busyMs: worker.busy,
    encodingMs: worker.encoding,
    transferMs: worker.encoding / 3,
    waitingMs: 0,
    tailMs: end - worker.now,
    aliveMs: end,
    lines: worker.lines,
  }));
  return { spans, rows, lines, workers };
}

function rowOf(index: number, ok: boolean, ms: number, worker: number): ResultRow {
  const input = `{"title":"${title(index)}","year":${1950 + (index % 70)},"rating":${ok ? ((index * 7) % 100) / 10 : 'null'}}`;
  const at = { file: '/home/ada/film/src/movies.ts', line: 47, column: 11 };
  return ok
    ? {
        index,
        ok,
        input,
        value: `{"score":${(((index * 37) % 1000) / 10).toFixed(1)},"rank":${index + 1}}`,
        error: null,
        ms,
        worker,
      }
    : {
        index,
        ok,
        input,
        value: '',
        error: {
          name: 'TypeError',
          message: `Cannot read properties of null (reading 'toFixed')`,
          at,
          stack: `TypeError: Cannot read properties of null (reading 'toFixed')\n    at scoreMovie (${at.file}:${at.line}:${at.column})`,
        },
        ms,
        worker,
      };
}

const TITLES = [
  'The Third Man',
  'Ikiru',
  'Playtime',
  'Stalker',
  'Mirror',
  'Yi Yi',
  'Close-Up',
  'Sansho the Bailiff',
  'La Jetée',
  'Pather Panchali',
];

function title(index: number): string {
  return `${TITLES[index % TITLES.length]} ${Math.floor(index / TITLES.length) + 1}`;
}

function snapshotOf(worker: WorkerFacts, running: boolean): WorkerSnapshot {
  const state = running ? 'working' : 'ended';
  return {
    id: worker.worker,
    pid: worker.pid,
    host: worker.host,
    state,
    done: worker.items,
    failed: worker.failed,
    busy: worker.busyMs,
    rss: running ? 91_000_000 : null,
  };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
