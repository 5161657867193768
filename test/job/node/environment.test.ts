import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cpuCount } from '../../../runtime/process/cpu-count.ts';
import { environment } from '../../../src/job/node/environment.ts';

describe('environment', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'manycore-doctor-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));
  const rowOf = async (name: string, env: NodeJS.ProcessEnv = process.env) => {
    const row = (await environment({ cwd, env })).find((each) => each.name === name);
    assert.ok(row, name);
    return row;
  };

  it('gives every line a value and a reason, and finds nothing wrong on a working machine', async () => {
    const rows = await environment({ cwd });
    assert.deepEqual(
      rows.map(({ name }) => name),
      [
        'Node',
        'Node for the editor',
        'CPUs',
        'Memory',
        'Transport',
        'Loader',
        'Engine',
        'Run folder',
        'Cache folder',
        'Temporary folder',
      ],
    );
    for (const { name, value, reason, ok } of rows) {
      assert.ok(value.length > 0 && reason.length > 0, name);
      assert.ok(ok, `${name}: ${reason}`);
    }
  });

  it('names the Node that runs and the CPUs that a pool takes', async () => {
    assert.equal((await rowOf('Node')).value, `${process.versions.node} (${process.execPath})`);
    assert.equal((await rowOf('CPUs')).value, String(cpuCount()));
  });

  it('says when the editor would find no Node', async () => {
    const row = await rowOf('Node for the editor', { PATH: cwd, XDG_CACHE_HOME: cwd });
    assert.equal(row.ok, false);
    assert.match(row.reason, /No Node was found/);
  });

  it('says when no run folder can be made', async () => {
    writeFileSync(join(cwd, '.manycore'), 'a file in the way');
    const row = await rowOf('Run folder');
    assert.equal(row.ok, false);
    assert.equal(dirname(dirname(row.value)), cwd);
  });
});
