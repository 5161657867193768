import { keepCode } from '../../analysis/code-cache.ts';
import { compileSparingly, growSlowly } from '../../analysis/heap.ts';
import { analyse } from './analyse.ts';
import type { LintMessage, LintRequest } from './protocol.ts';

/** In percent of the heap. Nearly all that a command makes is in use until its end, so there is little to find sooner. */
const GARBAGE = 40;

// The analysis process of `manycore lint`: answers one request and ends.
growSlowly(GARBAGE);
compileSparingly();
process.once('message', (request: LintRequest) => {
  analyse(request).then(
    (reply) => send({ reply }),
    (error: unknown) =>
      send({ error: { message: String(error), stack: error instanceof Error ? error.stack : undefined } }),
  );
});
process.once('disconnect', () => process.exit());

function send(message: LintMessage): void {
  process.send?.(message, () => {
    keepCode(); // Now that nobody waits for it.
    process.disconnect();
  });
}
