/** A piece of time: epoch ms and ms. */
export interface Period {
  readonly begin: number;
  readonly length: number;
}

/** ms across the whole width when nothing more can be seen by going nearer. */
export const SHORTEST = 0.05;

/** The same piece seen `factor` times nearer, with `at` where it was; null for the whole of `all`. */
export function zoom(shown: Period, all: Period, factor: number, at: number): Period | null {
  const length = Math.max(Math.min(SHORTEST, all.length), shown.length / factor);
  if (length >= all.length) return null;
  const share = (at - shown.begin) / shown.length;
  return within({ begin: at - share * length, length }, all);
}

/** Moved by a share of its length, to the right when it is positive; the ends of `all` hold it. */
export function pan(shown: Period, all: Period, share: number): Period {
  return within({ ...shown, begin: shown.begin + share * shown.length }, all);
}

/** Moved by as little as brings all of the time from `begin` to `end` into sight, or as much of it as fits. */
export function reveal(shown: Period, all: Period, begin: number, end: number): Period {
  const last = shown.begin + shown.length;
  if (begin >= shown.begin && end <= last) return shown;
  const moved = begin < shown.begin || end - begin > shown.length ? begin : end - shown.length;
  return within({ ...shown, begin: moved }, all);
}

function within({ begin, length }: Period, all: Period): Period {
  return { begin: Math.max(all.begin, Math.min(all.begin + all.length - length, begin)), length };
}
