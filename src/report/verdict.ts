import type { Message, Verdict, VerdictSaid } from '../protocol/run.ts';
import { type Advice, advise, isSettled, TOO_GOOD } from './advice.ts';
import type { Case } from './case.ts';
import { itemCount, workerCount } from './counts.ts';
import { formatSpeedup } from './format.ts';
import { english, message, say, type Translate } from './l10n.ts';
import { outlook } from './outlook.ts';

/** From this speedup on, and this efficiency, a parallel run is worth it. */
export const WORTH_IT_SPEEDUP = 1.5;
export const WORTH_IT_EFFICIENCY = 0.4;
/** Below this it is not; between, it is marginal. */
export const MARGINAL_SPEEDUP = 1.1;
/** Why there is no speedup where none was asked for. */
export const BASELINE_OFF = 'the baseline is off';

type Kind = Verdict['kind'];

/** A verdict in one sentence, in the language of `t`; as it was written where it comes from an older version. */
export function verdictText({ kind, text, said }: Verdict, t: Translate): string {
  if (said === undefined) return text;
  const { fact, over, reason } = said;
  const clauses = reason.map((clause) => say(clause, t));
  if (fact === undefined) return sentence(clauses);
  const reached = [fact, ...(over === undefined ? [] : [over])].map((part) => say(part, t)).join(' ');
  return `${kindText(kind, t)}: ${sentence([reached, ...clauses])}`;
}

/** The same for where its kind and the speedup stand beside it: the reason alone, as a sentence. */
export function verdictReason({ text, said }: Verdict, t: Translate): string {
  if (said === undefined) return text;
  const { over, reason } = said;
  const clauses = [...(over === undefined ? [] : [over]), ...reason].map((clause) => say(clause, t));
  return capitalised(sentence(clauses));
}

const sentence = (clauses: readonly string[]): string => `${clauses.join('; ')}.`;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function kindText(kind: Kind, t: Translate): string {
  switch (kind) {
    case 'worth-it':
      return t('Worth it');
    case 'marginal':
      return t('Marginal');
    case 'not-worth-it':
      return t('Not worth it');
    case 'not-measured':
      return t('Not measured');
  }
}

/** Whether running in parallel was worth it, why, and the first thing to change, in one sentence. */
export function judge(run: Case): Verdict {
  if (run.speedup !== null && run.efficiency !== null && run.items > 0 && run.succeeded > 0)
    return judgeMeasured(run, run.speedup);
  return verdict('not-measured', { reason: [notMeasured(run)] });
}

/** The verdict on a run that had nothing to do any more. */
export const nothingLeft = (): Verdict =>
  verdict('not-measured', {
    reason: [message('Nothing was left to run: every item had been done before')],
  });

function verdict(kind: Kind, said: VerdictSaid): Verdict {
  return { kind, text: verdictText({ kind, text: '', said }, english), said };
}

function notMeasured({ items, succeeded, interrupted, baselineNote }: Case): Message {
  if (items === 0)
    return interrupted
      ? message('Nothing was run: the run was stopped before the first item was done')
      : message('Nothing was run: the dataset has no items');
  if (succeeded === 0)
    return items === 1
      ? message('The only item failed, so the speedup says nothing: look at the first error and run again')
      : message('Every item failed, so the speedup says nothing: look at the first error and run again');
  return baselineNote === null || baselineNote === BASELINE_OFF
    ? message(
        'The speedup was not measured (the baseline is off): set the baseline to "sample" or "full" to know it',
      )
    : message('The speedup was not measured ({0}): see to that first, and run again', baselineNote);
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
  const fact = message('{0} with {1}', formatSpeedup(speedup), workerCount(run.workers, message));
  const over = message('over the {0} done before it was stopped', itemCount(run.items, message));
  const reason = [advise(advice)];
  const further =
    run.swept && !run.interrupted ? outlook(run.workers, run.swept.scaling, run.swept.forecast) : null;
  if (further !== null && (further.kind === 'fewer' || isSettled(advice))) reason.push(further.said);
  return verdict(kind, { fact, ...(run.interrupted && { over }), reason });
}

/** More workers than CPUs share them and cannot give more than the CPUs do, unless the items mostly wait for something else. */
function usefulWorkers({ workers, cpus }: Case, speedup: number): number {
  return cpus === null || cpus >= workers || speedup > cpus * TOO_GOOD ? workers : cpus;
}

function rate(speedup: number, efficiency: number, low: number): Exclude<Kind, 'not-measured'> {
  if (speedup < MARGINAL_SPEEDUP) return 'not-worth-it';
  // An interval that reaches down to no gain at all does not bear a firm yes.
  if (speedup < WORTH_IT_SPEEDUP || efficiency < WORTH_IT_EFFICIENCY || low < MARGINAL_SPEEDUP)
    return 'marginal';
  return 'worth-it';
}
