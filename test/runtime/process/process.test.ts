import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { cpuCount, currentProcess, isMainProcess, parentProcess } from '../../../runtime/index.ts';
import { cgroupQuota } from '../../../runtime/process/cpu-count.ts';
import { inheritable } from '../../../runtime/process/fork.ts';
import { eventually, isAlive, start } from '../processes.ts';

describe('processes', () => {
  it('knows the main process', () => {
    assert.equal(isMainProcess, true);
    assert.deepEqual(
      [currentProcess().name, currentProcess().pid, parentProcess()],
      ['MainProcess', process.pid, null],
    );
  });

  it('refuses a pool in a module that a worker imports, at once and with the line', async () => {
    const { code, output } = await start('unguarded.ts').ended;
    assert.deepEqual([code, output], [0, 'EntryGuardError 4\n']);
  });

  it('refuses a pool of a main function that nobody waits for', async () => {
    const { code, output } = await start('unguarded-main.ts').ended;
    assert.equal(code, 0);
    assert.match(output, /EntryGuardError\n$/);
  });

  it('works from the top level of the module that exports the function, and refuses a namesake there', async () => {
    const { code, output } = await start('top-level-await.ts').ended;
    assert.deepEqual([code, output], [0, '[1,8,27]\nNotImportableError\n']);
  });

  it('begins tasks in the order of the calls, however long the function of the first is looked for', async () => {
    const { code, output } = await start('order-of-calls.ts').ended;
    assert.deepEqual([code, output], [0, '[8,9]\n']);
  });

  it('sends functions inside values from the top level of the module that exports them, and refuses others', async () => {
    const { code, output } = await start('top-level-values.ts').ended;
    assert.equal(output, '4\n[6]\nitems[0] is a function (hidden) that no module exports\n');
    assert.equal(code, 0);
  });

  it('lets its process end when a pool without tasks was forgotten', async () => {
    const { code, output } = await start('idle-pool.ts').ended;
    assert.deepEqual([code, output], [0, '[1,4,9]\n']);
  });

  it('leaves no worker behind when the parent is killed', async () => {
    const parent = start('busy-parent.ts');
    assert.ok(await eventually(() => parent.output().endsWith('\n')), parent.output());
    const pids = JSON.parse(parent.output()) as number[];
    assert.ok(pids.length > 0 && pids.every(isAlive));
    parent.child.kill('SIGKILL');
    await parent.ended;
    assert.ok(await eventually(() => !pids.some(isAlive)));
  });

  it('passes the output of workers on when nobody listens', async () => {
    const { output } = await start('pass-through.ts').ended;
    assert.deepEqual(output.trim().split('\n').sort(), ['line 1', 'line 2', 'warn 1', 'warn 2']);
  });

  it('gives children the options of the parent that concern them', () => {
    assert.deepEqual(
      inheritable([
        '--import',
        'tsx',
        '--inspect=9229',
        '-e',
        'code',
        '--test',
        '--max-old-space-size=99',
        '--input-type=module',
      ]),
      ['--import', 'tsx', '--max-old-space-size=99'],
    );
  });

  it('counts the CPUs that control groups grant', () => {
    const root = mkdtempSync(join(tmpdir(), 'manycore-cgroup-'));
    const put = (file: string, text: string) => {
      mkdirSync(join(root, file, '..'), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    try {
      put('member2', '0::/user/job\n');
      put('user/job/cpu.max', 'max 100000\n');
      put('user/cpu.max', '150000 100000\n');
      assert.equal(cgroupQuota(join(root, 'member2'), root), 1.5);
      put('member1', '4:cpu,cpuacct:/box\n3:memory:/box\n');
      put('cpu,cpuacct/box/cpu.cfs_quota_us', '50000');
      put('cpu,cpuacct/box/cpu.cfs_period_us', '100000');
      assert.equal(cgroupQuota(join(root, 'member1'), root), 0.5);
      assert.equal(cgroupQuota(join(root, 'none'), root), null);
      assert.ok(cpuCount() >= 1);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
