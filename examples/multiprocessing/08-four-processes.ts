import { isMainProcess, Process } from 'manycore';

const QUEENS = 9;

/** In how many ways can nine queens stand on a board of 9 x 9, none in the reach of another? Each process takes some columns. */
export function placeQueens(firstColumns: readonly number[]): void {
  let ways = 0;
  for (const column of firstColumns) ways += waysBelow(1 << column, 1 << (column + 1), (1 << column) >> 1);
  console.log(`First queen in column ${firstColumns.join(' or ')}: ${ways} ways`);
}

/** Bits are columns: those taken, and those that a queen above reaches to the left and to the right. */
function waysBelow(taken: number, left: number, right: number): number {
  const all = (1 << QUEENS) - 1;
  if (taken === all) return 1;
  let ways = 0;
  for (let free = all & ~(taken | left | right); free !== 0; free &= free - 1) {
    const queen = free & -free;
    ways += waysBelow(taken | queen, (left | queen) << 1, (right | queen) >> 1);
  }
  return ways;
}

if (isMainProcess) {
  const shares = [
    [0, 4, 8],
    [1, 5],
    [2, 6],
    [3, 7],
  ];
  const children = shares.map((columns) => new Process({ target: placeQueens, args: [columns] }));
  for (const child of children) child.start();
  for (const child of children) await child.join();
  console.log(`Exit codes: ${children.map(({ exitCode }) => exitCode).join(', ')}`);
}
