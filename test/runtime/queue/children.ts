/** Children of the tests of connections, each of which ends with its scope, and what may not stay behind. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'mocha';
import { type Connection, Process, type WorkerFunction } from '../../../runtime/index.ts';

/** A child that runs `target` and is ended with its scope, if it did not end by itself. */
export function child<A extends readonly unknown[]>(target: WorkerFunction<A>, ...args: A): Process<A> {
  const started = new Process<A>({ target, args });
  started.start();
  return started;
}

/** Sockets in the private folders of this user, apart from those of this process. */
export function sockets(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(`manycore-${userInfo().uid}-`))
    .flatMap((folder) => readdirSync(join(tmpdir(), folder)).map((name) => join(tmpdir(), folder, name)));
}

/** To be called in a suite: the children that its tests start leave no socket behind. */
export function leavesNoSocket(): void {
  let known: readonly string[];
  before(async () => {
    // This process has one from its first end that travels to its own end.
    known = sockets();
  });
  after(() => {
    const left = sockets().filter((path) => !known.includes(path));
    // One may be that of this process.
    assert.ok(left.length <= 1, left.join(', '));
  });
}

/** Everything that comes until the other end is gone. */
export async function receiveAll(end: Connection): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const value of end) all.push(value);
  return all;
}
