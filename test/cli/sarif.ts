import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv = require('ajv-draft-04') as typeof import('ajv-draft-04').default;
const addFormats = require('ajv-formats') as typeof import('ajv-formats').default;

interface Rule {
  readonly id: string;
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly fixes?: readonly unknown[];
  readonly relatedLocations?: readonly unknown[];
}

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly Rule[] } };
    readonly results: readonly Result[];
  }[];
}

/** The schema of the OASIS standard, as a package of the standard's editors carries it. One of its patterns has a `]` too many. */
const isLog = addFormats(new Ajv({ allErrors: true, unicodeRegExp: false })).compile<Log>(
  require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
);

/**
 * Holds a value to the JSON schema of SARIF 2.1.0, and each result to the rule that it names; gives its rules and results.
 * @throws {assert.AssertionError} with every place that is not as the schema wants it
 */
export function assertSarif(value: unknown): {
  readonly rules: readonly Rule[];
  readonly results: readonly Result[];
} {
  if (!isLog(value)) {
    const faults = isLog.errors?.map(({ instancePath, message }) => `${instancePath}: ${message}`);
    assert.fail(`This is no SARIF log:\n${faults?.join('\n')}`);
  }
  const [run] = value.runs;
  assert.ok(run);
  const { rules } = run.tool.driver;
  for (const { ruleId, ruleIndex } of run.results) assert.equal(rules[ruleIndex]?.id, ruleId);
  return { rules, results: run.results };
}
