/** Children of the tests of connections, and what comes from them. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, Process, type WorkerFunction } from '../../../runtime/index.ts';
import { familyFolder } from '../../../runtime/process/family.ts';

/** A child that runs `target` and is ended with its scope, if it did not end by itself. */
export function child<A extends readonly unknown[]>(target: WorkerFunction<A>, ...args: A): Process<A> {
  const started = new Process<A>({ target, args });
  started.start();
  return started;
}

/** The sockets on which a process of this family listens. */
export const hubsOf = (pid: number): string[] =>
  readdirSync(familyFolder())
    .filter((name) => name.startsWith(`${pid}-`))
    .map((name) => join(familyFolder(), name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSocket());

/** Everything that comes until the other end is gone. */
export async function receiveAll(end: Connection): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const value of end) all.push(value);
  return all;
}
