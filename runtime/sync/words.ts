/** Words of shared memory for what processes wait for. */
import { newPages } from '../memory/pages.ts';

/** Objects share pages: with pages for each, a thousand would take 4 MB and a thousand descriptors. */
const PAGES = 65_536;
/** Words of two objects in one line of the cache would slow down those who use them. */
const LINE = 64;

let pages: ArrayBuffer | undefined;
let used = 0;

/** `count` words, all 0. They cross by reference. Their place is not used again; the pages are freed when nobody needs any of them. */
export function newWords(count: number): Int32Array {
  const size = Math.ceil((count * 4) / LINE) * LINE;
  if (size > PAGES / 4) return new Int32Array(newPages(size), 0, count);
  if (pages === undefined || used + size > PAGES) {
    pages = newPages(PAGES);
    used = 0;
  }
  const words = new Int32Array(pages, used, count);
  used += size;
  return words;
}
