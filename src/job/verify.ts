import { open } from 'node:fs/promises';
import type { Difference, Message, RunConfig, Verification } from '../protocol/run.ts';
import { itemCount } from '../report/counts.ts';
import { formatCount } from '../report/format.ts';
import { message } from '../report/l10n.ts';
import { lineBuffers } from './file-lines.ts';
import type { Probe } from './probe.ts';
import { randomNumbers } from './random.ts';
import type { Records } from './records.ts';
import type { WrittenRow } from './result-columns.ts';
import { packItem, type TaskItem } from './task-text.ts';

/** Differences that are told; all are counted. */
const MAX_TOLD = 20;
/** Items that are sent at once. */
const BATCH = 64;
/** Longest text of a value that is shown. */
const MAX_SHOWN = 200;

interface Compared {
  readonly index: number;
  readonly item: TaskItem;
  readonly parallel: Outcome;
}

/** Value or error of an item as plain data; of an error what does not depend on where it was thrown. */
type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: object };

/**
 * Runs items once more, one after the other in one process, and compares what they give with what is in the results: a
 * random sample, or all. An item that differs is run a second time there: if that differs again, the function gives
 * something else at every call; if not, it depends on its order or on state that the workers do not share.
 */
export async function verifyRun(options: {
  readonly probe: Probe;
  readonly results: string;
  readonly records: Records;
  readonly config: Pick<RunConfig, 'verify' | 'seed' | 'timeout'>;
  readonly onProgress: (note: Message) => void;
}): Promise<Verification> {
  const { probe, results, records, config, onProgress } = options;
  const rows = await RowIndex.read(results);
  const wanted = rows.choose(config.verify === 'all' ? rows.count : (config.verify ?? 0), config.seed ?? 1);
  const first: Difference[] = [];
  let [checked, differences] = [0, 0];
  const limit = config.timeout === undefined ? undefined : config.timeout * BATCH;
  const compare = async (batch: readonly Compared[]): Promise<void> => {
    const alone = await probe.runAlone(
      batch.map(({ item }) => item),
      limit,
    );
    for (const [i, { index, item, parallel }] of batch.entries()) {
      const outcome = parseOutcome(alone[i] ?? '');
      const path = firstDifference(parallel, outcome);
      checked++;
      if (path === null) continue;
      differences++;
      if (first.length >= MAX_TOLD) continue;
      const again = parseOutcome((await probe.runAlone([item], limit))[0] ?? '');
      first.push({
        index,
        path,
        parallel: shown(parallel, path),
        alone: shown(outcome, path),
        repeatable: firstDifference(outcome, again) === null,
      });
    }
    onProgress(message('{0} of {1}', formatCount(checked), itemCount(wanted.size, message)));
  };
  await using file = await open(results);
  let batch: Compared[] = [];
  let index = -1;
  for await (const record of records) {
    index++;
    if (index > rows.last || checked + batch.length === wanted.size) break;
    if (!wanted.has(index)) continue;
    const parallel = outcomeOf(await rows.row(file, index));
    batch.push({ index, item: packItem(index, record), parallel });
    if (batch.length < BATCH) continue;
    await compare(batch);
    batch = [];
  }
  if (batch.length > 0) await compare(batch);
  return { checked, of: rows.count, differences, first };
}

/** Where the rows of the items lie in `results.jsonl`, in about 100 bytes of memory for each. */
class RowIndex {
  readonly #places = new Map<number, { begin: number; length: number }>();
  last = -1;

  static async read(results: string): Promise<RowIndex> {
    const rows = new RowIndex();
    let begin = 0;
    for await (const lines of lineBuffers(results)) {
      for (const line of lines) {
        const index = Number(/^\{"index":(\d+),/.exec(line.toString('latin1', 0, 40))?.[1]);
        rows.#places.set(index, { begin, length: line.length });
        rows.last = Math.max(rows.last, index);
        begin += line.length + 1;
      }
    }
    return rows;
  }

  get count(): number {
    return this.#places.size;
  }

  async row(file: { read: Reader }, index: number): Promise<WrittenRow> {
    const { begin, length } = this.#places.get(index) ?? { begin: 0, length: 0 };
    const bytes = Buffer.alloc(length);
    for (let read = 0; read < length; ) {
      const { bytesRead } = await file.read(bytes, read, length - read, begin + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return JSON.parse(bytes.toString('utf8')) as WrittenRow;
  }

  /** A sample of the indices, without repetition: each next one is taken with the probability that fills it exactly. */
  choose(count: number, seed: number): ReadonlySet<number> {
    const random = randomNumbers(seed);
    const chosen = new Set<number>();
    let left = this.count;
    for (const index of this.#places.keys()) {
      if (random() * left-- < count - chosen.size) chosen.add(index);
    }
    return chosen;
  }
}

type Reader = (
  buffer: Buffer,
  at: number,
  length: number,
  position: number,
) => Promise<{ bytesRead: number }>;

function outcomeOf({ ok, value, error }: WrittenRow): Outcome {
  return ok
    ? { ok, value }
    : { ok: false, error: { name: error?.name ?? '', message: error?.message ?? '' } };
}

function parseOutcome(text: string): Outcome {
  return outcomeOf(JSON.parse(text) as WrittenRow);
}

/** The path at which two values of JSON differ first, such as `value.list[3].name`; null where they are equal. */
export function firstDifference(a: unknown, b: unknown, path = ''): string | null {
  if (Object.is(a, b)) return null;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  if (Array.isArray(a) !== Array.isArray(b)) return path;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const found = firstDifference(a[i], b[i], `${path}[${i}]`);
      if (found !== null) return found;
    }
    return null;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [one, other] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]];
    const found = firstDifference(one, other, path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** What stands at the path, as text; the whole outcome where one of both failed. */
function shown(outcome: Outcome, path: string): string {
  let value: unknown = outcome;
  for (const key of path.match(/[^.[\]]+/g) ?? [])
    value = (value as Record<string, unknown> | undefined)?.[key];
  if (path === 'ok') value = outcome.ok ? outcome.value : outcome.error;
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
