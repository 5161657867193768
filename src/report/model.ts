import type {
  Message,
  OutputLine,
  ResultRow,
  RunEvent,
  RunExitCode,
  RunFailure,
  RunHeader,
  RunPhase,
  RunProgress,
  RunSummary,
} from '../protocol/run.ts';
import { addStretches, NO_STRETCHES, type StretchTable } from './stretches.ts';

/** Most output lines kept for showing; the newest stay. All of them are on disk. */
export const MAX_LINES = 5_000;
/** Most result rows kept for showing: failed ones first, then the slowest, then by index. */
export const MAX_ROWS = 2_000;
/** Of the rows that succeeded, this many are kept for being slow. */
const MAX_SLOWEST = 200;

/** What a run is doing, or how it ended. */
export type RunState = 'idle' | RunPhase | 'finished' | 'interrupted' | 'failed';

/** All that is shown of one run. Plain data: it travels between processes as it is. Bounded whatever the run's length. */
export interface RunModel {
  readonly state: RunState;
  /** When the present phase began, and what it says of itself. */
  readonly phase: { readonly time: number; readonly note: Message | null } | null;
  readonly header: RunHeader | null;
  readonly progress: RunProgress | null;
  /** `dropped` lines are not kept here. */
  readonly output: { readonly lines: readonly OutputLine[]; readonly dropped: number };
  /** `dropped` rows are not kept here; they are in `results.jsonl`. */
  readonly results: { readonly rows: readonly ResultRow[]; readonly dropped: number };
  readonly timeline: StretchTable;
  readonly summary: RunSummary | null;
  readonly failure: RunFailure | null;
  readonly exitCode: RunExitCode | null;
}

/** The model before any run. */
export function emptyModel(): RunModel {
  return {
    state: 'idle',
    phase: null,
    header: null,
    progress: null,
    output: { lines: [], dropped: 0 },
    results: { rows: [], dropped: 0 },
    timeline: NO_STRETCHES,
    summary: null,
    failure: null,
    exitCode: null,
  };
}

/** The model after an event. Pure: the model given stays as it is. A new run's first event begins a new model. */
export function applyEvent(model: RunModel, event: RunEvent): RunModel {
  switch (event.type) {
    case 'started': {
      const begun = isOver(model) || model.header !== null ? emptyModel() : model;
      return { ...begun, header: event.header, state: begun.state === 'idle' ? 'preparing' : begun.state };
    }
    case 'phase': {
      // A run that has ended can be verified: it stays what is shown.
      const begun = isOver(model) && event.phase !== 'verifying' ? emptyModel() : model;
      return { ...begun, state: event.phase, phase: { time: event.time, note: event.note ?? null } };
    }
    case 'progress':
      return { ...model, progress: event.progress };
    case 'output':
      return { ...model, output: addLines(model.output, event.lines, event.dropped) };
    case 'results':
      return { ...model, results: addRows(model.results, event.rows, event.dropped) };
    case 'timeline':
      return { ...model, timeline: addStretches(model.timeline, event.stretches) };
    case 'finished':
      return {
        ...model,
        state: event.summary.interrupted ? 'interrupted' : 'finished',
        summary: event.summary,
        exitCode: event.exitCode,
      };
    case 'failed':
      return {
        ...(isOver(model) ? emptyModel() : model),
        state: event.exitCode === 130 ? 'interrupted' : 'failed',
        failure: event.failure,
        exitCode: event.exitCode,
      };
  }
}

/** Whether a run is under way. */
export function isRunning(model: RunModel): boolean {
  return model.state !== 'idle' && !isOver(model);
}

/** Whether the run of the model has ended, in whichever way. */
export function isOver(model: RunModel): boolean {
  return model.state === 'finished' || model.state === 'interrupted' || model.state === 'failed';
}

function addLines(
  output: RunModel['output'],
  lines: readonly OutputLine[],
  dropped: number,
): RunModel['output'] {
  const all = [...output.lines, ...lines];
  const surplus = Math.max(0, all.length - MAX_LINES);
  return { lines: surplus > 0 ? all.slice(surplus) : all, dropped: output.dropped + dropped + surplus };
}

function addRows(
  results: RunModel['results'],
  rows: readonly ResultRow[],
  dropped: number,
): RunModel['results'] {
  const all = [...results.rows, ...rows];
  const surplus = Math.max(0, all.length - MAX_ROWS);
  return { rows: surplus > 0 ? mostTelling(all) : all, dropped: results.dropped + dropped + surplus };
}

function mostTelling(rows: readonly ResultRow[]): ResultRow[] {
  const byIndex = (a: ResultRow, b: ResultRow): number => a.index - b.index;
  const failed = rows.filter((row) => !row.ok).sort(byIndex);
  const slowestFirst = rows.filter((row) => row.ok).sort((a, b) => b.ms - a.ms || a.index - b.index);
  const slowest = slowestFirst.slice(0, MAX_SLOWEST);
  const others = slowestFirst.slice(MAX_SLOWEST).sort(byIndex);
  return [...failed, ...slowest, ...others].slice(0, MAX_ROWS);
}
