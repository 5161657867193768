import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_LINE_PREVIEW, MAX_OUTPUT_LINES } from '../../src/protocol/run.ts';
import { applyEvent, emptyModel, MAX_LINES } from '../../src/report/model.ts';
import { runJob, temporaryFolders } from './harness.ts';

const ITEMS = 60;
const LINES = 1_000;
const LONG = 30_000;
const LONG_LINE = 1_000_000;

const PRINTS = `export function prints(n) {
  for (let line = 0; line < ${LINES}; line++) console.log(n + ' ' + line);
  console.error(n + ' ' + 'x'.repeat(${LONG}));
  return n;
}\n`;

/** Writes in all ways, and the last item ends its worker where nothing can be written any more. */
const ODD = `import { writeSync } from 'node:fs';
export function odd(n) {
  if (n === 2) {
    for (let line = 0; line < ${LINES}; line++) console.log('before the end ' + line);
    process.stdout.write('no end');
    process.kill(process.pid, 'SIGKILL');
  }
  console.log('with\\r\\nreturns\\r');
  console.log('');
  const bytes = Buffer.from('€ in two writes\\n');
  process.stdout.write(bytes.subarray(0, 2));
  process.stdout.write(bytes.subarray(2));
  writeSync(1, 'below the streams\\n');
  console.error('to the other');
  console.log('y'.repeat(${LONG_LINE}) + 'z');
}\n`;

/** What is logged, as `STREAM ITEM`, each with its lines. */
function logged(runDir: string): Map<string, string[]> {
  const seen = new Map<string, string[]>();
  for (const name of readdirSync(join(runDir, 'output')))
    for (const text of readFileSync(join(runDir, 'output', name), 'utf8').split('\n')) {
      const [, stream, item, rest] = /^\S+ {2}(stdout|stderr) {2}item (\d+) {2}(.*)$/.exec(text) ?? [];
      if (rest === undefined) continue;
      const key = `${stream} ${item}`;
      seen.set(key, [...(seen.get(key) ?? []), rest]);
    }
  return seen;
}

describe('output of a run that prints far more than is shown', () => {
  const folder = temporaryFolders();

  it('is on disk to the last line and in order, and is shown in bounded pieces that say how much is missing', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'prints.mjs'), PRINTS);
    const runDir = join(cwd, 'run');
    const run = await runJob({ function: 'prints.mjs#prints', data: `range:0:${ITEMS}`, cwd, runDir });
    assert.equal(run.summary?.succeeded, ITEMS);

    const seen = logged(runDir);
    for (let item = 0; item < ITEMS; item++) {
      const expected = Array.from({ length: LINES }, (_, line) => `${item} ${line}`);
      assert.deepEqual(seen.get(`stdout ${item}`), expected);
      assert.deepEqual(seen.get(`stderr ${item}`), [`${item} ${'x'.repeat(LONG)}`]);
    }

    const outputs = run.events.filter((event) => event.type === 'output');
    for (const { lines } of outputs) {
      assert.ok(lines.length <= MAX_OUTPUT_LINES);
      for (const { text } of lines) assert.ok(text.length <= MAX_LINE_PREVIEW);
    }
    const { output } = run.events.reduce(applyEvent, emptyModel());
    assert.ok(output.lines.length <= MAX_LINES);
    assert.equal(output.lines.length + output.dropped, ITEMS * (LINES + 1));
  });

  it('is on disk as it was written, however it was written and however its worker ended', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'odd.mjs'), ODD);
    const runDir = join(cwd, 'run');
    const range = { data: 'range:0:3', baseline: 'off' } as const;
    const run = await runJob({ function: 'odd.mjs#odd', ...range, cwd, runDir, workers: 1 });
    assert.equal(run.summary?.succeeded, 2);
    const seen = logged(runDir);
    for (const item of [0, 1]) {
      const [returns, ...lines] = seen.get(`stdout ${item}`) ?? [];
      assert.deepEqual(
        [returns, ...lines.slice(0, 4)],
        [...['with', 'returns', '', '€ in two writes', 'below the streams']],
      );
      assert.equal(lines.slice(4).join(''), `${'y'.repeat(LONG_LINE)}z`);
      assert.deepEqual(seen.get(`stderr ${item}`), ['to the other']);
    }
    const before = Array.from({ length: LINES }, (_, line) => `before the end ${line}`);
    assert.deepEqual(seen.get('stdout 2'), [...before, 'no end']);
  });
});
