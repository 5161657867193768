/** Takes in what workers report about their items. */
import { ManycoreError } from '../errors.ts';
import { ByteReader } from '../transport/bytes.ts';
import { NUMBER_STRIDE } from '../transport/frame.ts';
import { BatchReader } from '../values/batch.ts';
import { decode, decodeNext, ModuleNeededError, skipNext } from '../values/codec.ts';
import type { PlainReader } from '../values/plain-reader.ts';
import { load } from '../values/reference.ts';
import type { Emitter } from '../watch/emitter.ts';
import type { Progress } from '../watch/progress.ts';
import type { WorkerTally } from '../watch/stats.ts';
import type { Assignment } from './assignment.ts';
import type { Call } from './call.ts';

/** Modules that one value may need. */
const MAX_MODULES = 100;

export interface ReportContext {
  readonly worker: {
    readonly id: number;
    readonly pid: number;
    readonly tally: WorkerTally;
    readonly values: PlainReader;
  };
  readonly assignment: Assignment;
  readonly events: Emitter;
  readonly progress: Progress;
}

/** `body` of `number` frames, one behind the other; all of them belong to the chunk. */
export function takeNumbers(context: ReportContext, body: ByteReader): void {
  const { worker, assignment, progress } = context;
  const { call, firstIndex } = assignment.chunk;
  const index = (call.options.indexed ? firstIndex : 0) + assignment.position;
  const count = Math.ceil(body.left / NUMBER_STRIDE);
  const late = assignment.expired;
  worker.tally.tasks += count;
  progress.add(count, late === undefined ? 0 : 1);
  assignment.position += count;
  if (late === undefined) {
    call.numbers(index, count, body);
    return;
  }
  assignment.expired = undefined;
  call.error(index, late);
  if (count > 1)
    call.numbers(index + 1, count - 1, body.part(body.offset + NUMBER_STRIDE, body.offset + body.left));
}

/** `body` of a `value` or `timedValue` frame. */
export function takeValue(context: ReportContext, body: ByteReader, timed: boolean): void {
  const { worker, assignment, progress, events } = context;
  const { call, firstIndex } = assignment.chunk;
  const position = assignment.position++;
  const late = assignment.expired;
  worker.tally.tasks++;
  progress.add(1, late === undefined ? 0 : 1);
  if (timed) {
    const begin = body.f64();
    const end = begin + body.f64();
    if (events.has('task')) tell(context, position, begin, end, late, body.left);
  }
  const index = (call.options.indexed ? firstIndex : 0) + position;
  if (late === undefined) settle(call, index, body, worker.values);
  else {
    assignment.expired = undefined;
    skipNext(body, worker.values);
    call.error(index, late);
  }
}

/** `body` of a `failure` frame. */
export function takeFailure(context: ReportContext, body: ByteReader): void {
  const { worker, assignment, progress, events } = context;
  const { call, firstIndex } = assignment.chunk;
  const position = assignment.position++;
  const begin = body.f64();
  const duration = body.f64();
  const url = body.text();
  const value = Buffer.from(body.rest());
  const late = assignment.expired;
  assignment.expired = undefined;
  worker.tally.tasks++;
  worker.tally.failed++;
  progress.add(1, 1);
  const index = (call.options.indexed ? firstIndex : 0) + position;
  const fail = (error: unknown) => {
    if (events.has('task'))
      tell(context, position, begin, begin + duration, late ?? asError(error), value.length);
    call.error(index, late ?? error);
  };
  // The class of the error is in a module that this process has, if it has the function.
  const loaded = url === '' || !call.options.byValue ? Promise.resolve() : load(url).catch(() => {});
  void loaded
    .then(() => decodeLoading(value))
    .then(fail, (cause: unknown) => fail(undecodable('error', index, cause)));
}

/** `body` of a `sums` frame behind the number of the chunk. */
export function takeSums({ worker, assignment }: ReportContext, body: ByteReader): void {
  const { chunk } = assignment;
  const { tally } = worker;
  const count = body.u32();
  const working = body.f64();
  tally.working += working;
  tally.decoding += body.f64();
  tally.encoding += body.f64();
  if (count > 0) chunk.call.sizer.measured(working, count);
  for (let slowest = body.u8(); slowest > 0; slowest--) {
    const at = body.u32();
    tally.slow(body.f64(), indexOf(assignment, at), () => argumentOf(assignment, at));
  }
}

function settle(call: Call, index: number, body: ByteReader, values: PlainReader): void {
  const at = body.offset;
  let value: unknown;
  try {
    value = decodeNext(body, values);
  } catch {
    body.seek(at);
    takeLater(call, index, Buffer.from(body.rest()));
    return;
  }
  call.value(index, value);
}

/** A result that could not be decoded at once: it may hold a function or an instance whose module is not loaded here yet. */
function takeLater(call: Call, index: number, raw: Buffer): void {
  decodeLoading(raw).then(
    (value) => call.value(index, value),
    (cause: unknown) => call.error(index, undecodable('result', index, cause)),
  );
}

/** Decodes a value and imports the modules that it needs. */
async function decodeLoading(raw: Buffer): Promise<unknown> {
  for (let tries = 0; ; tries++)
    try {
      return decode(new ByteReader(raw));
    } catch (error) {
      if (!(error instanceof ModuleNeededError) || tries === MAX_MODULES) throw error;
      await load(error.url);
    }
}

const undecodable = (what: string, index: number, cause: unknown): ManycoreError =>
  new ManycoreError(
    `the ${what} of item ${index} cannot be decoded: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

function tell(
  { worker, assignment, events }: ReportContext,
  position: number,
  begin: number,
  end: number,
  error: Error | undefined,
  bytesOut: number,
): void {
  const { chunk } = assignment;
  const count = chunk.to - chunk.from;
  const { tally } = worker;
  events.emit('task', {
    workerId: worker.id,
    pid: worker.pid,
    itemIndex: indexOf(assignment, position),
    ok: error === undefined,
    error,
    begin,
    end,
    queueWait: Math.max(0, begin - performance.timeOrigin - chunk.readAt),
    encode: chunk.encoding / count + tally.encoding / Math.max(1, tally.tasks),
    decode: tally.decoding / Math.max(1, tally.tasks),
    bytesIn: chunk.values.length / count,
    bytesOut,
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
