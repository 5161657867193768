import type { Verification } from '../protocol/run.ts';
import { formatCount, plural } from './format.ts';

/** What comparing the results with those of one process said, in one sentence. */
export function verificationText({ checked, of, differences, first, note }: Verification): string {
  if (note !== undefined) return `the results could not be compared with those of one process: ${note}`;
  const some =
    checked === of ? `all ${plural(of, 'item')}` : `${formatCount(checked)} of ${plural(of, 'item')}`;
  if (differences === 0) return `${some} run again in one process gave the same`;
  const chance = first.some(({ repeatable }) => !repeatable);
  const why = chance
    ? 'they change from call to call'
    : 'they depend on order or on state that the workers do not share';
  return `of ${some} run again in one process, ${formatCount(differences)} gave something else: ${why}`;
}
