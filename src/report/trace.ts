import type { RunHeader, TimelineSpan } from '../protocol/run.ts';

/**
 * The timeline of a run in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing open: a track for
 * each worker. Adjacent items may be one span; `items` and `first` say which. Times in µs from the start of the run.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function renderTrace(header: RunHeader, spans: readonly TimelineSpan[]): string {
  const workers = [...new Set(spans.map(({ worker }) => worker))].sort((a, b) => a - b);
  const events = [
    {
      ph: 'M',
      name: 'process_name',
      pid: 1,
      args: { name: `${header.function} over ${header.dataset.source}` },
    },
    ...workers.flatMap((worker) => [
      { ph: 'M', name: 'thread_name', pid: 1, tid: worker, args: { name: `worker ${worker}` } },
      { ph: 'M', name: 'thread_sort_index', pid: 1, tid: worker, args: { sort_index: worker } },
    ]),
    ...spans.map(({ worker, kind, begin, end, item, count, failed }) => ({
      ph: 'X',
      name: kind === 'computing' ? itemName(item, count) : kind,
      cat: failed > 0 ? `${kind},failed` : kind,
      pid: 1,
      tid: worker,
      ts: microseconds(begin - header.startedAt),
      dur: microseconds(end - begin),
      args: count > 0 ? { first: item, items: count, failed } : {},
    })),
  ];
  const { node, loader, workers: chosen, startedAt } = header;
  const otherData = {
    node: node.version,
    loader: loader.kind,
    workers: chosen.count,
    startedAt: new Date(startedAt).toISOString(),
  };
  return `${JSON.stringify({ traceEvents: events, displayTimeUnit: 'ms', otherData })}\n`;
}

function itemName(item: number, count: number): string {
  return count > 1 ? `${count} items from ${item}` : `item ${item}`;
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}

/** The spans of a trace that `renderTrace` made; none of what is something else. Pure. */
export function parseTrace(text: string, startedAt: number): TimelineSpan[] {
  const { traceEvents } = JSON.parse(text) as { traceEvents?: readonly TraceEvent[] };
  if (!Array.isArray(traceEvents)) return [];
  return traceEvents.flatMap(({ ph, cat, tid, ts, dur, args }: TraceEvent) => {
    const kind = KINDS.find((each) => each === cat?.split(',')[0]);
    if (ph !== 'X' || kind === undefined || tid === undefined || ts === undefined || dur === undefined)
      return [];
    const begin = startedAt + ts / 1000;
    const { first: item = -1, items: count = 0, failed = 0 } = args ?? {};
    return [{ worker: tid, kind, begin, end: begin + dur / 1000, item, count, failed }];
  });
}

const KINDS = ['startup', 'computing', 'encoding'] as const;

interface TraceEvent {
  readonly ph?: string;
  readonly cat?: string;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: { readonly first?: number; readonly items?: number; readonly failed?: number };
}
