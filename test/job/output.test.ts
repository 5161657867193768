import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_LINE_PREVIEW, MAX_OUTPUT_LINES } from '../../src/protocol/run.ts';
import { applyEvent, emptyModel, MAX_LINES } from '../../src/report/model.ts';
import { runJob, temporaryFolders } from './harness.ts';

const ITEMS = 60;
const LINES = 1_000;
const LONG = 30_000;

const PRINTS = `export function prints(n) {
  for (let line = 0; line < ${LINES}; line++) console.log(n + ' ' + line);
  console.error(n + ' ' + 'x'.repeat(${LONG}));
  return n;
}\n`;

describe('output of a run that prints far more than is shown', () => {
  const folder = temporaryFolders();

  it('is on disk to the last line and in order, and is shown in bounded pieces that say how much is missing', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'prints.mjs'), PRINTS);
    const runDir = join(cwd, 'run');
    const run = await runJob({ function: 'prints.mjs#prints', data: `range:0:${ITEMS}`, cwd, runDir });
    assert.equal(run.summary?.succeeded, ITEMS);

    const seen = new Map<string, string[]>();
    for (const name of readdirSync(join(runDir, 'output')))
      for (const text of readFileSync(join(runDir, 'output', name), 'utf8').split('\n')) {
        const [, stream, , item, rest] = /(stdout|stderr)( {2})item (\d+) {2}(.*)$/.exec(text) ?? [];
        if (item === undefined || rest === undefined) continue;
        const key = `${stream} of ${item}`;
        seen.set(key, [...(seen.get(key) ?? []), rest]);
      }
    for (let item = 0; item < ITEMS; item++) {
      const expected = Array.from({ length: LINES }, (_, line) => `${item} ${line}`);
      assert.deepEqual(seen.get(`stdout of ${item}`), expected);
      assert.deepEqual(seen.get(`stderr of ${item}`), [`${item} ${'x'.repeat(LONG)}`]);
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
});
