import { keepCode } from '../../analysis/code-cache.ts';
import { growSlowly } from '../../analysis/heap.ts';
import { analyse } from './analyse.ts';
import type { LintMessage, LintRequest } from './protocol.ts';

// The analysis process of `manycore lint`: answers one request and ends.
growSlowly();
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
