/** Says once per place what arrives changed: as a warning of the process and as an event of the pool. */
import type { Loss } from '../values/lossy.ts';
import type { Emitter } from './emitter.ts';

/** Places that are remembered, and told, at most. */
const MAX_PLACES = 1000;

/** Places that this process has warned of, whichever pool it was. */
const warned = new Set<string>();

export class LossyPlaces {
  readonly #events: Emitter;
  readonly #told = new Set<string>();

  constructor(events: Emitter) {
    this.#events = events;
  }

  /** `call` is what was called, such as `pool.map(square)`. */
  tell(call: string, losses: readonly Loss[]): void {
    for (const { path, message } of losses) {
      const place = `${call} ${anyIndex(path)}`;
      const text = `${path} ${message} (${call}; said once)`;
      if (isNew(place, this.#told)) this.#events.emit('lossy', { path, message: text });
      if (isNew(place, warned))
        process.emitWarning(text, { type: 'ManycoreWarning', code: 'MANYCORE_LOSSY' });
    }
  }
}

/** Elements of one list are one place: `items[3].user` and `items[4].user`, but not `args[0]` and `args[1]`. */
const anyIndex = (path: string): string => path.replaceAll(/(?<!^args)\[\d+\]/g, '[]');

function isNew(place: string, among: Set<string>): boolean {
  if (among.has(place) || among.size >= MAX_PLACES) return false;
  among.add(place);
  return true;
}
