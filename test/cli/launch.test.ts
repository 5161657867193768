import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bundleCommand } from './bundle.ts';

const ENGINE = 'rediss://user:secret-word@engine.example:6380';

describe('manycore launch', function () {
  this.timeout(30_000);
  let command: string;
  let folder: string;
  before(async () => {
    command = await bundleCommand();
    folder = mkdtempSync(join(tmpdir(), 'manycore-launch-'));
  });
  after(() => {
    for (const made of [command, folder]) rmSync(made, { recursive: true, force: true });
  });

  const launch = (...args: string[]): string =>
    execFileSync(process.execPath, [join(command, 'cli.js'), 'launch', ...args], { encoding: 'utf8' });
  const program = (name: string, text: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };

  for (const how of ['ssh', 'slurm', 'k8s'])
    it(`prints no password for ${how}`, () => {
      const text = launch(how, '--engine', ENGINE);
      assert.ok(!text.includes('secret-word'));
      assert.match(text, /MANYCORE_ENGINE_PASSWORD/);
      assert.match(text, /rediss:\/\/user@engine\.example:6380/);
    });

  for (const how of ['ssh', 'slurm'])
    it(`prints a script for ${how} that a shell takes`, () => {
      const { status, stderr } = spawnSync('sh', ['-n'], {
        input: launch(how, '--engine', ENGINE, '--trust', "a'b $HOME"),
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    });

  it('starts a host on every machine by ssh, with the password on no command line', () => {
    // What ssh does, on this machine: a shell there gets the words of the command, joined.
    program('ssh', 'shift\necho "line: $*"\nexec sh -c "$*"');
    program('npx', 'echo "started: $* in $PWD, password $MANYCORE_ENGINE_PASSWORD"');
    writeFileSync(join(folder, 'hosts.txt'), 'one\ntwo\n');
    const script = launch('ssh', '--engine', ENGINE, '--trust', "a'b $HOME", '--workers', '3');
    const { stdout, status } = spawnSync('sh', ['-s'], {
      input: script,
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH']}`, MANYCORE_ENGINE_PASSWORD: 'p $w' },
    });
    assert.equal(status, 0);
    const lines = stdout.split('\n').filter((line) => line.startsWith('started'));
    const started = `started: manycore worker --engine rediss://user@engine.example:6380 --workers 3 --trust a'b $HOME in ${folder}, password p $w`;
    assert.deepEqual(lines, [started, started]);
    for (const line of stdout.split('\n').filter((text) => text.startsWith('line:')))
      assert.ok(!line.includes('p $w'));
  });

  it('prints a Deployment with the password of a secret', () => {
    const manifest = parse(launch('k8s', '--engine', ENGINE, '--workers', '8'));
    assert.equal(manifest.kind, 'Deployment');
    const { template, selector } = manifest.spec;
    assert.deepEqual(template.metadata.labels, selector.matchLabels);
    const [container] = template.spec.containers;
    assert.deepEqual(container.command, [
      ...['npx', 'manycore', 'worker', '--engine', 'rediss://user@engine.example:6380', '--workers', '8'],
    ]);
    assert.deepEqual(container.env, [
      {
        name: 'MANYCORE_ENGINE_PASSWORD',
        valueFrom: { secretKeyRef: { name: 'manycore-engine', key: 'password' } },
      },
    ]);
    assert.equal(container.resources.limits.cpu, '8');
  });

  it('refuses what is no URL of an engine', () => {
    const { status, stderr } = spawnSync(process.execPath, [
      ...[join(command, 'cli.js'), 'launch', 'ssh', '--engine', 'http://user:secret-word@example.org'],
    ]);
    assert.equal(status, 2);
    assert.ok(!String(stderr).includes('secret-word'));
  });
});
