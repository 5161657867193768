import type { Verification } from '../protocol/run.ts';
import { itemCount } from './counts.ts';
import { formatCount } from './format.ts';
import { english, type Translate } from './l10n.ts';

/** What comparing the results with those of one process said, in one sentence. */
export function verificationText(
  { checked, of, differences, first, note }: Verification,
  t: Translate = english,
): string {
  if (note !== undefined) return t('the results could not be compared with those of one process: {0}', note);
  const all = itemCount(of, t);
  const some = checked === of ? t('all {0}', all) : t('{0} of {1}', formatCount(checked), all);
  if (differences === 0) return t('{0} run again in one process gave the same', some);
  const chance = first.some(({ repeatable }) => !repeatable);
  const why = chance
    ? t('they change from call to call')
    : t('they depend on order or on state that the workers do not share');
  return t(
    'of {0} run again in one process, {1} gave something else: {2}',
    some,
    formatCount(differences),
    why,
  );
}
