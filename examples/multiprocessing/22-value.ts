import { isMainProcess, Process, Value } from 'manycore';

/** `value++` reads, adds and writes: without the lock, what another process has added between would be lost. */
export function countUp(counter: Value<'i32'>, times: number): void {
  const lock = counter.getLock();
  for (let time = 0; time < times; time++)
    // Blocking, which is the quickest for a few steps without `await`; `lock.with()` is awaited.
    lock.withSync(() => {
      counter.value++;
    });
}

if (isMainProcess) {
  const counter = new Value('i32', 0);
  const children = [0, 1, 2, 3].map(() => new Process({ target: countUp, args: [counter, 1000] }));
  for (const child of children) child.start();
  for (const child of children) await child.join();
  console.log(`4 processes x 1000 = ${counter.value}`);
}
