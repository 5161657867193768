/** Processes that do the same until they are told to stop, and are killed and stopped at random meanwhile. */
import assert from 'node:assert/strict';
import { Process, RawArray, type WorkerFunction } from '../../../runtime/index.ts';
import { GO, REST, SEATED, type Seat, STOP } from '../../fixtures/runtime/stress/seat.ts';
import { range, sleep } from '../outcomes.ts';
import type { Run, Sums } from './kind.ts';

/** Processes that a crowd can have, one after the other. */
export const SEATS = 1024;
/** How long to wait for the start and for the end of processes, and for what has no limit of its own, in ms. */
const LONG = 20_000;
/** How long a process may go without a step before it is killed from outside, in ms. */
const IDLE = 30;

export interface Member {
  readonly number: number;
  readonly process: Process;
  readonly ended: Promise<boolean>;
}

type Task = WorkerFunction<readonly never[]>;

export class Crowd {
  readonly words: Int32Array = RawArray('i32', SEATS);
  /** Those who live. */
  readonly members: Member[] = [];
  /** Pids of the killed. */
  readonly killed = new Set<number>();
  readonly sums: Sums = { kills: 0, stops: 0, 'longest pause (ms)': 0 };
  readonly #run: Run;
  readonly #task: (seat: Seat) => { target: Task; args: readonly unknown[] };
  readonly #pauses: number;
  readonly #seed: number;
  #seats = 0;

  /** `task`: what the process of a seat does. */
  constructor(run: Run, task: (seat: Seat) => { target: Task; args: readonly unknown[] }) {
    this.#run = run;
    this.#task = task;
    this.#pauses = run.dice.pick([0, 0.0003, 0.002]);
    this.#seed = run.dice.from(0, 2 ** 30);
  }

  get hasSeats(): boolean {
    return this.#seats + 40 < SEATS;
  }

  /** One process for every seat ever taken, the dead too. */
  get seats(): number {
    return this.#seats;
  }

  /**
   * For `ms`: processes are killed, several at once too, and stopped; `afterKill` looks at what that did. When half of the `count`
   * are dead, as many are started.
   */
  async siege(
    ms: number,
    count: number,
    afterKill: (victims: readonly Member[]) => Promise<void>,
    mayDie: (member: Member) => boolean = () => this.members.length > 1,
  ): Promise<void> {
    const { dice } = this.#run;
    await this.fill(count);
    for (const end = performance.now() + ms; performance.now() < end && this.hasSeats; ) {
      await sleep(dice.from(0, 10));
      if (dice.chance(0.1)) await this.#stop();
      const killing: Promise<Member>[] = [];
      for (let left = dice.chance(0.2) ? dice.from(2, 4) : 1; left > 0; left--) {
        const mortals = this.members.filter(mayDie);
        if (mortals.length > 0) killing.push(this.kill(dice.pick(mortals)));
      }
      await afterKill(await Promise.all(killing));
      if (this.members.length <= Math.max(2, count / 2)) await this.fill(count);
    }
  }

  /** Starts processes until there are `count`. The others rest meanwhile, between two rounds of what they do. */
  async fill(count: number): Promise<void> {
    Atomics.store(this.words, 0, REST);
    while (this.members.length < count) this.join();
    const seated = ({ number }: Member) => this.words[number] === SEATED;
    await this.within(LONG, () => this.members.every(seated), 'not all have started');
    Atomics.store(this.words, 0, GO);
  }

  join(): Member {
    const number = ++this.#seats;
    assert.ok(number < SEATS, 'the crowd has no seat left');
    const seat = { words: this.words, number, seed: this.#seed, pauses: this.#pauses };
    const { target, args } = this.#task(seat);
    const child = new Process({ target, args: [seat, ...args] as never });
    child.start();
    const member = { number, process: child, ended: child.join() };
    this.members.push(member);
    return member;
  }

  /** Kills one, mostly between two steps of its own; resolves when it has ended. */
  async kill(victim: Member = this.#run.dice.pick(this.members)): Promise<Member> {
    const { dice } = this.#run;
    this.members.splice(this.members.indexOf(victim), 1);
    this.killed.add(victim.process.pid as number);
    this.#count('kills');
    if (dice.chance(0.8)) {
      Atomics.store(this.words, victim.number, dice.from(1, dice.pick([20, 100, 500])));
      await Promise.race([victim.ended, sleep(IDLE)]);
    }
    victim.process.kill();
    await victim.ended;
    assert.equal(victim.process.exitCode, -9, `process ${victim.number} ended by itself`);
    return victim;
  }

  /** Waits for the first steps, for as long as they may take. */
  async begins(holds: () => boolean): Promise<void> {
    await this.within(LONG, holds, 'they do not begin');
  }

  /** Those who are left go on: `progress` grows by `steps` soon. */
  async goesOn(progress: () => number, steps = 1): Promise<void> {
    const first = progress();
    const waited = await this.within(
      this.#run.patience,
      () => progress() >= first + steps,
      `they stand still at ${first}`,
    );
    this.sums['longest pause (ms)'] = Math.max(this.sums['longest pause (ms)'] ?? 0, Math.round(waited));
  }

  /** Waits until `holds`; returns how long, in ms. Fails when it takes longer than `ms`, or when a process has failed. */
  async within(ms: number, holds: () => boolean, otherwise: string): Promise<number> {
    const begin = performance.now();
    for (;;) {
      const waited = performance.now() - begin;
      if (holds()) return waited;
      for (const { number, process: child } of this.members)
        assert.ok(child.exitCode === null, `process ${number} ended with ${child.exitCode}`);
      assert.ok(waited < ms, `${otherwise}, for ${Math.round(waited)} ms, after ${this.sums['kills']} kills`);
      await sleep(2);
    }
  }

  /** True once `holds` does, false when it does not within `ms`. */
  async holdsWithin(ms: number, holds: () => boolean): Promise<boolean> {
    for (const end = performance.now() + ms; performance.now() < end; await sleep(2))
      if (holds()) return true;
    return holds();
  }

  /** All stop and end well; `release` lets those go who wait. */
  async end(release: () => unknown = () => {}): Promise<void> {
    Atomics.store(this.words, 0, STOP);
    await release();
    for (const { number, process: child } of this.members) {
      assert.ok(await child.join(LONG), `process ${number} does not end`);
      assert.equal(child.exitCode, 0, `process ${number} failed`);
    }
  }

  /** Kills what is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process: child } of this.members) child.kill();
    for (const { ended } of this.members) await ended;
  }

  /** Stops some for a moment. */
  async #stop(): Promise<void> {
    const { dice } = this.#run;
    const stopped = this.members.filter(() => dice.chance(0.3));
    for (const { process: child } of stopped) signal(child, 'SIGSTOP');
    await sleep(dice.from(1, 60));
    for (const { process: child } of stopped) signal(child, 'SIGCONT');
    if (stopped.length > 0) this.#count('stops');
  }

  #count(what: string): void {
    this.sums[what] = (this.sums[what] ?? 0) + 1;
  }
}

/** Numbers of the seats that were ever taken. */
export const seatsOf = (crowd: Crowd): number[] => range(crowd.seats).map((n) => n + 1);

export const sumOf = (words: Int32Array): number => words.reduce((sum, n) => sum + n, 0);

function signal({ pid }: Process, name: NodeJS.Signals): void {
  try {
    process.kill(pid as number, name);
  } catch {
    // It has ended.
  }
}
