/** A chunk that is done, as the server keeps it: who did it, a line feed, and the outcomes. */

export const packDone = (host: string, outcomes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${host}\n`), outcomes]);

export function unpackDone(done: Buffer): { readonly host: string; readonly rest: Buffer } {
  const end = done.indexOf(10);
  return { host: done.toString('utf8', 0, end), rest: done.subarray(end + 1) };
}
