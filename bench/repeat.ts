/** The process of one repeat: one system, one workload, once. Nothing of another system has ever run in it. */
import { readFileSync, writeSync } from 'node:fs';
import { measureArray } from './measures/array.ts';
import { measureColdStart } from './measures/cold-start.ts';
import { measureIdeal } from './measures/ideal.ts';
import { measureKill } from './measures/kill.ts';
import { measureContended, measureLock } from './measures/lock.ts';
import { measureMap } from './measures/map.ts';
import { measurePipe } from './measures/pipe.ts';
import { measureQueue } from './measures/queue.ts';
import { measureRoundTrip } from './measures/round-trip.ts';
import { measureShutdown } from './measures/shutdown.ts';
import { measureStream } from './measures/stream.ts';
import type { MeasureName, Reading, RepeatAnswer, RepeatRequest } from './protocol.ts';
import { type SystemName, systemOf } from './systems/registry.ts';
import type { Open } from './systems/system.ts';

type Measure = (open: Open, request: RepeatRequest) => Promise<Reading>;

const measures: Record<MeasureName, Measure> = {
  map: measureMap,
  ideal: (_, request) => measureIdeal(request),
  'cold-start': measureColdStart,
  'round-trip': measureRoundTrip,
  stream: measureStream,
  shutdown: measureShutdown,
  kill: measureKill,
  queue: measureQueue,
  pipe: measurePipe,
  lock: measureLock,
  contended: measureContended,
  array: measureArray,
};

const notOpened: Open = () => Promise.reject(new Error('this system is not opened in Node'));

async function answer(): Promise<RepeatAnswer> {
  const request = JSON.parse(readFileSync(0, 'utf8')) as RepeatRequest;
  const open = request.measure === 'ideal' ? notOpened : systemOf(request.system as SystemName).open;
  return { reading: await measures[request.measure](open ?? notOpened, request) };
}

// A rejection that a system leaves unhandled when its worker is killed is part of what is measured, and ends nothing.
process.on('unhandledRejection', () => undefined);
process.on('uncaughtException', () => undefined);
// A system whose workers keep nothing alive would end this process before its answer.
setInterval(() => undefined, 60_000);
const line = await answer().catch((error: unknown): RepeatAnswer => ({ error: String(error) }));
writeSync(1, `\n${JSON.stringify(line)}\n`);
process.exit(0);
