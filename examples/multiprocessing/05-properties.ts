import { setTimeout as sleep } from 'node:timers/promises';
import { isMainProcess, Process } from 'manycore';

export async function nap(ms: number): Promise<void> {
  await sleep(ms);
}

export function giveUp(): void {
  process.exit(3);
}

function show(when: string, { name, pid, exitCode }: Process, alive: boolean): void {
  console.log(`${when}: ${name}, pid ${pid}, alive ${alive}, exit code ${exitCode}`);
}

if (isMainProcess) {
  const sleeper = new Process({ target: nap, args: [500], name: 'sleeper' });
  show('before start()', sleeper, sleeper.isAlive());
  sleeper.start();
  show('after start()', sleeper, sleeper.isAlive());
  console.log(`ended within 50 ms: ${await sleeper.join(50)}`);
  console.log(`ended, however long it takes: ${await sleeper.join()}`);
  show('after join()', sleeper, sleeper.isAlive());

  const quitter = new Process({ target: giveUp, name: 'quitter' });
  quitter.start();
  await quitter.join();
  show('after process.exit(3)', quitter, quitter.isAlive());
}
