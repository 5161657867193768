import { pbkdf2Sync } from 'node:crypto';
import { cpuCount, isMainProcess, Pool } from 'manycore';

/** Slow on purpose, as keys from passwords have to be. */
export function deriveKey(password: string): string {
  return pbkdf2Sync(password, 'a salt', 80_000, 32, 'sha256').toString('hex').slice(0, 8);
}

if (isMainProcess) {
  // What this process may use: its affinity and the quota of its container are counted. It is also the default of `Pool`.
  console.log(`CPUs: ${cpuCount()}`);
  const passwords = Array.from({ length: 24 }, (_, index) => `password ${index}`);
  for (const processes of new Set([1, cpuCount()])) {
    const begin = performance.now();
    await using pool = new Pool({ processes });
    const keys = await pool.map(deriveKey, passwords);
    const seconds = ((performance.now() - begin) / 1000).toFixed(2);
    console.log(`workers: ${processes}, keys from ${keys[0]} to ${keys.at(-1)}: ${seconds} s`);
  }
}
