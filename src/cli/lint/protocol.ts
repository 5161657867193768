/**
 * What the command asks the analysis process, and its answer. The process is a child with Node's IPC channel, messages are
 * JSON: one request down, one reply up, then it ends. Paths are absolute; lines and columns count from 1. Version 1.
 */
import type { Diagnostic, RuleInfo } from '../../analysis/analyse.ts';
import type { RuleSettings } from '../../analysis/severity.ts';
import type { Started } from '../../analysis/started.ts';

export interface LintRequest {
  /** Folders that make up the workspace: what is analysed together. */
  readonly projects: readonly string[];
  /** Folders and files whose diagnostics are wanted; part of the workspace also where a folder such as `dist` is left out. */
  readonly wanted: readonly string[];
  /** Rules that are off are not fixed. */
  readonly rules: RuleSettings;
  readonly fix: boolean;
  /** Judge this function as if it ran in workers, and nothing else. */
  readonly started?: Started;
  /** File that keeps results between two commands; null for none. */
  readonly cacheFile: string | null;
  /** Changes whenever another analysis may find something else in the same files. */
  readonly edition: string;
}

/** What was done to find the diagnostics. */
export interface LintStats {
  /** Source files of the workspace. */
  readonly files: number;
  /** Of them those that concern the package. */
  readonly concerned: number;
  /** Files whose diagnostics were computed and not taken from the cache. */
  readonly analysed: number;
  /** Values that were not judged because nothing is known of them. */
  readonly unknown: number;
  /** CPU time of the analysis in ms. */
  readonly cpu: number;
  /** Largest resident memory of the analysis, in bytes. */
  readonly memory: number;
  /** True when the workspace has more files than are read. */
  readonly truncated: boolean;
}

export interface LintReply {
  /** In the order of their files and lines, with the severities of the rules themselves. */
  readonly diagnostics: readonly Diagnostic[];
  readonly rules: readonly RuleInfo[];
  readonly fixes: FixReport;
  readonly stats: LintStats;
  /** What went wrong inside of rules; the other rules went on. */
  readonly failures: readonly string[];
}

export interface FixReport {
  /** Titles of the fixes that were made, by file. */
  readonly made: readonly { readonly file: string; readonly title: string }[];
  /** Files that were left as they are, and why. */
  readonly left: readonly { readonly file: string; readonly reason: string }[];
}

export const NO_FIXES: FixReport = { made: [], left: [] };

/** What comes up the channel. */
export type LintMessage =
  | { readonly reply: LintReply }
  | { readonly error: { readonly message: string; readonly stack: string | undefined } };
