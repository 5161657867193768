/**
 * What the editor and the analysis server tell each other beyond the language server protocol: JSON-RPC over the same
 * connection. Paths are absolute, positions those of the language server protocol (from 0). Version 1.
 */

/** Request of the editor: what would go wrong if this function ran in worker processes. Answer: `PreflightFinding[]`. */
export const PREFLIGHT = 'manycore/preflight';

export interface PreflightParams {
  readonly file: string;
  readonly exportName: string;
}

export interface PreflightFinding {
  readonly file: string;
  /** From 0. */
  readonly line: number;
  readonly character: number;
  readonly severity: 'error' | 'warning' | 'hint';
  readonly rule: string;
  readonly message: string;
}

/** Request of the editor for a language model: all that is wrong with a file, or with a function in workers. Answer: `Analyzed` of `tools.ts`. */
export const ANALYZE = 'manycore/analyze';

export interface AnalyzeParams {
  readonly file: string;
  /** The function is judged as if it ran in workers. */
  readonly exportName?: string;
  /** Folder that the paths of the answer are relative to. */
  readonly cwd: string;
}

/** Notification of the server, after each file that took longer than a moment. */
export const ANALYSED = 'manycore/analysed';

export interface Analysed {
  readonly file: string;
  readonly milliseconds: number;
  readonly findings: number;
  /** Source files of the workspace, and those of them that concern the library. */
  readonly files: number;
  readonly concerned: number;
}
