import { InvalidArgumentError } from 'commander';
import { RULE_SETTINGS, type RuleSetting } from '../analysis/severity.ts';

/** Options of `manycore lint` as commander gives them. */
export interface LintOptions {
  readonly format: 'pretty' | 'json' | 'sarif' | 'github';
  readonly fix?: boolean;
  readonly rule: readonly (readonly [name: string, setting: RuleSetting])[];
  readonly maxWarnings: number;
  /** Undefined: shown, but not in CI. */
  readonly hints?: boolean;
  readonly stats?: boolean;
  readonly cache: boolean;
}

/** Adds one `NAME=off|hint|warning|error` to those before it. */
export function parseRule(text: string, before: LintOptions['rule']): LintOptions['rule'] {
  const [, name, wanted] = /^([\w-]+)=(\w+)$/.exec(text) ?? [];
  const setting = wanted === 'warn' ? 'warning' : wanted;
  if (name === undefined || !(RULE_SETTINGS as readonly unknown[]).includes(setting))
    throw new InvalidArgumentError(`Give a rule and ${RULE_SETTINGS.join(', ')}, such as tiny-tasks=off.`);
  return [...before, [name, setting as RuleSetting]];
}
