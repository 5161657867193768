import assert from 'node:assert/strict';

interface Log {
  readonly rules: readonly unknown[];
  readonly results: readonly { readonly ruleId: string }[];
}

type Json = Readonly<Record<string, unknown>>;

/** What each property of an object may be; names with `?` may be absent, others are not allowed. */
type Shape = Readonly<Record<string, (value: unknown, at: string) => void>>;

const text = (value: unknown, at: string): void => assert.equal(typeof value, 'string', at);
const count = (least: number) => (value: unknown, at: string) =>
  assert.ok(Number.isInteger(value) && (value as number) >= least, at);
const oneOf =
  (...values: readonly string[]) =>
  (value: unknown, at: string) =>
    assert.ok(values.includes(value as string), `${at}: ${value}`);
const object = (shape: Shape) => (value: unknown, at: string) => {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), at);
  for (const [key, check] of Object.entries(shape)) {
    const name = key.replace('?', '');
    if (Object.hasOwn(value, name)) check((value as Json)[name], `${at}.${name}`);
    else assert.ok(key.endsWith('?'), `${at}.${name} is missing`);
  }
  for (const name of Object.keys(value))
    assert.ok(name in shape || `${name}?` in shape, `${at}.${name} is not in the format`);
};
const list = (check: (value: unknown, at: string) => void) => (value: unknown, at: string) => {
  assert.ok(Array.isArray(value), at);
  for (const [index, one] of value.entries()) check(one, `${at}[${index}]`);
};
const url = (value: unknown, at: string): void => assert.ok(URL.canParse(value as string), at);

const level = oneOf('none', 'note', 'warning', 'error');
const message = object({ text });
const artifact = object({
  uri: (value, at) => assert.ok(URL.canParse(value as string, 'file:///root/'), at),
  uriBaseId: oneOf('%SRCROOT%'),
});
const region = object({ startLine: count(1), startColumn: count(1), endLine: count(1), endColumn: count(1) });
const physicalLocation = object({ artifactLocation: artifact, region });
const rule = object({
  id: text,
  shortDescription: message,
  helpUri: url,
  defaultConfiguration: object({ level }),
  properties: object({ category: text }),
});
const result = object({
  ruleId: text,
  ruleIndex: count(0),
  level,
  message,
  locations: list(object({ physicalLocation })),
  'relatedLocations?': list(object({ id: count(0), physicalLocation, message })),
  'fixes?': list(
    object({
      description: message,
      artifactChanges: list(
        object({
          artifactLocation: artifact,
          replacements: list(object({ deletedRegion: region, insertedContent: object({ text }) })),
        }),
      ),
    }),
  ),
});
const log = object({
  $schema: url,
  version: oneOf('2.1.0'),
  runs: list(
    object({
      tool: object({ driver: object({ name: text, version: text, informationUri: url, rules: list(rule) }) }),
      columnKind: oneOf('utf16CodeUnits', 'unicodeCodePoints'),
      results: list(result),
    }),
  ),
});

/** Holds a value to the parts of SARIF 2.1.0 (OASIS, section 3) that are used; gives its rules and results. */
export function assertSarif(value: unknown): Log {
  log(value, 'log');
  const [run] = (
    value as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number }[];
      }[];
    }
  ).runs;
  assert.ok(run);
  const { rules } = run.tool.driver;
  for (const { ruleId, ruleIndex } of run.results) assert.equal(rules[ruleIndex]?.id, ruleId);
  return { rules, results: run.results };
}
