/** Looks at the processes of the system, for tests. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Workers of this very process that still live. */
export function livingWorkers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = read(`/proc/${pid}/stat`);
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (
        Number(parent) === process.pid &&
        state !== 'Z' &&
        read(`/proc/${pid}/cmdline`).includes('process/child.')
      );
    });
}

export function isAlive(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== '' && stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
}

/** True while the first thread of a process waits for something. */
export function isAsleep(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2)[0] === 'S';
}

/** The shells that watch over the children of a process. */
export function guardsOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isAlive(pid) && read(`/proc/${pid}/cmdline`).endsWith(`\0manycore-guard\0${parent}\0`));
}

/** Processes that live and have this `NAME=value` in the environment that they were started with. */
export function processesMarked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isAlive(pid) && `\0${read(`/proc/${pid}/environ`)}`.includes(`\0${mark}\0`));
}

/** Waits until `holds`, at most 10 s. */
export async function eventually(holds: () => boolean): Promise<boolean> {
  for (const end = performance.now() + 10_000; performance.now() < end; ) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return holds();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** File of a program of the fixtures; of TypeScript what it was compiled to, where that is what runs. */
export const fixture = (name: string): string =>
  fileURLToPath(
    new URL(
      `../fixtures/runtime/${name.replace(/(?<!\.d)\.ts$/, extname(import.meta.url))}`,
      import.meta.url,
    ),
  );

/** Arguments of Node for a program of the fixtures, under the options of this process. */
export const runFixture = (name: string, ...args: readonly string[]): string[] => [
  ...process.execArgv,
  fixture(name),
  ...args,
];

/** Starts a program of the fixtures in a process group of its own. */
export function start(name: string, args: readonly string[] = []) {
  const child = spawn(process.execPath, runFixture(name, ...args), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  let output = '';
  child.stdout.on('data', (text: Buffer) => {
    output += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    output += text;
  });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, ended, output: () => output };
}
