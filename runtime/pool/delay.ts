const LONGEST = 2 ** 31 - 1;

/** `ms` for a timer, which can wait for almost 25 days and would take more, or `Infinity`, for nothing at all. */
export const delay = (ms: number): number => Math.min(ms, LONGEST);
