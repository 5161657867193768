import type { Message, RunSummary, Verdict, VerdictSaid } from './run.ts';

/** Whether the JSON of a `run.json` is a summary as far as those who show it have to rely on: the file may come with a workspace. */
export function isSummary(value: unknown): value is RunSummary {
  if (typeof value !== 'object' || value === null) return false;
  const {
    version,
    function: name,
    dataset,
    perWorker,
    firstErrors,
    losses,
    baseline,
    verdict,
    ...rest
  } = value as Partial<Record<keyof RunSummary, unknown>>;
  const numbers = [rest.items, rest.succeeded, rest.failed, rest.workers, rest.wallMs];
  const texts = [name, dataset, rest.node, rest.loader, rest.startedAt];
  return (
    version === 1 &&
    numbers.every((each) => typeof each === 'number') &&
    texts.every((each) => typeof each === 'string') &&
    [losses, baseline].every((each) => typeof each === 'object' && each !== null) &&
    isVerdict(verdict) &&
    Array.isArray(perWorker) &&
    Array.isArray(firstErrors)
  );
}

function isVerdict(value: unknown): value is Verdict {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, text, said } = value as Partial<Record<keyof Verdict, unknown>>;
  return typeof kind === 'string' && typeof text === 'string' && (said === undefined || isSaid(said));
}

function isSaid(value: unknown): value is VerdictSaid {
  if (typeof value !== 'object' || value === null) return false;
  const { fact, over, reason } = value as Partial<Record<keyof VerdictSaid, unknown>>;
  return (
    Array.isArray(reason) &&
    [...reason, ...[fact, over].filter((part) => part !== undefined)].every((part) => isMessage(part))
  );
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  const { text, values } = value as Partial<Record<keyof Message, unknown>>;
  return (
    typeof text === 'string' &&
    Array.isArray(values) &&
    values.every((each) => typeof each === 'string' || typeof each === 'number' || isMessage(each))
  );
}
