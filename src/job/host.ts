/**
 * The job host: a process of its own, under the user's Node, that runs one job for the editor and ends, or shows what
 * datasets would give until it is told to end. It takes `RunCommand`s and sends `RunEvent`s over Node's IPC channel (see
 * `protocol/run.ts` and `protocol/preview.ts`), and prints nothing to stdout.
 */
import type { PreviewAnswer, PreviewRequest } from '../protocol/preview.ts';
import type { RunCommand, RunEvent } from '../protocol/run.ts';
import { type Run, startRun } from './run.ts';

let run: Run | undefined;
/** Settles when the last event has left this process. */
let sent: Promise<void> = Promise.resolve();
/** Events that have not left yet. */
let unsent = 0;

// What user code of a `module:` dataset prints must not mix with anything that reads stdout.
console.log = console.error;
console.info = console.error;
console.debug = console.error;

process.on('message', (command: RunCommand | PreviewRequest) => {
  if (command.type === 'preview') void show(command);
  else if (command.type === 'stop') run?.stop();
  else if (run === undefined) void begin(command.config);
});
const gone = new Promise<void>((resolve) => process.once('disconnect', resolve));
void gone.then(stopAndEnd);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => run?.stop());

async function begin(config: Extract<RunCommand, { type: 'run' }>['config']): Promise<void> {
  run = startRun(config, send, { isBehind: () => unsent > 0 });
  const { exitCode } = await run.finished;
  await Promise.race([sent, gone]);
  // An open handle of user code must not keep a finished host alive.
  process.exit(exitCode);
}

async function show({ id, config }: PreviewRequest): Promise<void> {
  const { previewDataset } = await import('./preview.ts');
  const answer: PreviewAnswer = { type: 'preview', id, preview: await previewDataset(config) };
  if (process.connected) process.send?.(answer);
}

function stopAndEnd(): void {
  if (run) run.stop();
  else process.exit(0);
}

function send(event: RunEvent): void {
  // The viewer may be gone; then `disconnect` stops the run.
  if (!process.connected) return;
  unsent++;
  sent = new Promise((resolve) => {
    process.send?.(event, undefined, undefined, () => {
      unsent--;
      resolve();
    });
  });
}
