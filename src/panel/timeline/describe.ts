import { itemCount } from '../../report/counts.ts';
import { formatCount, formatMs } from '../../report/format.ts';
import * as l10n from '../../report/l10n.ts';
import { NO_ITEM, type Stretch } from '../../report/stretches.ts';

/** What a stretch says when it is pointed at. */
export function describeStretch(stretch: Stretch, host?: string): string {
  const { worker, startup, computing, encoding, count, failed } = stretch;
  const parts = [
    startup > 0 ? l10n.t('Starting up, {0}', formatMs(startup)) : '',
    computing > 0 ? computingText(stretch) : '',
    encoding > 0 ? l10n.t('Encoding, {0}', formatMs(encoding)) : '',
    failed === 0 ? '' : count === 1 ? l10n.t('failed') : l10n.t('{0} failed', formatCount(failed)),
  ];
  const told = parts.filter((part) => part !== '').join(', ');
  return host === undefined
    ? l10n.t('Worker {0}: {1}', worker, told)
    : l10n.t('Worker {0} on {1}: {2}', worker, host, told);
}

function computingText({ computing, item, count }: Stretch): string {
  const time = formatMs(computing);
  if (item === NO_ITEM || count === 0) return l10n.t('Computing, {0}', time);
  if (count === 1) return l10n.t('Computing item {0}, {1}', formatCount(item), time);
  return l10n.t('Computing {0} from {1} on, {2}', itemCount(count), formatCount(item), time);
}
