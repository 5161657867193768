import type { LogOutputChannel } from 'vscode';
import type { FoundNode } from '../../node/find-node.ts';
import { chooseDataset } from './choose-dataset.ts';
import { DatasetPreviews } from './dataset-previews.ts';
import type { FunctionMemory } from './memory.ts';
import { functionKey, type RunTarget } from './resolve-run-config.ts';
import type { RunRequest } from './run-request.ts';

export interface AskDatasetOptions {
  readonly memory: FunctionMemory;
  readonly log: LogOutputChannel;
  /** The job host's bundle. */
  readonly hostFile: string;
  readonly node: Promise<FoundNode>;
}

/** Asks for the dataset of a function, and shows what each one would give. Undefined when the user gives up. */
export async function askDataset(
  target: RunTarget,
  request: RunRequest,
  { memory, log, hostFile, node }: AskDatasetOptions,
): Promise<string | undefined> {
  using previews = new DatasetPreviews({
    ...{ hostFile, cwd: target.cwd, env: process.env, node },
    log: (line) => log.debug(line),
  });
  const { typed, spread, args, skip, limit, onBadRecord } = request;
  const shown = { typed, spread, args, skip, limit, onBadRecord, cwd: target.cwd, name: target.exportName };
  return await chooseDataset(target, memory.datasets(functionKey(target)), (data) =>
    previews.ask({ ...shown, data, callsExport: false }),
  );
}
