/** How many CPUs may this process use? */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/** CPUs that this process may use: affinity and cgroup v1/v2 quota counted, at least 1. */
export function cpuCount(): number {
  // libuv counts the affinity mask; the quota of a container is ours to find.
  const allowed = availableParallelism();
  const quota = process.platform === 'linux' ? cgroupQuota('/proc/self/cgroup', '/sys/fs/cgroup') : null;
  return Math.max(1, quota === null ? allowed : Math.min(allowed, Math.ceil(quota)));
}

/** CPUs that the control groups of this process grant, the tightest of the nested ones; null without a limit. */
export function cgroupQuota(membership: string, root: string): number | null {
  const lines = read(membership)?.split('\n') ?? [];
  let tightest: number | null = null;
  for (const line of lines) {
    const [, controllers, path] = line.split(':');
    if (controllers === undefined || path === undefined) continue;
    const v2 = controllers === '';
    if (!v2 && !controllers.split(',').includes('cpu')) continue;
    const base = v2 ? root : join(root, controllers);
    for (const folder of upwards(path)) {
      const quota = v2 ? quotaV2(join(base, folder)) : quotaV1(join(base, folder));
      if (quota !== null && (tightest === null || quota < tightest)) tightest = quota;
    }
  }
  return tightest;
}

/** `/a/b` gives `/a/b`, `/a`, `/`. Inside a container the outer ones are not there, and `/` is the container's own. */
function upwards(path: string): string[] {
  const folders = [path];
  for (let at = path; dirname(at) !== at; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

function quotaV2(folder: string): number | null {
  const [quota, period] = read(join(folder, 'cpu.max'))?.trim().split(' ') ?? [];
  return quota === undefined || quota === 'max' ? null : ratio(quota, period);
}

function quotaV1(folder: string): number | null {
  const quota = read(join(folder, 'cpu.cfs_quota_us'));
  if (quota === null || Number(quota) <= 0) return null;
  return ratio(quota, read(join(folder, 'cpu.cfs_period_us')) ?? undefined);
}

function ratio(quota: string, period: string | undefined): number | null {
  const cpus = Number(quota) / Number(period ?? 100_000);
  return Number.isFinite(cpus) && cpus > 0 ? cpus : null;
}

/** Text of a file; null when it is not there or not ours to read: then it sets no limit that we could know. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
