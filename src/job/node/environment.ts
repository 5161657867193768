import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { cgroupQuota, cpuCount } from '../../../runtime/process/cpu-count.ts';
import { probeTransport } from '../../../runtime/transport/probe.ts';
import { findNode, isNewEnough, OLDEST_NODE } from '../../node/find-node.ts';
import { cachePath } from '../loader/cache.ts';

/** One line of `manycore doctor`. */
export interface EnvironmentRow {
  readonly name: string;
  readonly value: string;
  /** Where the value comes from, or what to do about it. */
  readonly reason: string;
  /** False: a run will fail, or lack something. */
  readonly ok: boolean;
}

/** Looks at what a run from `cwd` would find on this machine. Changes nothing. */
export async function environment(options: {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}): Promise<EnvironmentRow[]> {
  const env = options.env ?? process.env;
  return [
    nodeHere(),
    await nodeOfEditor(env, options.cwd),
    processors(),
    memory(),
    transport(),
    loader(),
    { name: 'Engine', value: 'local pool', reason: 'no distributed engine is configured', ok: true },
    folder('Run folder', join(options.cwd, '.manycore', 'runs'), 'every run gets a folder below it'),
    folder('Cache folder', cachePath(env), 'bundles and compiled code of the modules that are run'),
    folder('Temporary folder', tmpdir(), 'as the system and TMPDIR say'),
  ];
}

function nodeHere(): EnvironmentRow {
  const { node } = process.versions;
  const ok = isNewEnough(node);
  const reason = ok ? 'runs this command, and its workers' : `older than ${OLDEST_NODE}: install a newer one`;
  return { name: 'Node', value: `${node} (${process.execPath})`, reason, ok };
}

async function nodeOfEditor(env: NodeJS.ProcessEnv, cwd: string): Promise<EnvironmentRow> {
  const name = 'Node for the editor';
  try {
    const { version, path, reason } = await findNode({ configured: '', env, cwd });
    return {
      name,
      value: `${version} (${path})`,
      reason: `${reason}; the setting manycore.node.path goes before`,
      ok: true,
    };
  } catch (error) {
    return { name, value: 'none', reason: error instanceof Error ? error.message : String(error), ok: false };
  }
}

function processors(): EnvironmentRow {
  const all = cpus().length;
  const allowed = availableParallelism();
  const quota = process.platform === 'linux' ? cgroupQuota('/proc/self/cgroup', '/sys/fs/cgroup') : null;
  const parts = [
    `${all} in the machine`,
    allowed < all ? `${allowed} by the affinity of this process` : 'no affinity set',
    quota === null ? 'no cgroup quota' : `${Number(quota.toFixed(2))} by the cgroup quota`,
  ];
  return { name: 'CPUs', value: String(cpuCount()), reason: parts.join(', '), ok: true };
}

function memory(): EnvironmentRow {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  // Without a limit the kernel tells a number beyond all memory; libuv tells 0 where it cannot know.
  const limited = constrained !== undefined && constrained > 0 && constrained < total;
  return {
    name: 'Memory',
    value: gibibytes(limited ? constrained : total),
    reason: limited
      ? `limit of the control group; the machine has ${gibibytes(total)}`
      : 'of the machine; no limit is set',
    ok: true,
  };
}

/** What carries the items. A run works without shared memory too, only slower. */
function transport(): EnvironmentRow {
  const { carrier, reason } = probeTransport();
  const room = process.platform === 'linux' ? ` (${devShm()})` : '';
  return { name: 'Transport', value: carrier, reason: `${reason}${room}`, ok: true };
}

function devShm(): string {
  if (!existsSync('/dev/shm')) return 'no /dev/shm';
  const { bavail, blocks, bsize } = statfsSync('/dev/shm');
  return `/dev/shm, ${gibibytes(bavail * bsize)} free of ${gibibytes(blocks * bsize)}`;
}

function loader(): EnvironmentRow {
  const name = 'Loader';
  if (!isInstalled('esbuild')) {
    return {
      name,
      value: 'none',
      reason: 'esbuild is missing: install manycore again for this platform',
      ok: false,
    };
  }
  const strips = Boolean(Reflect.get(process.features, 'typescript'));
  return strips
    ? {
        name,
        value: 'native',
        reason: `Node ${process.versions.node} strips types; one bundle where a module needs more`,
        ok: true,
      }
    : {
        name,
        value: 'bundle for TypeScript, native for JavaScript',
        reason: `Node ${process.versions.node} does not strip types (22.18 and 24 do)`,
        ok: true,
      };
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Whether a folder can be written, or made in the nearest one above that is there. */
function folder(name: string, path: string, purpose: string): EnvironmentRow {
  let present = path;
  while (!existsSync(present) && dirname(present) !== present) present = dirname(present);
  try {
    if (!statSync(present).isDirectory()) throw new Error('it is not a folder');
    accessSync(present, constants.W_OK);
    return { name, value: path, reason: `writable; ${purpose}`, ok: true };
  } catch (error) {
    return {
      name,
      value: path,
      reason: `${present} cannot be written: ${(error as Error).message}`,
      ok: false,
    };
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
