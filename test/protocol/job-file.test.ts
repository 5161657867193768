import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import schema from '../../schemas/jobs.schema.json' with { type: 'json' };
import { checkConfig } from '../../src/job/check-config.ts';
import { type Job, jobSchema, parseJob, parseJobFile, withJob } from '../../src/protocol/job-file.ts';
import type { Schema } from '../../src/protocol/schema-check.ts';

const file = (job: object): string => JSON.stringify({ version: 1, jobs: { nightly: job } }, null, 2);
const minimal = { function: 'a.ts#f', data: 'range:0:9' };

/** `line:column message` of each problem. */
function problems(text: string): string[] {
  return parseJobFile(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** Every key of a job, with a value that it takes. */
const whole: Required<Job> = {
  description: 'every night',
  function: 'src/a.ts#f',
  data: 'items.csv',
  workers: 2,
  chunk: 'auto',
  timeout: 1000,
  retries: 1,
  onError: 'continue',
  maxErrors: '5%',
  memoryLimit: 512 * 1024 * 1024,
  baseline: 'full',
  sweep: true,
  verify: 'all',
  onBadRecord: 'skip',
  spread: false,
  args: [1, { a: null }],
  typed: true,
  skip: 0,
  limit: 100,
  sample: 10,
  seed: 7,
  out: 'out/a.csv',
  report: 'out/a.html',
  trace: 'out/a.json',
  cpuProf: true,
  loader: 'bundle',
  engine: 'redis://127.0.0.1:6379',
};

describe('a file of jobs', () => {
  it('gives every key that the schema has, as the run takes it', () => {
    assert.deepEqual(Object.keys(schema.definitions.job.properties).sort(), Object.keys(whole).sort());
    const { jobs, problems: found } = parseJobFile(file(whole));
    assert.deepEqual(found, []);
    assert.deepEqual(jobs.get('nightly'), whole);
    checkConfig({ ...whole, cpuProf: false, cwd: '/' });
  });

  it('has comments, trailing commas and sizes in words', () => {
    const text = `// ours
      { "version": 1, "jobs": { "a": { "function": "a.ts", /* all */ "data": "-", "memoryLimit": "512M", "maxErrors": 3, }, }, }`;
    const { jobs, problems: found } = parseJobFile(text);
    assert.deepEqual(found, []);
    assert.deepEqual(jobs.get('a'), {
      ...{ function: 'a.ts', data: '-', memoryLimit: 512 * 1024 ** 2, maxErrors: '3' },
    });
  });

  for (const [name, text, expected] of [
    ['no JSON', '{ "version": }', [/^1:14 This is not JSON: /]],
    ['an empty file', '', [/^1:1 This is not JSON: /]],
    ['a list', '[]', [/^1:1 The file must be an object/]],
    ['a newer version', '{"version": 2, "jobs": {}}', [/^1:13 "version" must be 1, got 2$/]],
    ['no jobs', '{"version": 1}', [/^1:1 The file lacks the key "jobs"$/]],
    [
      'jobs in a list',
      '{"version": 1, "jobs": []}',
      [/^1:24 "jobs" must be an object, in \{ \}, got a list$/],
    ],
    [
      'an unknown key',
      file({ ...minimal, wokers: 2 }),
      [
        /^7:7 The job "nightly" has the unknown key "wokers"; known are description, function, data, workers, /,
      ],
    ],
    [
      'a key twice',
      '{"version": 1, "jobs": {"a": {"function": "a.ts", "data": "-", "data": "-"}}}',
      [/^1:64 The job "a" has the key "data" twice$/],
    ],
    ['a missing key', file({ function: 'a.ts' }), [/^4:16 The job "nightly" lacks the key "data"$/]],
    [
      'wrong values, each at its place',
      file({ ...minimal, workers: 0, chunk: 'big', baseline: 'none', spread: 'yes', memoryLimit: 'much' }),
      [
        /^7:18 "workers" must be a whole number from 1 to 1024, got 0$/,
        /^8:16 "chunk" must be a whole number from 1 to 1000000 or "auto", got "big"$/,
        /^9:19 "baseline" must be "sample", "full" or "off", got "none"$/,
        /^10:17 "spread" must be true or false, got "yes"$/,
        /^11:22 "memoryLimit" must be a whole number from 1048576 or a text of its form, such as "2G", got "much"$/,
      ],
    ],
  ] as const) {
    it(`tells where there is ${name}`, () => {
      const found = problems(text);
      assert.equal(found.length, expected.length, found.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
    });
  }

  it('gives the jobs that are right beside those that are not', () => {
    const text = JSON.stringify({ version: 1, jobs: { bad: {}, good: minimal } });
    assert.deepEqual([...parseJobFile(text).jobs.keys()], ['good']);
    const newer = JSON.stringify({ version: 2, jobs: { good: minimal } });
    assert.equal(parseJobFile(newer).jobs.size, 0, 'of a newer version nothing is known');
  });

  it('is refused when it is huge', () => {
    assert.match(problems(`"${'x'.repeat(1_000_001)}"`)[0] ?? '', /longer than 1000000 characters/);
  });
});

describe('the schema of jobs', () => {
  it('describes every key', () => {
    for (const [key, { description }] of Object.entries(schema.definitions.job.properties))
      assert.match(description, /^[A-Z].*\.$/s, key);
  });

  it('uses no more of JSON Schema than is checked', () => {
    const checked = new Set([
      ...['type', 'enum', 'anyOf', 'minimum', 'maximum', 'minLength', 'pattern', 'examples', 'description'],
    ]);
    const look = (each: Schema): void => {
      for (const word of Object.keys(each)) assert.ok(checked.has(word), word);
      each.anyOf?.forEach(look);
    };
    Object.values(jobSchema.properties).forEach(look);
  });

  it('takes no number that a run refuses', () => {
    for (const [key, { type, minimum, maximum }] of Object.entries<Schema>(jobSchema.properties)) {
      if (type !== 'integer') continue;
      assert.ok(minimum !== undefined, key);
      for (const value of [minimum, maximum ?? minimum]) checkConfig({ ...minimal, cwd: '/', [key]: value });
    }
  });
});

describe('a job that is saved', () => {
  const job: Job = { function: 'b.ts#g', data: 'range:0:5', workers: 2 };

  for (const [name, text] of Object.entries({
    'no file': '',
    'no jobs': '{ "version": 1 }',
    'an empty list of jobs': '{ "version": 1, "jobs": {} }',
  }))
    it(`makes a whole file of ${name}`, () => {
      const { jobs, problems: found } = parseJobFile(withJob(text, 'new', job));
      assert.deepEqual(found, []);
      assert.deepEqual(jobs.get('new'), job);
    });

  const kept = `{
  // Ours.
  "version": 1,
  "jobs": {
    "old": { "function": "a.ts#f", "data": "range:0:9" }, // the first
  },
}
`;

  it('stands behind the others, which stay as they are written', () => {
    const text = withJob(kept, 'new', job);
    const { jobs, problems: found } = parseJobFile(text);
    assert.deepEqual(found, []);
    assert.deepEqual([...jobs.keys()], ['old', 'new']);
    assert.match(text, /^ {2}\/\/ Ours\.$/m);
    assert.match(text, /"old": \{ "function": "a\.ts#f", "data": "range:0:9" \},/);
    assert.match(text, /^ {4}"new": \{\n {6}"function": "b\.ts#g",\n/m);
  });

  it('does not take the place of a text that cannot be read', () => {
    assert.throws(() => withJob('{ "version": ', 'new', job), TypeError);
  });

  it('takes the place of the one with its name', () => {
    const text = withJob(kept, 'old', job);
    assert.deepEqual([...parseJobFile(text).jobs], [['old', job]]);
    assert.match(text, /\}, \/\/ the first\n/);
  });
});

describe('a job in a task', () => {
  it('is checked as one in the file is', () => {
    assert.deepEqual(parseJob({ ...minimal, maxErrors: 2 }), { job: { ...minimal, maxErrors: '2' } });
    assert.deepEqual(parseJob({ function: 'a.ts' }), { problem: 'The task lacks the key "data"' });
  });

  it('has the same keys in package.json', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const [{ properties }] = manifest.contributes.taskDefinitions;
    const { job, ...others } = properties;
    const { description: _, ...keys } = schema.definitions.job.properties;
    assert.equal(job.type, 'string');
    assert.deepEqual(others, keys);
  });
});
