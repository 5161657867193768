import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../../src/job/journal.ts';
import {
  descendants,
  FIXTURES,
  isAlive,
  readRows,
  readSummary,
  temporaryFolders,
  until,
} from '../job/harness.ts';
import { guardsOf } from '../runtime/processes.ts';
import { bundleCommand } from './bundle.ts';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('manycore', () => {
  let command: string;
  before(async () => {
    command = await bundleCommand();
  });
  after(() => rmSync(command, { recursive: true, force: true }));

  const folder = temporaryFolders();
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  function start(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [join(command, 'cli.js'), ...args], {
      cwd: FIXTURES,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    started.push(child);
    const printed = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      printed.stderr += text;
    });
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, ...printed }));
    });
    return { child, ended };
  }

  const manycore = (...args: string[]): Promise<Ended> => start(args).ended;
  const runIn = (dir: string, ...args: string[]): string[] => [
    'run',
    ...args,
    '--run-dir',
    join(dir, 'run'),
    '--workers',
    '2',
  ];

  it('prints what a sweep measured, the forecast and what single changes would give', async () => {
    const runDir = join(folder(), 'run');
    const args = ['run', 'functions.ts#busy', '--data', 'range:0:40', '--workers', '2', '--sweep'];
    const { code, stdout } = await start([...args, '--run-dir', runDir]).ended;
    assert.equal(code, 0);
    assert.match(stdout, /^Measuring how it scales \(1 worker, warming up\)$/m);
    assert.match(stdout, /^Scaling {3}1 worker [\d.]+x \(.+\), 2 workers [\d.]+x \(.+\); \d+ items each/m);
    assert.match(
      stdout,
      /^Forecast {2}4 workers [\d.]+x \(.+\), 8 workers [\d.]+x \(.+\); given as many cores/m,
    );
    assert.match(stdout, /^What if {3}nothing lost at all [\d.]+x/m);
    assert.equal(readSummary(runDir).scaling?.points.length, 2);
  });

  it('prints its version and its help', async () => {
    assert.match((await manycore('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
    const help = await manycore('run', '--help');
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Examples:/);
  });

  for (const [name, args, message] of [
    ['no data', ['run', 'functions.ts'], /--data/],
    ['no function', ['run', '--data', 'range:0:1'], /FILE\[#EXPORT\]/],
    ['a run to resume that is not there', ['run', '--resume', 'nothing'], /no such folder/],
    [
      'an option that is not there',
      ['run', 'functions.ts', '--data', 'range:0:1', '--nonsense'],
      /--nonsense/,
    ],
    [
      'a value that is no number',
      ['run', 'functions.ts', '--data', 'range:0:1', '--workers', 'two'],
      /whole number/,
    ],
    ['a command that is not there', ['rum'], /rum/],
    ['a missing dataset', ['run', 'functions.ts#square', '--data', 'nothing.csv'], /nothing\.csv/],
    [
      'a missing Node',
      ['run', 'functions.ts#square', '--data', 'range:0:1', '--node', '/no/node'],
      /\/no\/node/,
    ],
  ] as const) {
    it(`ends with 2 for ${name}`, async () => {
      const { code, stderr, stdout } = await manycore(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /at .*\.ts:\d+:\d+\)/, 'a stack is nothing for a user');
      assert.equal(stdout, '');
    });
  }

  it('shows a run as plain lines where there is no terminal', async () => {
    const dir = folder();
    const { code, stdout, stderr } = await manycore(
      ...runIn(dir, 'functions.ts#prints', '--data', 'range:0:6', '--baseline', 'off'),
    );
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    assert.match(stdout, /functions\.ts#prints over range:0:6: 6 items/);
    assert.match(stdout, /worker \d item 3 \| line of 3/);
    assert.match(stdout, /6 succeeded/);
    assert.match(stdout, /not measured/);
    assert.ok(stdout.includes(join(dir, 'run', 'report.html')));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there.
    assert.doesNotMatch(stdout, /\u001b/);
  });

  it('ends with 1 when an item failed, and says which and where', async () => {
    const { code, stdout } = await manycore(
      ...runIn(folder(), 'functions.ts#throwsOn7', '--data', 'range:0:10', '--baseline', 'off'),
    );
    assert.equal(code, 1);
    assert.match(stdout, /item 7 RangeError: cannot take 7/);
    assert.ok(stdout.includes(`at ${join(FIXTURES, 'functions.ts')}:14:`), stdout);
  });

  it('says where a module throws, and shows what it printed', async () => {
    const { code, stderr, stdout } = await manycore(
      ...runIn(folder(), 'throws-at-import.ts', '--data', 'range:0:1'),
    );
    assert.equal(code, 2);
    assert.match(stderr, /not ready/);
    assert.ok(stderr.includes(`at ${join(FIXTURES, 'throws-at-import.ts')}:3:`), stderr);
    assert.match(stdout, /before it fails/);
  });

  it('prints one JSON object with --json: what run.json holds', async () => {
    const dir = folder();
    const { code, stdout, stderr } = await manycore(
      ...runIn(dir, 'functions.ts#prints', '--data', 'module:data.ts#list', '--baseline', 'sample', '--json'),
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), readSummary(join(dir, 'run')));
    assert.match(stderr, /line of 3/);
  });

  it('reads items from standard input', async () => {
    const dir = folder();
    const { child, ended } = start(runIn(dir, 'functions.ts#describe', '--data', '-'));
    child.stdin?.end('{"n":1}\n{"n":2}\n');
    assert.equal((await ended).code, 0);
    assert.deepEqual(
      readRows(join(dir, 'run')).map(({ value }) => value),
      ['{"n":1}', '{"n":2}'],
    );
  });

  it('shows with --preview what a dataset gives, and runs nothing', async () => {
    const dir = folder();
    const preview = (data: string, ...more: string[]): Promise<Ended> =>
      manycore(...runIn(dir, 'functions.ts#square', '--data', data, '--preview', ...more));
    const range = await preview('range:0:1000', '--args', '[2]');
    assert.equal(range.stdout, 'range:0:1000: 1,000 items\n  square(0, 2)\n  square(1, 2)\n  square(2, 2)\n');
    const file = join(dir, 'a.json');
    writeFileSync(file, '{"rows":[1,2]}');
    const object = await preview(file);
    assert.deepEqual([object.code, object.stdout], [2, '']);
    assert.match(object.stderr, /is an object, not an array/);
    assert.ok(object.stderr.includes(`--data '${file}#/rows'`), object.stderr);
    const { code, stdout } = await preview(`${file}#/rows`, '--json');
    assert.deepEqual([code, JSON.parse(stdout).calls], [0, ['square(1)', 'square(2)']]);
    assert.deepEqual(readdirSync(dir), ['a.json']);
  });

  it('gives the workers the variables of --env-file', async () => {
    const dir = folder();
    await manycore(
      ...runIn(dir, 'functions.ts#environment', '--data', 'range:0:1', '--env-file', 'test.env'),
    );
    assert.equal(readRows(join(dir, 'run'))[0]?.value, 'from the file');
  });

  it('does not begin without the file of --env-file', async () => {
    const { code, stderr } = await manycore(
      ...runIn(folder(), 'functions.ts', '--data', 'range:0:1', '--env-file', 'none'),
    );
    // Node 20 looks for this option among those of the program too, and ends with 9 before the program begins.
    assert.ok(code === 2 || code === 9, stderr);
    assert.match(stderr, /none/);
  });

  it('puts its runs under .manycore of the working directory unless told otherwise', async () => {
    const { code } = await manycore('run', 'functions.ts#square', '--data', 'range:0:3', '--baseline', 'off');
    assert.equal(code, 0);
    const runs = join(FIXTURES, '.manycore', 'runs');
    try {
      assert.match(readdirSync(runs)[0] ?? '', /^\d{4}-\d\d-\d\d-\d{6}-square$/);
    } finally {
      rmSync(join(FIXTURES, '.manycore'), { recursive: true });
    }
  });

  it('shows the result of a run that is over again', async () => {
    const dir = folder();
    await manycore(...runIn(dir, 'functions.ts#square', '--data', 'range:0:4', '--baseline', 'off'));
    const { code, stdout } = await manycore('report', join(dir, 'run'), '--html', join(dir, 'copy.html'));
    assert.equal(code, 0);
    assert.match(stdout, /4 items/);
    assert.match(readFileSync(join(dir, 'copy.html'), 'utf8'), /^<!doctype html>/i);
    assert.equal((await manycore('report', join(dir, 'nothing'))).code, 2);
  });

  it('compares two runs, and copies the trace of one', async () => {
    const [first, second] = [folder(), folder()];
    for (const dir of [first, second]) {
      await manycore(...runIn(dir, 'functions.ts#square', '--data', 'range:0:4', '--baseline', 'off'));
    }
    const runs = [join(first, 'run'), join(second, 'run', 'run.json')];
    const { code, stdout } = await manycore('compare', ...runs, '--json');
    assert.equal(code, 0);
    const { facts } = JSON.parse(stdout) as { facts: { name: string; differs: boolean }[] };
    assert.equal(facts.find(({ name }) => name === 'code')?.differs, false);
    const page = join(first, 'compare.html');
    assert.match((await manycore('compare', ...runs, '--html', page)).stdout, /time in all/);
    assert.match(readFileSync(page, 'utf8'), /square <span>two runs compared/);
    assert.equal((await manycore('compare', first, second)).code, 2);
    const copy = join(first, 'copy.json');
    assert.equal((await manycore('report', join(first, 'run'), '--trace', copy)).code, 0);
    assert.ok(JSON.parse(readFileSync(copy, 'utf8')).traceEvents.length > 4);
  });

  it('verifies a run that is over', async () => {
    const dir = folder();
    await manycore(...runIn(dir, 'functions.ts#square', '--data', 'range:0:4', '--baseline', 'off'));
    const { code, stdout } = await manycore('verify', join(dir, 'run'), '2', '--json');
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).verification.checked, 2);
    const { stdout: text } = await manycore('verify', join(dir, 'run'));
    assert.match(text, /Verified {2}all 4 items run again in one process gave the same/);
    assert.match((await manycore('report', join(dir, 'run'))).stdout, /Verified/);
  });

  it('completes commands, options, their choices and files in bash', async () => {
    const { stdout: script } = await manycore('completion', 'bash');
    const complete = (...words: string[]): string[] => {
      const program = `COMP_WORDS=(manycore "$@"); COMP_CWORD=$#; _manycore; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const args = ['-c', `${script}\n${program}`, 'bash', ...words];
      return execFileSync('bash', args, { cwd: FIXTURES, encoding: 'utf8' }).trim().split('\n');
    };
    assert.deepEqual(complete('com'), ['compare', 'completion']);
    assert.deepEqual(complete('run', '--bas'), ['--baseline']);
    assert.deepEqual(complete('run', '--baseline', ''), ['sample', 'full', 'off']);
    assert.deepEqual(complete('run', '--data', 'items.j').sort(), ['items.json', 'items.jsonl']);
    assert.deepEqual(complete('completion', ''), ['bash', 'zsh', 'fish']);
    for (const shell of ['zsh', 'fish']) {
      assert.match((await manycore('completion', shell)).stdout, /resume/);
    }
    assert.equal((await manycore('completion', 'tcsh')).code, 2);
  });

  it('says what a run would find here', async () => {
    const { code, stdout } = await manycore('doctor', '--json');
    assert.equal(code, 0);
    const { rows } = JSON.parse(stdout) as {
      rows: { name: string; value: string; reason: string; ok: boolean }[];
    };
    assert.ok(rows.find(({ name }) => name === 'Node')?.value.includes(process.versions.node));
    assert.match((await manycore('doctor')).stdout, /^ok {2}CPUs/m);
  });

  it('ends quietly when its reader goes away', async () => {
    const { child, ended } = start(
      runIn(folder(), 'functions.ts#prints', '--data', 'range:0:100000', '--baseline', 'off'),
    );
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    assert.equal(code, 130);
    assert.equal(stderr, '');
  });

  describe('that is interrupted', () => {
    const slow = (dir: string): string[] =>
      runIn(dir, 'functions.ts#slow', '--data', 'range:0:1000', '--baseline', 'off', '--chunk', '1');
    const done = (dir: string): number => {
      const journal = join(dir, 'run', 'journal.jsonl');
      return existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n').length - 1 : 0;
    };

    const processesOf = ({ pid = 0 }: { readonly pid?: number | undefined }) => {
      const guards = guardsOf(pid);
      return { workers: descendants(pid).filter((one) => !guards.includes(one)), guards };
    };
    /** Workers end before the command does; their guard waits for its end. */
    const noneIsLeft = async ({ workers, guards }: ReturnType<typeof processesOf>): Promise<void> => {
      assert.deepEqual(workers.filter(isAlive), []);
      await until('the guard has ended', () => !guards.some(isAlive));
    };

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      it(`keeps what was done, ends with 130 and leaves no process after ${signal}`, async () => {
        const dir = folder();
        const { child, ended } = start(slow(dir));
        await until('some items are done', () => done(dir) >= 3);
        const processes = processesOf(child);
        assert.ok(processes.workers.length >= 2, 'the workers are seen');
        child.kill(signal);
        assert.equal((await ended).code, 130);
        await noneIsLeft(processes);
        assert.equal(readSummary(join(dir, 'run')).interrupted, true);
        assert.equal(readSummary(join(dir, 'run')).items, readRows(join(dir, 'run')).length);
        assert.equal(done(dir), readRows(join(dir, 'run')).length);
      });
    }

    it('survives Ctrl-C of a terminal, which reaches the workers too', async () => {
      const dir = folder();
      const { child, ended } = start(slow(dir));
      await until('some items are done', () => done(dir) >= 3);
      for (const pid of [...descendants(child.pid ?? 0), child.pid ?? 0]) process.kill(pid, 'SIGINT');
      assert.equal((await ended).code, 130);
      const summary = readSummary(join(dir, 'run'));
      assert.deepEqual([summary.interrupted, summary.failed], [true, 0]);
    });

    it('kills at once at the second Ctrl-C', async () => {
      const dir = folder();
      const { child, ended } = start(
        runIn(dir, 'functions.ts#hangsOn3', '--data', 'range:3:5', '--baseline', 'off', '--chunk', '1'),
      );
      await until('an item is done', () => done(dir) >= 1);
      const processes = processesOf(child);
      let printed = '';
      child.stdout?.on('data', (text: string) => {
        printed += text;
      });
      child.kill('SIGINT');
      await until('the first signal was taken', () => printed.includes('Stopping'));
      child.kill('SIGINT');
      assert.equal((await ended).code, 130);
      await noneIsLeft(processes);
    });

    it('goes on where it was killed, with what it was started with', async () => {
      const dir = folder();
      const run = join(dir, 'run');
      const { child, ended } = start(
        runIn(dir, 'functions.ts#slow', '--data', 'range:0:40', '--baseline', 'off'),
      );
      await until('some items are done', () => done(dir) >= 3);
      child.kill('SIGKILL');
      await ended;
      const { code, stdout, stderr } = await manycore('run', '--resume', run, '--out', join(dir, 'out.csv'));
      assert.equal(code, 0, stderr);
      assert.match(stdout, /resumed {2}\d+ items were done before/);
      assert.deepEqual(
        readRows(run).map(({ value }) => value),
        Array.from({ length: 40 }, (_, i) => i),
      );
      assert.equal(readFileSync(join(dir, 'out.csv'), 'utf8').trim().split('\n').length, 41);
    });

    it('leaves a journal that can be read and no worker after SIGKILL', async () => {
      const dir = folder();
      const { child, ended } = start(slow(dir));
      await until('some items are done', () => done(dir) >= 3);
      const processes = descendants(child.pid ?? 0);
      child.kill('SIGKILL');
      assert.equal((await ended).signal, 'SIGKILL');
      await until('the workers have ended by themselves', () => !processes.some(isAlive));
      const finished: number[] = [];
      for await (const row of readJournal(join(dir, 'run', 'journal.jsonl'))) finished.push(row.index);
      assert.ok(finished.length >= 3);
      const written = new Set(readRows(join(dir, 'run')).map(({ index }) => index));
      assert.ok(
        finished.every((index) => written.has(index)),
        'a row of the journal without its result',
      );
    });
  });
});
