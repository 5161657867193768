import type { Verdict } from '../protocol/run.ts';
import { type Advice, advise, isSettled, TOO_GOOD } from './advice.ts';
import type { Case } from './case.ts';
import { formatSpeedup, plural } from './format.ts';
import { outlook } from './outlook.ts';

/** From this speedup on, and this efficiency, a parallel run is worth it. */
export const WORTH_IT_SPEEDUP = 1.5;
export const WORTH_IT_EFFICIENCY = 0.4;
/** Below this it is not; between, it is marginal. */
export const MARGINAL_SPEEDUP = 1.1;
/** Why there is no speedup where none was asked for. */
export const BASELINE_OFF = 'the baseline is off';

const KINDS = { 'worth-it': 'Worth it', marginal: 'Marginal', 'not-worth-it': 'Not worth it' } as const;

/** A verdict's text for where its kind and the speedup stand beside it: the reason alone, as a sentence. */
export function reasonOnly(text: string): string {
  const reason = text
    .replace(/^(?:Worth it|Marginal|Not worth it): /, '')
    .replace(/^(?:< )?[\d.]+x with [\d,]+ workers?(?:; | (?=over ))/, '');
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** Whether running in parallel was worth it, why, and the first thing to change, in one sentence. */
export function judge(run: Case): Verdict {
  if (run.items === 0) {
    const why = run.interrupted
      ? 'the run was stopped before the first item was done'
      : 'the dataset has no items';
    return { kind: 'not-measured', text: `Nothing was run: ${why}.` };
  }
  if (run.succeeded === 0) {
    const what = run.items === 1 ? 'The only item failed' : 'Every item failed';
    return {
      kind: 'not-measured',
      text: `${what}, so the speedup says nothing: look at the first error and run again.`,
    };
  }
  if (run.speedup === null || run.efficiency === null) {
    return { kind: 'not-measured', text: notMeasured(run.baselineNote ?? BASELINE_OFF) };
  }
  return judgeMeasured(run, run.speedup);
}

function notMeasured(note: string): string {
  const next =
    note === BASELINE_OFF
      ? 'set the baseline to "sample" or "full" to know it'
      : 'see to that first, and run again';
  return `The speedup was not measured (${note}): ${next}.`;
}

function judgeMeasured(run: Case, speedup: number): Verdict {
  const useful = usefulWorkers(run, speedup);
  const efficiency = speedup / useful;
  const low = run.speedupInterval?.[0] ?? speedup;
  const kind = rate(speedup, efficiency, low);
  const advice: Advice = {
    ...{ run, speedup, efficiency, useful },
    worthIt: kind === 'worth-it',
    doubtful: kind !== rate(speedup, efficiency, speedup),
  };
  const after = run.interrupted ? ` over the ${plural(run.items, 'item')} done before it was stopped` : '';
  const fact = `${formatSpeedup(speedup)} with ${plural(run.workers, 'worker')}${after}`;
  const clauses = [fact, advise(advice)];
  const further =
    run.swept && !run.interrupted ? outlook(run.workers, run.swept.scaling, run.swept.forecast) : null;
  if (further !== null && (further.kind === 'fewer' || isSettled(advice))) clauses.push(further.text);
  return { kind, text: `${KINDS[kind]}: ${clauses.join('; ')}.` };
}

/** More workers than CPUs share them and cannot give more than the CPUs do, unless the items mostly wait for something else. */
function usefulWorkers({ workers, cpus }: Case, speedup: number): number {
  return cpus === null || cpus >= workers || speedup > cpus * TOO_GOOD ? workers : cpus;
}

function rate(speedup: number, efficiency: number, low: number): keyof typeof KINDS {
  if (speedup < MARGINAL_SPEEDUP) return 'not-worth-it';
  // An interval that reaches down to no gain at all does not bear a firm yes.
  if (speedup < WORTH_IT_SPEEDUP || efficiency < WORTH_IT_EFFICIENCY || low < MARGINAL_SPEEDUP)
    return 'marginal';
  return 'worth-it';
}
