import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { RunSummary } from '../../protocol/run.ts';

/** The CPU profile of the worker that computed for longest; undefined where no worker wrote one. */
export function heaviestProfile({ runDir, perWorker }: RunSummary): string | undefined {
  return perWorker
    .toSorted((a, b) => b.busyMs - a.busyMs)
    .map(({ worker }) => path.join(runDir, 'profiles', `worker-${worker}.cpuprofile`))
    .find((file) => existsSync(file));
}
