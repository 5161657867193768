import { setTimeout as sleep } from 'node:timers/promises';
import { isMainProcess, Process } from 'manycore';

export async function watchForAnHour(): Promise<void> {
  await sleep(3_600_000);
  console.log('Nobody will read this.');
}

export async function saveReport(): Promise<void> {
  await sleep(200);
  console.log('The report is saved: a process that is no daemon is waited for.');
}

if (isMainProcess) {
  const watcher = new Process({ target: watchForAnHour, daemon: true });
  const writer = new Process({ target: saveReport });
  watcher.start();
  writer.start();
  console.log(`The watcher is a daemon: ${watcher.daemon}. The writer is one: ${writer.daemon}.`);
  console.log('The program has nothing left to do: its daemon ends with it.');
}
