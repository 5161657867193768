import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { processesMarked } from '../runtime/processes.ts';
import { until } from './harness.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('npm run engine', function () {
  this.timeout(180_000);
  let runs = 0;

  /** All that it starts inherits the mark. */
  function start(...args: string[]): { child: ChildProcess; mark: string; output: () => string } {
    const [key, value] = ['MANYCORE_TEST_ENGINE', `${process.pid}-${++runs}`];
    const child = spawn(process.execPath, [join(ROOT, 'scripts/engine.mjs'), ...args], {
      env: { ...process.env, [key]: value, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
    return { child, mark: `${key}=${value}`, output: () => text };
  }

  it('runs the example on a server and two hosts, and leaves nothing running', async () => {
    const { child, mark, output } = start('--limit', '100', '--baseline', 'off');
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output());
    assert.match(output(), /2 hosts of redis:\/\/127\.0\.0\.1/);
    assert.match(output(), /100 items in .*100 succeeded/);
    await until(() => processesMarked(mark).length === 0);
  });

  it('stops all of it at Ctrl-C', async () => {
    const { child, mark, output } = start('--limit', '2000', '--baseline', 'off');
    await until(() => /^Running/m.test(output()));
    assert.ok(processesMarked(mark).length > 3);
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    assert.equal(code, 130, output());
    await until(() => processesMarked(mark).length === 0);
  });
});
