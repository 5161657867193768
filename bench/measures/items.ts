/** Items of a workload, and the check that the results are theirs: a system that is fast and wrong fails. */
import type { ItemKind, RepeatRequest, TaskName } from '../protocol.ts';
import { ARRAY_LENGTH } from '../workers/tasks.ts';

/** An item of about 1 KB as JSON, with the kinds of values that records have. */
const record = (i: number) => ({
  id: i,
  name: `record ${i}`,
  active: i % 2 === 0,
  tags: ['alpha', 'beta', 'gamma', 'delta'],
  scores: Array.from({ length: 30 }, (_, k) => i + k * 0.5),
  address: { street: 'Long Street', number: i % 100, city: 'Springfield', zip: `${10_000 + (i % 90_000)}` },
  text: `${i} ${'lorem ipsum dolor sit amet '.repeat(22)}`,
});

/** The first `count` items. Every array is its own: the same one twice in a message would be sent once. */
export function makeItems(request: RepeatRequest, count: number): unknown[] {
  const { iterations, task } = request;
  const make: Record<ItemKind, (i: number) => unknown> = {
    integers: (i) => i,
    iterations: (i) => iterations[i % iterations.length],
    objects: record,
    arrays: (i) => (task === 'takeArray' ? new Float64Array(ARRAY_LENGTH).fill(i) : i),
  };
  return Array.from({ length: count }, (_, i) => make[request.items](i));
}

/** @throws {Error} when `results` are not what `task` gives for `items`. */
export function checkResults(task: TaskName, items: readonly unknown[], results: ArrayLike<unknown>): void {
  if (results.length !== items.length) throw new Error(`${results.length} results for ${items.length} items`);
  for (let i = 0; i < items.length; i += 1)
    if (!isResult(task, items[i], results[i], i)) throw new Error(`wrong result for item ${i} of ${task}`);
}

function isResult(task: TaskName, item: unknown, result: unknown, i: number): boolean {
  switch (task) {
    case 'noop':
      return result === item;
    case 'spin':
    case 'spinOrDie':
      return Number.isInteger(result);
    case 'echo':
      return (result as { text?: string }).text === (item as { text: string }).text;
    case 'takeArray':
      return result === ARRAY_LENGTH + 2 * i;
    case 'makeArray':
      return (
        result instanceof Float64Array && result.length === ARRAY_LENGTH && result[ARRAY_LENGTH - 1] === item
      );
  }
}
