/**
 * What a dataset would give, before a run: between the job host (`src/job`) and the editor, or the command line.
 *
 * Format: the editor starts the job host as for a run (see `run.ts`) and sends any number of `PreviewRequest`s; each is
 * answered by one `PreviewAnswer` of the same `id`, in any order. The job host ends when its channel is closed.
 *
 * Limits: at most `MAX_CALLS` calls, each of at most `MAX_CALL` characters; at most `MAX_ARRAYS` arrays of a JSON file.
 * A preview reads as much as it has to: the sender ends the job host of one that takes too long.
 */
import type { RunConfig, RunFailure } from './run.ts';

/** Most calls of a preview. */
export const MAX_CALLS = 3;
/** Longest text of a call, in characters. */
export const MAX_CALL = 200;
/** Most arrays that are named of a JSON file. */
export const MAX_ARRAYS = 12;

export interface PreviewConfig
  extends Pick<
    RunConfig,
    'data' | 'cwd' | 'typed' | 'spread' | 'args' | 'skip' | 'limit' | 'sample' | 'seed' | 'onBadRecord'
  > {
  /** Name of the function in the calls. */
  readonly name: string;
  /** False: an export that is a function is not called for its items, while its name is still being typed. */
  readonly callsExport: boolean;
}

export interface PreviewRequest {
  readonly type: 'preview';
  readonly id: number;
  readonly config: PreviewConfig;
}

export interface PreviewAnswer {
  readonly type: 'preview';
  readonly id: number;
  readonly preview: DatasetPreview;
}

export type DatasetPreview =
  | {
      readonly kind: string;
      /** Selected items; null where only reading all of them tells. */
      readonly count: number | null;
      /** Size in bytes of the file, compressed as it lies there; null where there is not one file. */
      readonly bytes: number | null;
      /** The call that each of the first items becomes. */
      readonly calls: readonly string[];
      /** Bad records that were left out until then. */
      readonly skipped: number;
      /** The items come from calling this export, which was not done. */
      readonly uncalled: string | null;
    }
  | {
      readonly failure: RunFailure;
      /** Datasets inside of this one that a run can have: the arrays of a JSON file that is none itself. */
      readonly arrays: readonly string[];
    };
