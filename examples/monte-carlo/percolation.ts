import { randomStream } from './random.ts';

const SIZE = 200;

/**
 * One trial of site percolation on a square lattice of 200 x 200: sites open in random order until water can run from
 * the top row to the bottom row. Gives the share of open sites at that moment; over many trials its mean tends to 0.5927.
 *
 * The trial's number is the seed, so trial 17 is the same on every worker and in every run.
 */
export function percolationTrial(trial: number): number {
  const order = shuffledSites(randomStream(trial));
  const sites = new Forest(SIZE * SIZE + 2);
  const [top, bottom] = [SIZE * SIZE, SIZE * SIZE + 1];
  const open = new Uint8Array(SIZE * SIZE);
  for (let opened = 0; opened < order.length; opened++) {
    const site = order[opened] as number;
    const column = site % SIZE;
    open[site] = 1;
    if (site < SIZE) sites.join(site, top);
    if (site >= SIZE * (SIZE - 1)) sites.join(site, bottom);
    if (open[site - SIZE] === 1) sites.join(site, site - SIZE);
    if (open[site + SIZE] === 1) sites.join(site, site + SIZE);
    if (column > 0 && open[site - 1] === 1) sites.join(site, site - 1);
    if (column < SIZE - 1 && open[site + 1] === 1) sites.join(site, site + 1);
    if (sites.root(top) === sites.root(bottom)) return (opened + 1) / order.length;
  }
  return 1;
}

/** Fisher and Yates. */
function shuffledSites(random: () => number): Uint32Array {
  const sites = Uint32Array.from({ length: SIZE * SIZE }, (_, index) => index);
  for (let last = sites.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [sites[last], sites[other]] = [sites[other] as number, sites[last] as number];
  }
  return sites;
}

/** Disjoint sets: union by size, paths halved (Tarjan and van Leeuwen 1984). */
class Forest {
  readonly #parent: Uint32Array;
  readonly #size: Uint32Array;

  constructor(length: number) {
    this.#parent = Uint32Array.from({ length }, (_, index) => index);
    this.#size = new Uint32Array(length).fill(1);
  }

  root(of: number): number {
    let node = of;
    for (let parent = this.#parent[node] as number; parent !== node; parent = this.#parent[node] as number) {
      const grandparent = this.#parent[parent] as number;
      this.#parent[node] = grandparent;
      node = grandparent;
    }
    return node;
  }

  join(one: number, other: number): void {
    let [big, small] = [this.root(one), this.root(other)];
    if (big === small) return;
    if ((this.#size[big] as number) < (this.#size[small] as number)) [big, small] = [small, big];
    this.#parent[small] = big;
    this.#size[big] = (this.#size[big] as number) + (this.#size[small] as number);
  }
}
