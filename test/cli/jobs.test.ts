import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { jobArguments } from '../../src/protocol/job-arguments.ts';
import type { Job } from '../../src/protocol/job-file.ts';
import type { RunConfig } from '../../src/protocol/run.ts';
import { readRows, readSummary, temporaryFolders } from '../job/harness.ts';
import { bundleCommand } from './bundle.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Profile {
  readonly nodes: readonly {
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly positionTicks?: readonly { readonly line: number }[];
  }[];
}

describe('manycore run', () => {
  let command: string;
  before(async () => {
    command = await bundleCommand();
  });
  after(() => rmSync(command, { recursive: true, force: true }));

  const temporary = temporaryFolders();

  function manycore(cwd: string, ...args: string[]): Promise<Ended> {
    const env = { ...process.env, NO_COLOR: '1' };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(command, 'cli.js'), ...args],
        { cwd, env },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });
  }

  /** A folder with a module, a dataset and jobs. */
  function project(jobs: string | object): string {
    const folder = temporary();
    mkdirSync(join(folder, '.vscode'));
    mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
    const text = typeof jobs === 'string' ? jobs : JSON.stringify({ version: 1, jobs }, null, 2);
    writeFileSync(join(folder, '.vscode', 'manycore.json'), text);
    writeFileSync(join(folder, 'items.json'), '[1, 2, 3, 4]');
    writeFileSync(join(folder, 'src', 'work.mjs'), 'export const times = (item, by = 1) => item * by;\n');
    return folder;
  }

  describe('--job', () => {
    const nightly = {
      ...{ function: 'src/work.mjs#times', data: 'items.json', args: [10] },
      ...{ workers: 2, baseline: 'off', out: 'out.jsonl' },
    };

    it('runs a job from a folder below its own, whose paths begin at its own', async () => {
      const folder = project({ nightly });
      const here = join(folder, 'src', 'deep');
      const { code, stderr } = await manycore(here, 'run', '--job', 'nightly', '--run-dir', 'run');
      assert.equal(code, 0, stderr);
      assert.equal(readSummary(join(here, 'run')).function, 'src/work.mjs#times');
      const values = readRows(join(here, 'run')).map(({ index, value }) => [index, value]);
      assert.deepEqual(values.sort(), [
        [0, 10],
        [1, 20],
        [2, 30],
        [3, 40],
      ]);
      assert.ok(readdirSync(folder).includes('out.jsonl'));
    });

    it('lets options of the command line stand above those of the job', async () => {
      const folder = project({ nightly });
      const here = join(folder, 'src');
      const args = ['--job', 'nightly', '--limit', '1', '--args', '[7]', '--out', 'mine.csv'];
      const { code, stderr } = await manycore(here, 'run', ...args, '--run-dir', join(folder, 'run'));
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        readRows(join(folder, 'run')).map(({ value }) => value),
        [7],
      );
      assert.ok(readdirSync(here).includes('mine.csv'));
      assert.ok(!readdirSync(folder).includes('out.jsonl'));
    });

    it('says the same as the options that a task makes of it, key by key', async () => {
      const all: Required<Omit<Job, 'description' | 'sweep' | 'engine'>> = {
        ...{ function: 'src/work.mjs#times', data: 'pairs.json', workers: 2, chunk: 'auto', timeout: 60_000 },
        ...{ retries: 1, onError: 'continue', maxErrors: '50%', memoryLimit: 2 ** 31, baseline: 'sample' },
        ...{ verify: 'all', onBadRecord: 'skip', spread: true, args: [{ a: [1] }], typed: true, skip: 1 },
        ...{ limit: 8, sample: 4, seed: 7, out: 'o.jsonl', report: 'r.html', trace: 't.json' },
        ...{ cpuProf: true, loader: 'bundle' },
      };
      const folder = project({ all });
      writeFileSync(join(folder, 'pairs.json'), JSON.stringify(Array.from({ length: 9 }, (_, i) => [i, 2])));
      const byName = await manycore(folder, 'run', '--job', 'all', '--run-dir', 'by-name');
      const byOptions = await manycore(folder, 'run', ...jobArguments(all), '--run-dir', 'by-options');
      assert.deepEqual([byName.code, byOptions.code], [0, 0], byName.stderr + byOptions.stderr);
      const config = (run: string): Partial<RunConfig> => {
        const [header = ''] = readFileSync(join(folder, run, 'journal.jsonl'), 'utf8').split('\n');
        const { runDir: _, ...rest } = (JSON.parse(header) as { config: RunConfig }).config;
        return rest;
      };
      assert.deepEqual(config('by-options'), config('by-name'));
      const { cwd: _, nodeReason: __, ...said } = config('by-name');
      assert.deepEqual(said, all);
    });

    it('shows the dataset of a job with --preview', async () => {
      const { code, stdout } = await manycore(project({ nightly }), 'run', '--job', 'nightly', '--preview');
      assert.equal(code, 0);
      assert.match(stdout, /^items\.json: 4 items/);
    });

    it('lists the known names where there is no such job', async () => {
      const { code, stderr } = await manycore(
        project({ nightly, weekly: nightly }),
        'run',
        '--job',
        'nightl',
      );
      assert.equal(code, 2);
      assert.match(stderr, /There is no job "nightl" in .*manycore\.json \[ERR_MANYCORE_JOB\]/);
      assert.match(stderr, /Did you mean "nightly"\? Known jobs: nightly, weekly\./);
    });

    it('tells the place of a mistake in the job', async () => {
      const folder = project({ nightly: { ...nightly, wokers: 2 }, other: nightly });
      assert.equal((await manycore(folder, 'run', '--job', 'other')).code, 0);
      const { code, stderr } = await manycore(folder, 'run', '--job', 'nightly');
      assert.equal(code, 2);
      assert.match(stderr, /The job "nightly" has the unknown key "wokers"; known are description, function/);
      assert.match(stderr, /^ {2}at .*manycore\.json:13:7$/m);
    });

    it('says where it looked when there is no file', async () => {
      const folder = temporary();
      const { code, stderr } = await manycore(folder, 'run', '--job', 'nightly');
      assert.equal(code, 2);
      assert.match(stderr, /There is no \.vscode\/manycore\.json in .* or a folder above/);
    });

    it('refuses a second function or dataset', async () => {
      const folder = project({ nightly });
      const twice = await manycore(folder, 'run', 'src/work.mjs', '--job', 'nightly');
      assert.deepEqual([twice.code, /leave out FILE\[#EXPORT\]/.test(twice.stderr)], [2, true]);
      const other = await manycore(folder, 'run', '--job', 'nightly', '--data', 'range:0:3');
      assert.deepEqual([other.code, /leave out --data/.test(other.stderr)], [2, true]);
    });
  });

  const fixture = fileURLToPath(new URL('../fixtures/job/functions.ts', import.meta.url));

  describe('--debug-item', () => {
    const debug = (...args: string[]): Promise<Ended> => manycore(temporary(), 'run', ...args);

    it('runs one item in this process and prints what it gives', async () => {
      const data = ['--data', 'range:5:50', '--skip', '1'];
      const { code, stdout, stderr } = await debug(`${fixture}#square`, ...data, '--debug-item', '2');
      assert.equal(code, 0, stderr);
      assert.match(stdout, /functions\.ts#square item 2 8\nvalue 64\n$/);
    });

    it('takes an item that is typed, and gives the value alone on stdout for --json', async () => {
      const given = ['--debug-item', 'json:[1,2]', '--spread', '--args', '[4]', '--json'];
      const { code, stdout, stderr } = await debug(`${fixture}#add`, ...given);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, '7\n');
    });

    it('tells where the item failed, as a run does, and ends with 1', async () => {
      const { code, stdout } = await debug(
        `${fixture}#throwsOn7`,
        '--data',
        'range:0:9',
        '--debug-item',
        '7',
      );
      assert.equal(code, 1);
      assert.match(stdout, /^ {2}item 7 RangeError: cannot take 7\n {4}at .*functions\.ts:14:11$/m);
    });

    for (const [name, item, message] of [
      ['an item that is not there', '9', /There is no item 9: range:0:9 has 9/],
      ['no number', 'last', /whole number from 0 or json:VALUE, got last/],
      ['no JSON', 'json:{', /--debug-item json:\{ is not JSON/],
    ] as const)
      it(`refuses ${name}`, async () => {
        const { code, stderr } = await debug(
          `${fixture}#square`,
          '--data',
          'range:0:9',
          '--debug-item',
          item,
        );
        assert.equal(code, 2);
        assert.match(stderr, message);
      });
  });

  describe('--cpu-prof', () => {
    const line = readFileSync(fixture, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('export function busy('));

    for (const loader of ['bundle', 'native'] as const)
      it(`writes a profile of each worker, and of nothing else, in the user's files (${loader})`, async function () {
        if (loader === 'native' && !Reflect.get(process.features, 'typescript')) this.skip();
        const run = join(temporary(), 'run');
        const args = ['--data', 'range:0:20', '--workers', '2', '--loader', loader, '--run-dir', run];
        const ended = await manycore(run.slice(0, -4), 'run', `${fixture}#busy`, ...args, '--cpu-prof');
        assert.equal(ended.code, 0, ended.stderr);
        assert.match(ended.stdout, /^Profiles {2}.*profiles$/m);
        const files = readdirSync(join(run, 'profiles')).sort();
        assert.deepEqual(files, ['worker-0.cpuprofile', 'worker-1.cpuprofile']);
        for (const file of files) {
          const profile = JSON.parse(readFileSync(join(run, 'profiles', file), 'utf8')) as Profile;
          const busy = profile.nodes.filter(({ callFrame }) => callFrame.functionName === 'busy');
          assert.ok(busy.length > 0, 'the function was not sampled');
          for (const { callFrame } of busy) {
            assert.equal(callFrame.url, pathToFileURL(fixture).href);
            assert.equal(callFrame.lineNumber, line);
          }
          // V8 counts what it inlined from other files too, with their lines.
          const ticks = busy.flatMap(({ positionTicks = [] }) => positionTicks.map((tick) => tick.line));
          const loop = line + 3;
          assert.ok(ticks.includes(loop), `line ${loop} is not among ${ticks.join(', ')}`);
        }
      });

    it('is not written when it is not asked for', async () => {
      const run = join(temporary(), 'run');
      const args = ['--data', 'range:0:2', '--baseline', 'off', '--run-dir', run];
      const { code, stdout } = await manycore(run.slice(0, -4), 'run', `${fixture}#square`, ...args);
      assert.equal(code, 0);
      assert.ok(!readdirSync(run).includes('profiles'));
      assert.doesNotMatch(stdout, /Profiles/);
    });
  });
});
