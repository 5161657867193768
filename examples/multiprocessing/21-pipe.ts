import { type Connection, isMainProcess, Pipe, Process } from 'manycore';

/** Answers each guess with -1, 0 or 1, until the other end is gone. */
export async function answer(connection: Connection<number>, secret: number): Promise<void> {
  let guesses = 0;
  for await (const guess of connection) {
    guesses++;
    await connection.send(Math.sign(secret - guess));
  }
  console.log(`The other end is gone after ${guesses} guesses.`);
}

/** Finds the number between 1 and 1000 that the other process thinks of. */
export async function guess(connection: Connection<number>): Promise<void> {
  let [low, high] = [1, 1000];
  for (;;) {
    const middle = Math.floor((low + high) / 2);
    await connection.send(middle);
    const sign = await connection.recv();
    console.log(`${middle} is ${sign === 0 ? 'right' : sign < 0 ? 'too high' : 'too low'}`);
    if (sign === 0) break;
    if (sign < 0) high = middle - 1;
    else low = middle + 1;
  }
  connection.close();
}

if (isMainProcess) {
  // An end that was sent to a process is there, and no longer here.
  const [one, other] = Pipe<number>();
  const thinker = new Process({ target: answer, args: [one, 421] });
  const guesser = new Process({ target: guess, args: [other] });
  thinker.start();
  guesser.start();
  await guesser.join();
  await thinker.join();
}
