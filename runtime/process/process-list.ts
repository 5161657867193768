/**
 * The children of class `Process` that this process has. Kept on `globalThis`: a child's bootstrap, which ends them, and the
 * user's module, which starts them, may load two copies of the library.
 */

/** What the end of this process asks of a child, a `Process`. */
export interface Child {
  readonly daemon: boolean;
  terminate(): void;
  kill(): void;
  join(timeout?: number): Promise<boolean>;
}

interface ChildList {
  readonly living: Set<Child>;
  /** Children that were given a number for a name. */
  named: number;
  /** Daemons are ended when this process has nothing left to do. */
  watched: boolean;
}

const key = Symbol.for('manycore.processes');

function list(): ChildList {
  const holder = globalThis as { [key]?: ChildList };
  holder[key] ??= { living: new Set(), named: 0, watched: false };
  return holder[key];
}

/** Time in ms between SIGTERM and SIGKILL for a daemon whose parent ends. */
const DAEMON_GRACE = 1000;

export const livingChildren = (): Child[] => [...list().living];

/** Number of the next child without a name, from 1. */
export const nextNumber = (): number => ++list().named;

export function childStarted(child: Child): void {
  const { living } = list();
  living.add(child);
  if (list().watched) return;
  list().watched = true;
  // Asynchronous work is still possible here. `process.exit()` and a crash skip it: then `fork.ts` kills all children.
  process.on('beforeExit', () => void endDaemons());
}

export function childEnded(child: Child): void {
  list().living.delete(child);
}

/** The end of a process as in Python: daemons are terminated, the others waited for. */
export async function endChildren(): Promise<void> {
  await endDaemons();
  await Promise.all(livingChildren().map((child) => child.join()));
}

async function endDaemons(): Promise<void> {
  await Promise.all(
    livingChildren()
      .filter(({ daemon }) => daemon)
      .map(endDaemon),
  );
}

async function endDaemon(child: Child): Promise<void> {
  child.terminate();
  if (!(await child.join(DAEMON_GRACE))) child.kill();
  await child.join();
}
