/**
 * Ends the children of a process that was killed. A child that waits sees its channel end; one in an endless loop sees nothing,
 * and a parent that dies of SIGKILL can tell nobody. So a small shell waits beside every process that has children:
 *
 *   parent ── stdin ──> sh      `+ PID START` a child began | `- PID` it ended
 *
 * The end of its input is the end of the parent, however it came: the shell kills the children that are left, and ends.
 * START is the time at which the kernel started the child (Linux; 0 elsewhere). A process with another one is a stranger that
 * got the number again, and is left alone. Where START is unknown the number itself has to do: it cannot be given again before
 * this process was told of the child's end, and only a moment lies between the end of this process and the kill.
 *
 * POSIX only. On Windows libuv puts children into a job object that the system closes with the parent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Nothing but builtins of a POSIX shell: no process is started for a line, none at the end, and it works without a PATH. */
const SCRIPT = `
trap '' INT TERM HUP QUIT
set -f
children=
while read -r sign pid start; do
  if [ "$sign" = + ]; then
    children="$children $pid:$start"
  else
    others=
    for child in $children; do
      [ "\${child%:*}" = "$pid" ] || others="$others $child"
    done
    children=$others
  fi
done
for child in $children; do
  pid=\${child%:*} start=\${child#*:}
  if [ "$start" != 0 ]; then
    stat=
    while read -r line; do stat="$stat $line"; done < "/proc/$pid/stat"
    set -- \${stat##*)}
    [ "\${20}" = "$start" ] || continue
  fi
  kill -KILL "$pid"
done
`;

export class OrphanGuard {
  readonly #shell: string;
  /** Start times of the children that live, by pid. */
  readonly #children = new Map<number, string>();
  #process: ChildProcess | undefined;
  #missing = process.platform === 'win32';

  /** Nothing runs before the first child is added. Without a shell there is no guard, and everything else works. */
  constructor(shell = '/bin/sh') {
    this.#shell = shell;
  }

  /** Process id of the shell, while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  add(pid: number, start = startTime(pid)): void {
    this.#children.set(pid, start);
    if (this.#process === undefined) this.#start();
    else this.#tell(`+ ${pid} ${start}\n`);
  }

  remove(pid: number): void {
    if (this.#children.delete(pid)) this.#tell(`- ${pid}\n`);
  }

  #tell(line: string): void {
    this.#process?.stdin?.write(line);
  }

  #start(): void {
    if (this.#missing) return;
    // No environment, so that no startup file is read; no folder of the user is kept busy; a session of its own, so that no
    // Ctrl-C reaches it before it has set its traps.
    const shell = spawn(this.#shell, ['-c', SCRIPT, 'manycore-guard', String(process.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
      cwd: '/',
      detached: true,
    });
    shell.once('error', ({ code }: NodeJS.ErrnoException) => {
      this.#missing = code === 'ENOENT' || code === 'EACCES';
      this.#forget(shell);
    });
    // One that somebody killed is replaced when the next child begins.
    shell.once('exit', () => this.#forget(shell));
    if (shell.pid === undefined) return;
    const input = shell.stdin as Socket;
    input.on('error', () => {});
    input.unref();
    shell.unref();
    this.#process = shell;
    for (const [pid, start] of this.#children) this.#tell(`+ ${pid} ${start}\n`);
  }

  #forget(shell: ChildProcess): void {
    if (this.#process === shell) this.#process = undefined;
  }
}

/** Read while the child's number cannot be another's: it was just started, and its end was not handled yet. */
function startTime(pid: number): string {
  if (process.platform !== 'linux') return '0';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold anything; START is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
