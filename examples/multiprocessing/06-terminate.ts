import { isMainProcess, Process } from 'manycore';

/** Looks for an odd perfect number. Nobody has found one yet. */
export function searchWithoutEnd(): void {
  for (let number = 3; ; number += 2) {
    let sum = 1;
    for (let divisor = 3; divisor <= number / 3; divisor += 2) if (number % divisor === 0) sum += divisor;
    if (sum === number) console.log(`${number} is perfect!`);
  }
}

if (isMainProcess) {
  const asked = new Process({ target: searchWithoutEnd });
  const forced = new Process({ target: searchWithoutEnd });
  asked.start();
  forced.start();
  console.log(`ended by itself: ${await asked.join(300)}`);

  asked.terminate();
  forced.kill();
  await asked.join();
  await forced.join();
  // The number of the signal, below zero: SIGTERM is 15, SIGKILL is 9.
  console.log(`terminate(): alive ${asked.isAlive()}, exit code ${asked.exitCode}`);
  console.log(`kill(): alive ${forced.isAlive()}, exit code ${forced.exitCode}`);
}
