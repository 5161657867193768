import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';
import { makeItems } from './items.ts';

/** No item settles for so long, in ms: the system hangs. Far above what starting a worker takes. */
const SILENCE = 4000;

/** One item in the middle ends its worker. The figure is how many items have no result for it; 1 is the best there is. */
export async function measureKill(open: Open, request: RepeatRequest): Promise<Reading> {
  const session = await open({ workers: request.workers, binary: false });
  if (!session.settle) throw new Error('written by hand: what happens is up to who writes it');
  const items = makeItems(request, request.count);
  items[Math.floor(items.length / 2)] = -1;
  let ok = 0;
  let failed = 0;
  let last = performance.now();
  const begin = last;
  const all = session.settle(request.task, items, (succeeded) => {
    if (succeeded) ok += 1;
    else failed += 1;
    last = performance.now();
  });
  const hung = await Promise.race([all.then(() => false), silence()]);
  const lost = items.length - ok;
  const ms = last - begin;
  const note = hung
    ? `hangs: ${lost - failed} of ${items.length} items never end`
    : lost === 1
      ? 'fails that item alone'
      : `fails ${failed} items`;
  return { value: lost, ran: items.length, extra: { failed, ms, hung: Number(hung) }, note };

  async function silence(): Promise<boolean> {
    while (performance.now() - last < SILENCE) await new Promise((resolve) => setTimeout(resolve, 100));
    return true;
  }
}
