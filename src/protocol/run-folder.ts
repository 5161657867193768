/**
 * Between whoever runs a job (`src/job`) and whoever reads it afterwards: the files of a run folder.
 *
 * `run.json` is a `RunSummary`, written last: where it is, the run has ended and its folder is whole. `journal.jsonl`
 * begins with a `JournalHeader`. `lock` is there while a process works in the folder, as `PID HOST`; a killed process
 * leaves it. `results.jsonl` has a row for every finished item, in the order in which they finished; `inputs.json` has
 * what the items of some of them looked like, by index, as a list shows them: `{"7": "{\"city\":\"Oslo\"}"}`.
 */
import type { RunConfig, RunHeader } from './run.ts';

/** Names of the files of a run. */
export const RUN_FILES = {
  summary: 'run.json',
  results: 'results.jsonl',
  inputs: 'inputs.json',
  journal: 'journal.jsonl',
  report: 'report.html',
  trace: 'trace.json',
  output: 'output',
  profiles: 'profiles',
  lock: 'lock',
} as const;

/** Folder of the runs of a working directory, with `/` between its parts. */
export const RUNS_HOME = '.manycore/runs';

/** The first line of a journal, and one more for every other function with which the run was resumed. */
export interface JournalHeader {
  readonly version: 1;
  readonly function: string;
  readonly functionHash: string;
  readonly dataset: string;
  /** What was asked for; journals of 0.1.0 have none. */
  readonly config?: RunConfig | undefined;
  /** What was chosen for it, each choice with its reason; older journals have none. */
  readonly header?: RunHeader | undefined;
}
