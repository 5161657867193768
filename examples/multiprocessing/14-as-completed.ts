import { createHash } from 'node:crypto';
import { asCompleted, isMainProcess, ProcessPoolExecutor } from 'manycore';

/** The first number whose hash, with this word before it, begins with so many zeros. */
export function mine(word: string, zeros: number): [word: string, number: number] {
  const wanted = '0'.repeat(zeros);
  for (let number = 0; ; number++) {
    const hash = createHash('sha256').update(`${word}${number}`).digest('hex');
    if (hash.startsWith(wanted)) return [word, number];
  }
}

if (isMainProcess) {
  await using executor = new ProcessPoolExecutor(3);
  const words = ['cobalt', 'granite', 'iron', 'slate'];
  const futures = words.map((word) => executor.submit(mine, word, 4));
  // Whichever is ready comes next: it has ended, so its result is there at once.
  for await (const future of asCompleted(futures)) {
    const [word, number] = await future.result();
    console.log(`${word}: ${number}`);
  }
}
