import type { TimelineSpan } from '../../protocol/run.ts';
import { formatCount, formatMs, plural } from '../../report/format.ts';

const KINDS: Record<TimelineSpan['kind'], string> = {
  startup: 'Starting up',
  computing: 'Computing',
  encoding: 'Encoding',
};

/** What a span says when it is pointed at. */
export function describeSpan(span: TimelineSpan): string {
  const what =
    span.item < 0 || span.count === 0
      ? ''
      : span.count === 1
        ? ` item ${formatCount(span.item)}`
        : ` ${plural(span.count, 'item')} from ${formatCount(span.item)} on`;
  const failed =
    span.failed === 0 ? '' : span.count === 1 ? ', failed' : `, ${formatCount(span.failed)} failed`;
  return `Worker ${span.worker}: ${KINDS[span.kind]}${what}, ${formatMs(span.end - span.begin)}${failed}`;
}
