/**
 * The two tools that a language model gets: from the editor (`languageModelTools` of `package.json`, which a test holds equal
 * to this) and from `manycore mcp`.
 *
 * Format: the arguments are JSON objects that fit the schemas below; the answer is one text, which is JSON of at most
 * `MAX_TOOL_TEXT` characters. Paths are relative to the folder of the workspace, or to where the command runs, with `/`
 * on every system. Times are ms; lines and columns count from 1. Version 1, as `version` of each answer.
 */
import type { Baseline, Losses, RunConfig, RunFailure, Verdict } from './run.ts';

/** Longest answer, in characters: it is read by a model, whose context is small. */
export const MAX_TOOL_TEXT = 20_000;
/** Failed items that an answer shows. */
export const MAX_TOOL_ERRORS = 5;

export interface AnalyzeInput {
  readonly file: string;
  readonly function?: string;
}

export interface RunInput extends Pick<RunConfig, 'function' | 'data'>, RunInputOptions {}

type RunInputOptions = Partial<
  Pick<
    RunConfig,
    'workers' | 'limit' | 'sample' | 'args' | 'spread' | 'typed' | 'baseline' | 'timeout' | 'onError'
  >
>;

/** As `manycore lint --format json` prints it, and where it is explained. */
export interface ToolDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly category: string;
  readonly severity: 'error' | 'warning' | 'hint';
  readonly message: string;
  /** URL of the page of the rule. */
  readonly docs: string;
}

/** What was found, and what could not be judged, in words. */
export interface Analyzed {
  readonly diagnostics: readonly ToolDiagnostic[];
  readonly notes: readonly string[];
}

export interface AnalyzeAnswer extends Analyzed {
  readonly version: 1;
  /** Findings for which there was no room. */
  readonly leftOut?: number;
}

/** How a run ended; `failure` where it could not begin or broke off, everything else of `run.json` otherwise. */
export interface RunAnswer {
  readonly version: 1;
  /** As of `manycore run`: 0 all items done, 1 some failed, 2 bad input, 3 no workers, 130 interrupted. */
  readonly exitCode: number;
  readonly failure?: Pick<RunFailure, 'code' | 'message' | 'hint' | 'at'> | undefined;
  readonly summary?: RunEssence;
  /** Folder of the run: `results.jsonl` has the value or the error of every item. */
  readonly runDir?: string;
}

/** What of `run.json` tells how a run went. */
export interface RunEssence {
  readonly function: string;
  readonly dataset: string;
  readonly items: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly interrupted: boolean;
  readonly workers: number;
  readonly wallMs: number;
  readonly baseline: Baseline['kind'];
  readonly speedup: number | null;
  readonly speedupInterval: readonly [number, number] | null;
  readonly efficiency: number | null;
  readonly losses: Losses;
  readonly verdict: Verdict;
  readonly firstErrors: readonly {
    readonly index: number;
    readonly input: string;
    readonly error: string;
    readonly at?: string;
  }[];
}

export const analyzeNotes = {
  noFunction: (name: string): string =>
    `The file exports no function ${name} that the analysis can follow, so only the file itself was judged.`,
  unconcerned:
    'The file does not use the manycore library, so there was nothing to judge. Name one of its functions to have it judged as if it ran in worker processes.',
} as const;

export const analyzeTool = {
  name: 'manycore_analyze',
  description:
    'Analyses a TypeScript or JavaScript file that uses the `manycore` library, or one exported function as if it ran in worker processes, and reports what would fail or go wrong there: values that cannot be sent, missing entry guards, data races, pools and processes that are not closed, slow patterns. Runs none of the code and changes nothing. Each finding has its rule, severity, message, place and a link to its documentation. Use it before running a function in parallel, and after editing code that does.',
  inputSchema: {
    type: 'object',
    properties: {
      file: {
        type: 'string',
        minLength: 1,
        description: 'Path of the file, relative to the workspace folder.',
      },
      function: {
        type: 'string',
        minLength: 1,
        description:
          'Name of an exported function of the file. It is then judged as if it ran in worker processes, although nothing in the code says so.',
      },
    },
    required: ['file'],
    additionalProperties: false,
  },
} as const;

export const runTool = {
  name: 'manycore_run',
  description:
    'Runs an exported TypeScript or JavaScript function over every item of a dataset, in parallel in worker processes, and reports how many items succeeded, the first errors, the measured speedup over one process and where the time went. It executes code of the workspace and writes a folder of results under .manycore/runs. Try few items first, with `limit`.',
  inputSchema: {
    type: 'object',
    properties: {
      function: {
        type: 'string',
        minLength: 1,
        description:
          'The function as FILE#EXPORT, with the file relative to the workspace folder, such as src/score.ts#score. It is called with one item, and may be async.',
      },
      data: {
        type: 'string',
        minLength: 1,
        description:
          'Where the items come from: a file (.json, .json#/pointer, .jsonl, .csv, .tsv, .txt lines, .parquet, .arrow; also .gz or .zst), glob:PATTERN for the paths of files, range:START:STOP[:STEP], or module:FILE#EXPORT for an iterable that a module exports.',
      },
      workers: {
        type: 'integer',
        minimum: 1,
        maximum: 1024,
        description: 'Number of worker processes. Default: one for every CPU.',
      },
      limit: { type: 'integer', minimum: 0, description: 'Run at most so many items.' },
      sample: { type: 'integer', minimum: 1, description: 'Run a random sample of so many items.' },
      args: { type: 'array', description: 'Arguments of every call after the item.' },
      spread: { type: 'boolean', description: 'An array item becomes the arguments of the function.' },
      typed: {
        type: 'boolean',
        description:
          'CSV and TSV: turn numbers, booleans and empty fields into values. Default: every field is a text.',
      },
      baseline: {
        type: 'string',
        enum: ['sample', 'full', 'off'],
        description:
          'What the speedup is measured against: a sample of the items run alone in one process (default), all of them, or nothing. With off every item is run exactly once.',
      },
      timeout: { type: 'integer', minimum: 1, description: 'Limit for one item, in ms.' },
      onError: {
        type: 'string',
        enum: ['stop', 'continue'],
        description: 'What a failed item does to the run. Default: continue.',
      },
    },
    required: ['function', 'data'],
    additionalProperties: false,
  },
} as const;
