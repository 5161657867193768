/** Children of the tests of connections, and what comes from them. */
import { readdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { type Connection, Process, type WorkerFunction } from '../../../runtime/index.ts';

/** A child that runs `target` and is ended with its scope, if it did not end by itself. */
export function child<A extends readonly unknown[]>(target: WorkerFunction<A>, ...args: A): Process<A> {
  const started = new Process<A>({ target, args });
  started.start();
  return started;
}

/** The private folders in which a process listens for the ends of its pipes. */
export const hubsOf = (pid: number): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`manycore-${userInfo().uid}-${pid}-`));

/** Everything that comes until the other end is gone. */
export async function receiveAll(end: Connection): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const value of end) all.push(value);
  return all;
}
