import { isMainProcess, Process } from 'manycore';

export function greet(name: string): void {
  console.log(`Hello ${name}, from a process of its own.`);
}

if (isMainProcess) {
  const child = new Process({ target: greet, args: ['Ada'] });
  child.start();
  await child.join();
  console.log(`It ended with exit code ${child.exitCode}.`);
}
