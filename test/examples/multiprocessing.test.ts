import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuCount } from '../../runtime/index.ts';
import { exampleFolder, runFile } from './running.ts';

const folder = exampleFolder('multiprocessing');

/** The whole output of each file, by what is to be run, line by line. The lines of a list within it may come in any order. */
const outputs: Record<string, readonly (string | readonly string[])[]> = {
  '01-one-process.ts': ['Hello Ada, from a process of its own.', 'It ended with exit code 0.'],
  '02-five-processes.ts': [
    [
      'Span 0: the longest way, from 17647, takes 278 steps.',
      'Span 1: the longest way, from 35655, takes 323 steps.',
      'Span 2: the longest way, from 52527, takes 339 steps.',
      'Span 3: the longest way, from 77031, takes 350 steps.',
      'Span 4: the longest way, from 87087, takes 332 steps.',
    ],
    'All five have ended.',
  ],
  '03-options.ts': [
    '###############',
    '#   by name   #',
    '###############',
    '*********',
    '*by name*',
    '*********',
    '***********',
    '* by name *',
    '***********',
  ],
  '04-subclass.ts': [['primes from 0 to 100000: 9592', 'primes from 100000 to 200000: 8392']],
  '05-properties.ts': [
    'before start(): sleeper, pid undefined, alive false, exit code null',
    'after start(): sleeper, pid N, alive true, exit code null',
    'ended within 50 ms: false',
    'ended, however long it takes: true',
    'after join(): sleeper, pid N, alive false, exit code 0',
    'after process.exit(3): quitter, pid N, alive false, exit code 3',
  ],
  '06-terminate.ts': [
    'ended by itself: false',
    'terminate(): alive false, exit code -15',
    'kill(): alive false, exit code -9',
  ],
  '07-daemon.ts': [
    'The watcher is a daemon: true. The writer is one: false.',
    'The program has nothing left to do: its daemon ends with it.',
    'The report is saved: a process that is no daemon is waited for.',
  ],
  '08-four-processes.ts': [
    [
      'First queen in column 0 or 4 or 8: 110 ways',
      'First queen in column 1 or 5: 74 ways',
      'First queen in column 2 or 6: 94 ways',
      'First queen in column 3 or 7: 74 ways',
    ],
    'Exit codes: 0, 0, 0, 0',
  ],
  '09-map.ts': [
    '500! has 1135 digits',
    '1000! has 2568 digits',
    '1500! has 4115 digits',
    '2000! has 5736 digits',
    '2500! has 7412 digits',
    '3000! has 9131 digits',
  ],
  '10-starmap.ts': ['Lisbon to Nairobi: 6463 km', 'Lisbon to Tokyo: 11144 km', 'Nairobi to Tokyo: 11251 km'],
  '11-apply-async.ts': [
    'asked for 3; ready: 0',
    '55n',
    '12586269025n',
    '354224848179261915075n',
    'all without an error: true',
  ],
  '12-callbacks.ts': [
    ['+ 1250', '+ 99', "RangeError: 'free' is no price", '+ 700'],
    '2049 cents in all; 1 failed',
  ],
  '13-executor-map.ts': [
    '5000 over 24 months: 226.14 a month',
    '20000 over 60 months: 386.66 a month',
    '250000 over 240 months: 1449.90 a month',
  ],
  '14-as-completed.ts': [['cobalt: 89542', 'granite: 5218', 'iron: 23327', 'slate: 58766']],
  '15-images.ts 12': [
    '12 images, one after the other: N s',
    'start of the workers: N s',
    '12 images, in parallel: N s',
    'same results: true',
    'speedup: Nx',
    'with the start: Nx',
  ],
  '16-imap.ts': [
    '10 takes 1 step',
    '19 takes 2 steps',
    '59 takes 3 steps',
    '69 takes 4 steps',
    '79 takes 6 steps',
    '89 takes 24 steps',
    '196 has not become one after 100 steps.',
  ],
  '17-worker-count.ts': [
    `CPUs: ${cpuCount()}`,
    ...[...new Set([1, cpuCount()])].map(
      (workers) => `workers: ${workers}, keys from 87e4fb79 to dd1ab85e: N s`,
    ),
  ],
  '18-timeout.ts': [
    'get(50): no result after 50 ms; the task goes on',
    'get(): the answer is 42',
    'timeout: the task ran longer than its limit of 200 ms in worker Pool-1-0 (pid N)',
    'afterwards: the answer is 42',
  ],
  '19-partial-sums.ts': [
    'from 0: 12250000',
    'from 500000: 14750000',
    'from 1000000: 12750000',
    'from 1500000: 15250000',
    'from 2000000: 13250000',
    'from 2500000: 15750000',
    'together: 84000000',
  ],
  '20-queue.ts': [
    '2^11 - 1 = 2047 = 23 x 89',
    '2^13 - 1 = 8191 is prime',
    '2^23 - 1 = 8388607 = 47 x 178481',
    '2^29 - 1 = 536870911 = 233 x 1103 x 2089',
    '2^31 - 1 = 2147483647 is prime',
    '2^37 - 1 = 137438953471 = 223 x 616318177',
    'Exit codes: 0, 0',
  ],
  '21-pipe.ts': [
    '500 is too high',
    '250 is too low',
    '375 is too low',
    '437 is too high',
    '406 is too low',
    '421 is right',
    'The other end is gone after 6 guesses.',
  ],
  '22-value.ts': ['4 processes x 1000 = 4000'],
  '23-array.ts': [
    'strip 0: 0.398675',
    'strip 1: 0.390908',
    'strip 2: 0.376245',
    'strip 3: 0.356198',
    'strip 4: 0.332565',
    'strip 5: 0.307088',
    'strip 6: 0.281226',
    'strip 7: 0.256060',
    'strip 8: 0.232297',
    'strip 9: 0.210332',
    'pi is about 3.141593',
  ],
  '24-file-lock.ts': ['lines: 100, whole: 100, different: 100'],
  '25-manager-dict-list.ts': [
    '4 words of "That is the question"',
    '4 words of "To die, to sleep"',
    '6 words of "To be or not to be"',
    '7 words of "Not that, not the slings and arrows"',
    'be: 2, not: 3, that: 2, the: 2, to: 4',
  ],
};

describe('the examples of Python idioms', () => {
  it('are listed in their README in their order, each with a known output', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    const listed = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\|.*\]\((.+?)\)/gm)];
    assert.deepEqual(
      listed.map(([, file]) => file),
      files.sort(),
    );
    assert.deepEqual(
      Object.keys(outputs).map((command) => command.split(' ')[0]),
      files,
    );
  });

  for (const [command, expected] of Object.entries(outputs))
    it(`${command} prints what it should, ends well and leaves no process`, async () => {
      const { code, stdout, stderr, left } = await runFile('multiprocessing', command.split(' '));
      assert.deepEqual(
        { code, stderr, lines: inOrderOf(expected, masked(stdout)), left },
        { code: 0, stderr: '', lines: expected.flat(), left: [] },
      );
    });
});

/** Lines without what no run shares with another: times, speedups and process ids. */
function masked(text: string): string[] {
  assert.ok(text.endsWith('\n'));
  return text
    .slice(0, -1)
    .replace(/\bpid \d+/g, 'pid N')
    .replace(/\d+\.\d\d(?= s$|x$)/gm, 'N')
    .split('\n');
}

/** The lines, sorted as they are expected where their order is free: a line in the wrong place stays there. */
function inOrderOf(expected: (typeof outputs)[string], lines: readonly string[]): string[] {
  const rest = [...lines];
  const ordered = expected.flatMap((part) => {
    const group = rest.splice(0, typeof part === 'string' ? 1 : part.length);
    return group.toSorted((one, other) => part.indexOf(one) - part.indexOf(other));
  });
  return [...ordered, ...rest];
}
