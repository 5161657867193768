import type { Diagnostic, Severity } from './diagnostic.ts';

/** How a rule is reported, or that it is not. */
export type RuleSetting = Severity | 'off';

/** Rules by name with what somebody wants instead of their own severity. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;

export const RULE_SETTINGS: readonly RuleSetting[] = ['off', 'hint', 'warning', 'error'];

/** Diagnostics as the settings want them. Those of rules that are off are left out. */
export function withSeverities(
  diagnostics: readonly Diagnostic[],
  settings: RuleSettings,
): readonly Diagnostic[] {
  return diagnostics.flatMap((one) => {
    const severity = Object.hasOwn(settings, one.rule) ? settings[one.rule] : undefined;
    if (severity === undefined || severity === one.severity) return [one];
    return severity === 'off' ? [] : [{ ...one, severity }];
  });
}
