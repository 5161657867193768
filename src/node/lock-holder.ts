import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that a lock file of the form `PID HOST` names, in words; null when it is gone, this one, or there is no lock. */
export function lockHolder(file: string): string | null {
  const [pid = '', host = ''] = readText(file).trim().split(' ');
  if (host !== '' && host !== hostname()) return `process ${pid} on ${host}`;
  return /^\d+$/.test(pid) && Number(pid) !== process.pid && isAlive(Number(pid)) ? `process ${pid}` : null;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It was never there, or has just been let go.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
