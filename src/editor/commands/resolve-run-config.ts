import * as path from 'node:path';
import type { FoundNode } from '../../node/find-node.ts';
import type { RunConfig } from '../../protocol/run.ts';
import type { Settings } from '../contributions.ts';
import type { RunRequest } from './run-request.ts';

/** A function to run, found. */
export interface RunTarget {
  /** Absolute. */
  readonly file: string;
  readonly exportName: string;
  /** Base of relative paths: the workspace folder of the file, else the file's own folder. */
  readonly cwd: string;
}

type RunSettings = Pick<
  Settings,
  'manycore.workers' | 'manycore.run.baseline' | 'manycore.run.sweep' | 'manycore.run.loader'
>;

/** The one way from a function, its data, what was asked for and the settings to what the job host is told. */
export function resolveRunConfig(
  target: RunTarget,
  data: string,
  request: RunRequest,
  settings: RunSettings,
  node: FoundNode,
): RunConfig {
  const { uri, file, export: _, ifRunning, workers = settings['manycore.workers'], ...overrides } = request;
  const baseline = request.baseline ?? settings['manycore.run.baseline'];
  return {
    // The setting is a wish for all runs: one that measures nothing goes without.
    sweep: settings['manycore.run.sweep'] && baseline !== 'off',
    loader: settings['manycore.run.loader'],
    ...overrides,
    baseline,
    cwd: target.cwd,
    function: functionKey(target),
    data,
    workers: workers === 0 ? undefined : workers,
    nodeReason: node.reason,
  };
}

/** `FILE#EXPORT` with the file relative to the working directory: names a function in messages and in memory. */
export function functionKey({ file, exportName, cwd }: RunTarget): string {
  return `${path.relative(cwd, file).split(path.sep).join('/')}#${exportName}`;
}
