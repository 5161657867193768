import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { describe, it } from 'mocha';
import { OutputPipe } from '../../../runtime/transport/output-pipe.ts';

const LINES = 20_000;
const LONG = 3_000_000;

/** Writes much at once, then line by line, and ends at once. */
const WRITES = `
  process.stdout._handle.setBlocking(true);
  process.stdout.write('x'.repeat(${LONG}) + '\\n');
  for (let line = 0; line < ${LINES}; line++) process.stdout.write(line + '\\n');
  process.exit(0);`;

function open(): OutputPipe {
  const pipe = OutputPipe.open();
  assert.ok(pipe, 'this system has pipes');
  return pipe;
}

describe('a pipe for output', () => {
  it('gives all that a child writes, in order, and ends with it', async () => {
    const pipe = open();
    const child = spawn(process.execPath, ['-e', WRITES], { stdio: ['ignore', pipe.stdio, 'inherit'] });
    const chunks: Buffer[] = [];
    await once(
      pipe.read((bytes) => chunks.push(bytes)),
      'close',
    );
    const [long, ...lines] = Buffer.concat(chunks).toString().split('\n');
    assert.equal(long, 'x'.repeat(LONG));
    assert.deepEqual(lines, [...Array.from({ length: LINES }, (_, line) => String(line)), '']);
    assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 0);
  });

  it('is gone where no child could be started', () => {
    const pipe = open();
    const descriptor = pipe.stdio;
    fstatSync(descriptor);
    pipe.close();
    assert.throws(() => fstatSync(descriptor), { code: 'EBADF' });
  });
});
