import { isMainProcess, Process } from 'manycore';

/** A process that knows what to do: no target, but a `run()` of its own. */
export class PrimeCounter extends Process {
  // Fields travel to the child. Those with a # would stay behind.
  readonly from: number;
  readonly to: number;

  constructor(from: number, to: number) {
    super({ name: `primes from ${from}` });
    this.from = from;
    this.to = to;
  }

  override run(): void {
    let count = 0;
    for (let number = this.from; number < this.to; number++) if (isPrime(number)) count++;
    console.log(`${this.name} to ${this.to}: ${count}`);
  }
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return number > 1;
}

if (isMainProcess) {
  const counters = [new PrimeCounter(0, 100_000), new PrimeCounter(100_000, 200_000)];
  for (const counter of counters) counter.start();
  for (const counter of counters) await counter.join();
}
