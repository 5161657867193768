/**
 * Ends the children of a process that was killed, and removes the shared memory of its family. A child that waits sees its channel end; one in an endless loop sees nothing,
 * and a parent that dies of SIGKILL can tell nobody. So a small shell waits beside every process that has children:
 *
 *   parent ── stdin ──> sh      `+ PID START` a child began | `- PID` it ended | `= FOLDER` what the family shares lies there
 *
 * The end of its input is the end of the parent, however it came: the shell kills the children that are left, removes the folder,
 * and ends. It is in a session of its own: what kills the parent's whole process group leaves it alive.
 * START is the time at which the kernel started the child (Linux; 0 elsewhere). A process with another one is a stranger that
 * got the number again, and is left alone. Where START is unknown the number itself has to do: it cannot be given again before
 * this process was told of the child's end, and only a moment lies between the end of this process and the kill.
 *
 * POSIX only. On Windows libuv puts children into a job object that the system closes with the parent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { system } from '../native/current.ts';
import type { GuardCommands } from '../native/system.ts';

/**
 * Nothing but builtins of a POSIX shell: no process is started for a line, and none at the end where no memory was shared.
 *
 * A file `@INODE-NAME` in the folder is the mark of a segment that has a name of its own beside the folder. Who uses one holds a
 * shared lock on it: another family may. The lock is waited for in the kernel. A name that by then is another file's stays.
 */
const scriptOf = ({ inode, lock }: GuardCommands): string => `
trap '' INT TERM HUP QUIT
set -f
children= folder=
while read -r sign pid start; do
  if [ "$sign" = = ]; then
    folder=$pid
  elif [ "$sign" = + ]; then
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
[ -d "$folder" ] || exit 0
is_marked() { [ -f "$file" ] && [ "$(${inode} "$file")" = "$inode" ]; }
set +f
rm -f "$folder"/[0-9]*
for mark in "$folder"/@*; do
  name=\${mark#"$folder"/@}
  inode=\${name%%-*} file=\${folder%/*}/\${name#*-}
  # The name may have passed to another file before the lock is asked for, or while it is waited for.
  is_marked && ( ${lock} && is_marked && rm -f "$file" ) 9< "$file"
done
rm -rf "$folder"
`;

export class OrphanGuard {
  readonly #shell: string;
  readonly #folder: () => string;
  /** Start times of the children that live, by pid. */
  readonly #children = new Map<number, string>();
  #process: ChildProcess | undefined;
  #missing = system.guard === undefined;

  /**
   * Nothing runs before the first child is added. Without a shell there is no guard, and everything else works.
   * `folder` is the one to be removed; empty for none.
   */
  constructor(shell = '/bin/sh', folder: () => string = () => '') {
    this.#shell = shell;
    this.#folder = folder;
  }

  /** Process id of the shell, while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Has it run though there may be no child. */
  start(): void {
    if (this.#process === undefined) this.#start();
  }

  add(pid: number, start = system.guard?.start(pid) ?? '0'): void {
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
    if (this.#missing || system.guard === undefined) return;
    // No environment, so that no startup file is read; no folder of the user is kept busy; a session of its own, so that no
    // Ctrl-C reaches it before it has set its traps.
    const shell = spawn(this.#shell, ['-c', scriptOf(system.guard), 'manycore-guard', String(process.pid)], {
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
    const folder = this.#folder();
    if (folder !== '') this.#tell(`= ${folder}\n`);
    for (const [pid, start] of this.#children) this.#tell(`+ ${pid} ${start}\n`);
  }

  #forget(shell: ChildProcess): void {
    if (this.#process === shell) this.#process = undefined;
  }
}
