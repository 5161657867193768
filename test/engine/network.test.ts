import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRows } from '../job/harness.ts';
import { createCertificate } from './certificate.ts';
import { Cluster, type Place, until } from './harness.ts';
import { type Machine, Network } from './network.ts';

/** Whom docs/engine.md lets in. */
const USERS = `user default off
user manycore on >a-password ~mc:* +@all -@dangerous -@admin +info +client|setname +client|id +client|list
`;

describe('an engine beyond this machine', function () {
  this.timeout(120_000);
  let network: Network;
  let cluster: Cluster;
  let server: Machine;
  let authority: string;

  before(function () {
    if (!Network.isPossible) this.skip();
  });
  beforeEach(async () => {
    network = new Network();
    server = network.add();
    cluster = new Cluster();
    await cluster.build();
  });
  afterEach(async () => {
    await cluster?.close();
    network?.[Symbol.dispose]();
  });

  const start = async (certified = server.address): Promise<void> => {
    const files = createCertificate(cluster.folder, certified);
    authority = files.authority;
    writeFileSync(join(cluster.folder, 'users.acl'), USERS);
    const started = cluster.server(
      [
        ...['--port', '0', '--tls-port', '6380', '--bind', server.address, '--tls-auth-clients', 'no'],
        ...['--tls-cert-file', files.certificate, '--tls-key-file', files.key],
        ...['--tls-ca-cert-file', files.authority, '--aclfile', join(cluster.folder, 'users.acl')],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec'],
      ],
      server,
    );
    await until(() => started.output().includes('Ready to accept connections'));
  };
  const url = (): string => `rediss://manycore@${server.address}:6380`;
  const place = (machine: Machine, more: NodeJS.ProcessEnv = {}): Place => ({
    machine,
    env: { MANYCORE_ENGINE_PASSWORD: 'a-password', NODE_EXTRA_CA_CERTS: authority, ...more },
  });
  const slowRun = (dir: string, items: number): string[] => [
    ...['run', 'functions.ts#slow', '--data', `range:0:${items}`, '--run-dir', dir, '--baseline', 'off'],
    ...['--engine', url()],
  ];

  it('runs by TLS as a user who is limited to its keys, whole although a machine is cut off for 10 s', async () => {
    await start();
    const machines = [network.add(), network.add()] as const;
    const starting = network.add();
    const key = (await cluster.run(['jobs', '--key'], place(starting)).ended).output.trim();
    const hosts = machines.map((machine) => cluster.host(['--trust', key], url(), place(machine)));
    for (const host of hosts) await until(() => host.output().includes('waiting for runs'));
    const dir = join(cluster.folder, 'run');
    const run = cluster.run(slowRun(dir, 300), place(starting));
    await until(() => hosts.every((host) => host.output().includes('taking part')));
    machines[0].cut();
    await sleep(10_000);
    machines[0].mend();
    const { code, output } = await run.ended;
    assert.equal(code, 0, output);
    assert.deepEqual(
      readRows(dir)
        .map(({ index }) => index)
        .sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, index) => index),
    );
    for (const host of hosts) host.child.kill('SIGTERM');
    for (const host of hosts) assert.equal((await host.ended).code, 0, host.output());
  });

  for (const [what, certified, env, reason] of [
    [
      'that nobody vouches for',
      undefined,
      { NODE_EXTRA_CA_CERTS: '' },
      /(unable to verify|self-signed).*\n.*NODE_EXTRA_CA_CERTS/,
    ],
    ['of another machine', '192.0.2.77', {}, /does not match certificate.*\n.*Name the server in the URL/],
    [
      'that is right, but a wrong password',
      undefined,
      { MANYCORE_ENGINE_PASSWORD: 'no' },
      /WRONGPASS.*\n.*does it speak TLS, and are user and password right/,
    ],
  ] as const) {
    it(`refuses a server with a certificate ${what}`, async () => {
      await start(certified);
      const dir = join(cluster.folder, 'run');
      const { code, output } = await cluster.run(slowRun(dir, 3), place(network.add(), env)).ended;
      assert.equal(code, 3, output);
      assert.match(output, reason);
      assert.doesNotMatch(output, /a-password/);
    });
  }
});
