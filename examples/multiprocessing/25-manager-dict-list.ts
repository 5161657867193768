import { type DictProxy, isMainProcess, type ListProxy, Manager, Process } from 'manycore';

/** Runs in the manager's process, one call after the other: no other process can come between. */
export const oneMore = (count = 0): number => count + 1;

/** Counts the words of a text. The dict and the list are the same in all processes. */
export async function countWords(
  text: string,
  counts: DictProxy<string, number>,
  done: ListProxy<string>,
): Promise<void> {
  const words = text.toLowerCase().match(/\w+/g) ?? [];
  for (const word of words) await counts.update(word, oneMore);
  await done.append(`${words.length} words of "${text}"`);
}

const TEXTS = [
  'To be or not to be',
  'That is the question',
  'Not that, not the slings and arrows',
  'To die, to sleep',
];

if (isMainProcess) {
  await using manager = await Manager.start();
  const counts = manager.dict<string, number>();
  const done = manager.list<string>();
  const children = TEXTS.map((text) => new Process({ target: countWords, args: [text, counts, done] }));
  for (const child of children) child.start();
  for (const child of children) await child.join();

  for (const line of (await done.toArray()).sort()) console.log(line);
  const often = (await counts.entries()).filter(([, count]) => count > 1);
  console.log(
    often
      .map(([word, count]) => `${word}: ${count}`)
      .sort()
      .join(', '),
  );
}
