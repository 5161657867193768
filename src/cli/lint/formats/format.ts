import type { Diagnostic, RuleInfo } from '../../../analysis/analyse.ts';
import type { Paint } from '../../paint.ts';
import type { LintStats } from '../protocol.ts';

/** What is printed, whatever the format. */
export interface Report {
  /** With the severities that are wanted, in order. */
  readonly diagnostics: readonly Diagnostic[];
  readonly rules: readonly RuleInfo[];
  readonly stats: LintStats & { readonly milliseconds: number };
  readonly showStats: boolean;
  readonly cwd: string;
  readonly version: string;
  readonly paint: Paint;
}

/** Gives the text for stdout. */
export type Format = (report: Report) => string;
