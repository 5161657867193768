import { formatCount, formatMs, plural } from '../../report/format.ts';
import { NO_ITEM, type Stretch } from '../../report/stretches.ts';

/** What a stretch says when it is pointed at. */
export function describeStretch(stretch: Stretch, host?: string): string {
  const { worker, startup, computing, encoding, item, count, failed } = stretch;
  const of =
    item === NO_ITEM || count === 0
      ? ''
      : count === 1
        ? ` item ${formatCount(item)}`
        : ` ${plural(count, 'item')} from ${formatCount(item)} on`;
  const parts = [
    startup > 0 ? `Starting up, ${formatMs(startup)}` : '',
    computing > 0 ? `Computing${of}, ${formatMs(computing)}` : '',
    encoding > 0 ? `Encoding, ${formatMs(encoding)}` : '',
    failed === 0 ? '' : count === 1 ? 'failed' : `${formatCount(failed)} failed`,
  ];
  return `Worker ${worker}${host === undefined ? '' : ` on ${host}`}: ${parts.filter((part) => part !== '').join(', ')}`;
}
