/** Takes in what workers report about their items. */
import { ManycoreError } from '../errors.ts';
import { ByteReader } from '../transport/bytes.ts';
import { BatchReader } from '../values/batch.ts';
import { decode, ModuleNeededError } from '../values/codec.ts';
import { load } from '../values/reference.ts';
import type { Emitter } from '../watch/emitter.ts';
import type { Progress } from '../watch/progress.ts';
import type { WorkerTally } from '../watch/stats.ts';
import type { Assignment } from './assignment.ts';
import type { Call } from './call.ts';

export interface ReportContext {
  readonly worker: { readonly id: number; readonly pid: number; readonly tally: WorkerTally };
  readonly assignment: Assignment;
  readonly events: Emitter;
  readonly progress: Progress;
}

interface Costs {
  readonly decode: number;
  readonly encode: number;
  readonly bytesOut: number;
}

/** `body` of a `results` frame behind the number of the chunk; `bytes` is the size of the frame. */
export function takeResults(context: ReportContext, body: ByteReader, bytes: number): void {
  const { worker, assignment, progress } = context;
  const { chunk } = assignment;
  const { call } = chunk;
  const first = body.u32();
  const working = body.f64();
  const decoding = body.f64();
  const encoding = body.f64();
  const timesAt = body.u8() === 1 ? readTimes(body) : [];
  const values = new BatchReader(body.rest());
  const { count } = values;
  const tally = worker.tally;
  tally.tasks += count;
  tally.working += working;
  tally.decoding += decoding;
  tally.encoding += encoding;
  call.sizer.measured(working, count);
  if (count === 1) tally.slow(working, indexOf(assignment, first), () => argumentOf(assignment, first));
  const costs = { decode: decoding / count, encode: encoding / count, bytesOut: bytes / count };
  const base = call.options.indexed ? chunk.firstIndex : 0;
  progress.add(count, assignment.expired === undefined ? 0 : 1);
  for (let i = 0; i < count; i++) {
    const position = first + i;
    assignment.position = position + 1;
    const late = i === 0 ? assignment.expired : undefined;
    if (context.events.has('task')) {
      const end = (timesAt[2 * i] ?? Date.now()) + (timesAt[2 * i + 1] ?? 0);
      tell(context, position, timesAt[2 * i] ?? Date.now(), end, late, costs);
    }
    if (late !== undefined) {
      values.skip(1);
      call.error(base + position, late);
    } else takeValue(call, base + position, values);
  }
  assignment.expired = undefined;
}

/** `body` of a `failure` frame behind the number of the chunk. */
export function takeFailure(context: ReportContext, body: ByteReader): void {
  const { worker, assignment, progress, events } = context;
  const { call, firstIndex } = assignment.chunk;
  const position = body.u32();
  const working = body.f64();
  const begin = body.f64();
  const url = body.text();
  const value = body.rest();
  assignment.position = position + 1;
  const late = assignment.expired;
  assignment.expired = undefined;
  worker.tally.tasks++;
  worker.tally.failed++;
  worker.tally.working += working;
  call.sizer.measured(working, 1);
  worker.tally.slow(working, indexOf(assignment, position), () => argumentOf(assignment, position));
  progress.add(1, 1);
  const index = (call.options.indexed ? firstIndex : 0) + position;
  const settle = (error: unknown) => {
    if (events.has('task')) {
      const costs = { decode: 0, encode: 0, bytesOut: value.length };
      tell(context, position, begin, begin + working, late ?? asError(error), costs);
    }
    call.error(index, late ?? error);
  };
  // The class of the error is in a module that this process has, if it has the function.
  if (url === '' || !call.options.byValue) settle(decode(new ByteReader(value)));
  else
    load(url)
      .catch(() => {})
      .then(() => settle(decode(new ByteReader(value))));
}

function takeValue(call: Call, index: number, values: BatchReader): void {
  const before = values.position;
  let value: unknown;
  try {
    value = values.next();
  } catch (error) {
    if (values.position !== before) throw error;
    takeLater(call, index, values.raw(), error, 0);
    return;
  }
  call.value(index, value);
}

/** A result holds a function or an instance whose module is not loaded here yet. */
function takeLater(call: Call, index: number, raw: Buffer, error: unknown, tries: number): void {
  if (!(error instanceof ModuleNeededError) || tries > 100) {
    const why = error instanceof Error ? error.message : String(error);
    call.error(
      index,
      new ManycoreError(`the result of item ${index} cannot be decoded: ${why}`, { cause: error }),
    );
    return;
  }
  load(error.url).then(
    () => {
      let value: unknown;
      try {
        value = decode(new ByteReader(raw));
      } catch (next) {
        takeLater(call, index, raw, next, tries + 1);
        return;
      }
      call.value(index, value);
    },
    (cause: unknown) => takeLater(call, index, raw, cause, tries),
  );
}

function readTimes(body: ByteReader): number[] {
  const count = body.u32();
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(body.f64());
  return times;
}

function tell(
  { worker, assignment, events }: ReportContext,
  position: number,
  begin: number,
  end: number,
  error: Error | undefined,
  costs: Costs,
): void {
  const { chunk } = assignment;
  const count = chunk.to - chunk.from;
  events.emit('task', {
    workerId: worker.id,
    pid: worker.pid,
    itemIndex: indexOf(assignment, position),
    ok: error === undefined,
    error,
    begin,
    end,
    queueWait: Math.max(0, begin - performance.timeOrigin - chunk.readAt),
    encode: costs.encode + chunk.encoding / count,
    decode: costs.decode,
    bytesIn: chunk.values.length / count,
    bytesOut: costs.bytesOut,
  });
}

const indexOf = ({ chunk }: Assignment, position: number): number | undefined =>
  chunk.call.options.indexed ? chunk.firstIndex + position : undefined;

function argumentOf({ chunk }: Assignment, position: number): unknown {
  const values = new BatchReader(chunk.values);
  values.skip(position);
  return values.next();
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`, { cause: thrown });
