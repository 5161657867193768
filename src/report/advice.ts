import type { Losses, Message } from '../protocol/run.ts';
import type { Case } from './case.ts';
import { itemCount, workerCount } from './counts.ts';
import { formatCount, formatMs, formatShare } from './format.ts';
import { message } from './l10n.ts';

/** A loss below this share is not worth a word. */
const NOTABLE_LOSS = 0.1;
/** From this share of what is possible on, there is nothing to change. */
const NEAR_IDEAL = 0.9;
/** Above this share of what CPUs or workers can give, it was not they that gave it. */
export const TOO_GOOD = 1.05;
/** Below this many ms an item's own work drowns in what surrounds it. */
const SHORT_ITEM_MS = 0.1;

/** What the advice is given: a run whose speedup was measured, and how it was judged. */
export interface Advice {
  readonly run: Case;
  readonly speedup: number;
  /** Workers that could work at the same time. */
  readonly useful: number;
  /** Speedup / `useful`. */
  readonly efficiency: number;
  readonly worthIt: boolean;
  /** It would be worth it, but for the interval, which reaches down to no gain. */
  readonly doubtful: boolean;
}

type Loss = Exclude<keyof Losses, 'computing'>;
type Cause = Loss | 'handing-over';

/** Why the speedup is what it is and the first thing to change, to follow a semicolon. */
export function advise(advice: Advice): Message {
  const { run, speedup, efficiency, useful, doubtful } = advice;
  if (run.items === 1)
    return message('a single item cannot be shared, so give it more items or split this one');
  if (run.cpus === 1) return message('this process may use 1 CPU only, so run it where there are more');
  if (run.workers === 1) return message('one worker can at best be as fast as none, so use more');
  if (speedup < run.losses.startup) return tooLittle(run, speedup);
  const main = mainCause(run, efficiency);
  if (useful < run.workers && !isAboutItems(main?.cause)) {
    return message(
      '{0} shared {1}, so use {2}',
      workerCount(run.workers, message),
      cpuCount(useful),
      workerCount(useful, message),
    );
  }
  if (doubtful) return message('the baseline is too uncertain to say more, so measure it in full');
  if ((run.speedupInterval?.[0] ?? speedup) > TOO_GOOD * run.workers) {
    return message(
      'that is more than {0} can give, so the baseline was likely slowed down by other programs: measure it in full to be sure',
      workerCount(useful, message),
    );
  }
  if (efficiency >= NEAR_IDEAL) {
    return message(
      'that is close to the most that {0} can give, so there is nothing to change',
      workerCount(useful, message),
    );
  }
  if (main !== null) return explain(run, main.cause, main.share);
  return advice.worthIt
    ? message(
        "{0} of the workers' time went into your function and no other part took 10 %, so there is little to change",
        formatShare(run.losses.computing),
      )
    : message(
        'no single loss explains it, so measure the baseline in full and see whether other programs kept the CPUs busy',
      );
}

/** Whether `advise` finds nothing to change, so that more workers are what is left. */
export function isSettled({ run, efficiency, useful, worthIt, doubtful }: Advice): boolean {
  if (!worthIt || doubtful || useful < run.workers) return false;
  return efficiency >= NEAR_IDEAL || mainCause(run, efficiency) === null;
}

/** What one process needs for everything is less than a worker's start: both are shares of the same wall time. */
function tooLittle({ wallMs, losses }: Case, speedup: number): Message {
  return message(
    'all items take {0} in one process and the start of a worker {1}, so give one run more items or keep to one process',
    formatMs(speedup * wallMs),
    formatMs(losses.startup * wallMs),
  );
}

/** The largest loss that is worth a word; null when there is none. */
function mainCause(run: Case, efficiency: number): { cause: Cause; share: number } | null {
  const { losses, interrupted } = run;
  const causes: [Cause, number][] = [
    ['startup', losses.startup],
    // What went into the function and is not in the speedup was slower too, though not among the items timed alone.
    ['contention', losses.contention + Math.max(0, losses.computing - efficiency)],
    // Whoever stops a run does not let it come to an even end.
    ['imbalance', interrupted ? 0 : losses.imbalance],
  ];
  if (isShort(run)) causes.push(['handing-over', losses.encoding + losses.transfer + losses.waiting]);
  else causes.push(['encoding', losses.encoding], ['transfer', losses.transfer], ['waiting', losses.waiting]);
  const [cause, share] = causes.reduce((most, each) => (each[1] > most[1] ? each : most));
  return share >= NOTABLE_LOSS ? { cause, share } : null;
}

/** Whether the number of workers has no part in it. */
function isAboutItems(cause: Cause | undefined): boolean {
  return cause === 'handing-over' || cause === 'encoding' || cause === 'transfer' || cause === 'imbalance';
}

function isShort(run: Case): boolean {
  return run.busyMs / run.items < SHORT_ITEM_MS;
}

function explain(run: Case, cause: Cause, part: number): Message {
  const share = formatShare(part);
  const each = formatMs(run.busyMs / run.items);
  switch (cause) {
    case 'startup':
      return message(
        'starting the workers took {0} of their time, so give one run more items: this one took {1}',
        share,
        formatMs(run.wallMs),
      );
    case 'contention':
      return run.losses.contention >= NOTABLE_LOSS
        ? message(
            'items took longer beside each other than alone ({0} of the time), so {1}',
            formatShare(run.losses.contention),
            quieter(run),
          )
        : message('items took longer during the run than when they were timed alone, so {0}', quieter(run));
    case 'encoding':
      return message(
        'encoding took {0} of the time, so pass and return less: a path, a key or a summary in place of the data',
        share,
      );
    case 'transfer':
      return message(
        'moving data took {0} of the time, so pass and return less: a path, a key or a summary in place of the data',
        share,
      );
    case 'handing-over':
      return message(
        'an item takes {0}, and handing items over took {1} of the time, so let each item do more, or send larger chunks',
        each,
        share,
      );
    case 'waiting':
      return message(
        'workers waited {0} of the time for the next item, so read the input faster: from a local or a simpler file',
        share,
      );
    case 'imbalance':
      return run.items <= run.workers
        ? message(
            'workers waited {0} of the time for the longest of {1}, so split the items into smaller ones',
            share,
            itemCount(run.items, message),
          )
        : message(
            'workers waited {0} of the time for the last ones to finish, so put the longest items first, or send smaller chunks',
            share,
          );
  }
}

/** Other programs, memory and caches look the same from inside; the cheap thing to try comes first. */
function quieter({ workers }: Case): Message {
  return message(
    'run it again with other programs closed: if that changes nothing, {0}',
    workers > 2 ? message('try fewer workers') : message('memory or caches are the limit'),
  );
}

const cpuCount = (count: number): Message =>
  count === 1 ? message('1 CPU') : message('{0} CPUs', formatCount(count));
