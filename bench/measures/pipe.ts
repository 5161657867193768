import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';
import { echoAll } from '../workers/objects.ts';
import { roundTrips } from './round-trip.ts';

/** Microseconds for a number that goes to another process through a pipe, and back. */
export async function measurePipe(_: Open, request: RepeatRequest): Promise<Reading> {
  const { Pipe, Process } = await import('manycore');
  const [here, there] = Pipe<number>();
  const other = new Process({ target: echoAll, args: [there] });
  await other.start();
  const reading = await roundTrips(request, async (i) => {
    await here.send(i);
    return here.recv();
  });
  here.close();
  await other.join();
  return reading;
}
