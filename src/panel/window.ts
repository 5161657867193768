/** Which rows of a long list are in sight, with `overscan` more on either side. `last` is not included. */
export function rowsInSight(view: {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
  readonly overscan: number;
}): { first: number; last: number } {
  const { scrollTop, height, rowHeight, count, overscan } = view;
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + overscan);
  return { first: Math.max(0, Math.min(last, Math.floor(scrollTop / rowHeight) - overscan)), last };
}
