import { hostname } from 'node:os';
import { Collector } from '../job/collector.ts';
import { JobError } from '../job/errors.ts';
import { EventFeed } from '../job/event-feed.ts';
import { existingRun, loadRun, repairRun } from '../job/resume.ts';
import { RunLock } from '../job/run-lock.ts';
import { unpackRecord } from '../job/task-text.ts';
import type { Engine } from './engine.ts';
import { HostBook } from './host-book.ts';
import { unpackRecords } from './payload.ts';

/**
 * Writes what hosts have finished for a run whose own process is gone into its folder, and takes the run from the engine. Gives the
 * folder, with which the run goes on.
 * @throws {JobError} when there is no such run, another process works on it, or its folder is on another machine
 */
export async function attach(engine: Engine, id: string): Promise<string> {
  const run = (await engine.announced()).find(({ announcement }) => announcement.id === id);
  if (run === undefined) throw unknownRun(id);
  const { coordinator, runDir } = run.announcement;
  const machine = coordinator.slice(0, coordinator.lastIndexOf('/'));
  if (machine !== hostname()) {
    throw new JobError('ERR_MANYCORE_USAGE', `The folder of run ${id} is on ${machine}: ${runDir}`, {
      hint: `Run manycore attach ${id} there.`,
    });
  }
  const folder = existingRun(runDir);
  using _lock = new RunLock(folder.path);
  const earlier = await loadRun(folder);
  await repairRun(earlier);
  const { finished } = earlier;
  using feed = new EventFeed(() => {}, { progress: () => null, onTick: () => {} });
  using collector = new Collector(folder, new Map(), feed, true);
  const book = new HostBook();
  for (;;) {
    const { done } = await engine.collect(id);
    if (done.length === 0) break;
    for (const { host, payload } of done) {
      for (const packed of unpackRecords(payload)) {
        const record = unpackRecord(packed);
        if (finished.has(record.index)) continue;
        finished.add(record.index, record.key, record.ok, 0);
        collector.add(record, null, book.worker(host, record.pid));
      }
    }
    collector.flush();
    await engine.acknowledge(
      id,
      done.map(({ chunk }) => chunk),
    );
  }
  await engine.withdraw(id);
  return folder.path;
}

export function unknownRun(id: string): JobError {
  return new JobError('ERR_MANYCORE_USAGE', `The engine has no run ${id}`, {
    hint: 'manycore jobs --engine URL lists them.',
  });
}
