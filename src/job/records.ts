/** Records of a dataset, one after the other; leaving early closes what is open. */
export type Records = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * The records in groups of at most `size`: a synchronous source then costs one turn of the event loop a group and not
 * one a record. Of an asynchronous source every record is a group, so that none waits for others.
 */
export async function* itemsOf(records: Records, size: number): AsyncGenerator<readonly unknown[]> {
  if (!(Symbol.iterator in records)) {
    for await (const record of records) yield [record];
    return;
  }
  let group: unknown[] = [];
  for (const record of records) {
    group.push(record);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
