/** What a language model is told: bounded, so that one long value does not take all of its context. */
import type { Losses, ResultRow, RunFailure, RunSummary } from '../protocol/run.ts';
import {
  type AnalyzeAnswer,
  type Analyzed,
  MAX_TOOL_ERRORS,
  MAX_TOOL_TEXT,
  type RunAnswer,
  type RunEssence,
} from '../protocol/tools.ts';

/** Longest single text of an answer. */
const MAX_TEXT = 800;

/** How a run ended: the same for the editor and the command. */
export interface EndedRun {
  readonly exitCode: number;
  readonly summary: RunSummary | null;
  readonly failure: RunFailure | null;
  readonly runDir: string | null;
}

/** The findings as JSON, the first ones where not all have room. */
export function analyzeText(analyzed: Analyzed): string {
  const notes = analyzed.notes.map(cut);
  const diagnostics = analyzed.diagnostics.map((one) => ({ ...one, message: cut(one.message) }));
  for (let count = diagnostics.length; ; count = Math.floor(count * 0.8)) {
    const leftOut = diagnostics.length - count;
    const answer: AnalyzeAnswer = {
      version: 1,
      diagnostics: diagnostics.slice(0, count),
      notes,
      ...(leftOut > 0 && { leftOut }),
    };
    const text = JSON.stringify(answer, null, 1);
    if (text.length <= MAX_TOOL_TEXT || count === 0) return text;
  }
}

/** How a run ended, as JSON: counts, times, speedup and the first errors, or why there was no run. */
export function runText({ exitCode, summary, failure, runDir }: EndedRun): string {
  for (let errors = MAX_TOOL_ERRORS; ; errors--) {
    const answer: RunAnswer = {
      version: 1,
      exitCode,
      ...(failure && { failure: shortFailure(failure) }),
      ...(summary && { summary: essence(summary, errors) }),
      ...(runDir !== null && { runDir }),
    };
    const text = JSON.stringify(answer, null, 1);
    // What cannot be printed is escaped, and may be many times as long then.
    if (text.length <= MAX_TOOL_TEXT || errors === 0) return text;
  }
}

function shortFailure({ code, message, hint, at }: RunFailure): RunAnswer['failure'] {
  return {
    code,
    message: cut(message),
    ...(hint !== undefined && { hint: cut(hint) }),
    ...(at !== undefined && { at }),
  };
}

function essence(summary: RunSummary, errors: number): RunEssence {
  const { items, succeeded, failed, interrupted, workers, wallMs, speedup, speedupInterval } = summary;
  return {
    ...{ function: cut(summary.function), dataset: cut(summary.dataset) },
    ...{ items, succeeded, failed, interrupted, workers, wallMs: Math.round(wallMs) },
    baseline: summary.baseline.kind,
    speedup: speedup === null ? null : rounded(speedup),
    speedupInterval: speedupInterval && [rounded(speedupInterval[0]), rounded(speedupInterval[1])],
    efficiency: summary.efficiency === null ? null : rounded(summary.efficiency),
    losses: roundedAll(summary.losses),
    verdict: { kind: summary.verdict.kind, text: cut(summary.verdict.text) },
    firstErrors: summary.firstErrors.slice(0, errors).map(errorOf),
  };
}

function errorOf({ index, input, error }: ResultRow): RunEssence['firstErrors'][number] {
  const at = error?.at;
  return {
    index,
    input: cut(input),
    error: cut(error === null ? '' : `${error.name}: ${error.message}`),
    ...(at !== undefined && { at: `${at.file}:${at.line}:${at.column}` }),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(3));

function roundedAll(losses: Losses): Losses {
  const entries = Object.entries(losses).map(([name, share]) => [name, Number(share.toFixed(3))]);
  return Object.fromEntries(entries) as typeof losses;
}

const cut = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`);
