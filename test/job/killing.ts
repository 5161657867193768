/**
 * Kills runs by SIGKILL at random moments and goes on with them, until every item is done: then each must be in the
 * results once. The seed decides when; what is then under way is up to the machine.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineBuffers } from '../../src/job/file-lines.ts';
import { type Random, random } from '../runtime/random.ts';
import { FIXTURES } from './harness.ts';

/** Bytes of a row of the journal, about: decides how far a run gets before it is killed. */
const ROW_BYTES = 48;

export interface KillingSums {
  readonly kills: number;
  /** Kills before the first item was done, while items ran, and after the last one. */
  readonly moments: { readonly early: number; readonly running: number; readonly late: number };
}

/** Rejects where an item is lost, repeated or wrong. `command` is the folder of the bundled command. */
export async function killAndResume(options: {
  command: string;
  items: number;
  kills: number;
  seed: number;
}): Promise<KillingSums> {
  const { command, items, kills, seed } = options;
  const dice = random(seed);
  const folder = mkdtempSync(join(tmpdir(), 'manycore-killing-'));
  const runDir = join(folder, 'run');
  const moments = { early: 0, running: 0, late: 0 };
  const fresh = [
    'run',
    'functions.ts#square',
    '--data',
    `range:0:${items}`,
    '--run-dir',
    runDir,
    '--baseline',
    'off',
  ];
  const journal = join(runDir, 'journal.jsonl');
  const args = (): string[] => (sizeOf(journal) > 0 ? ['run', '--resume', runDir] : fresh);
  try {
    for (let kill = 0; kill < kills; kill++) {
      if (sizeOf(journal) === 0) rmSync(runDir, { recursive: true, force: true });
      const done = await runUntilKilled(
        join(command, 'cli.js'),
        args(),
        journal,
        killMoment(dice, kill, options),
      );
      if (done < ROW_BYTES * 4) moments.early++;
      else if (done < items * ROW_BYTES * 0.9) moments.running++;
      else moments.late++;
    }
    const code = await runToEnd(join(command, 'cli.js'), args());
    assert.equal(code, 0);
    await assertEveryItemOnce(join(runDir, 'results.jsonl'), items);
    return { kills, moments };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A size of the journal, growing from kill to kill; or, for one in four, a time in ms from the start on. */
function killMoment(
  dice: Random,
  kill: number,
  { items, kills }: { items: number; kills: number },
): { readonly bytes: number } | { readonly ms: number } {
  if (dice.chance(0.25)) return { ms: dice.from(0, 1500) };
  return { bytes: Math.floor(((kill + dice.from(0, 100) / 100) / kills) * items * ROW_BYTES) };
}

/** Gives the size of the journal when it was killed, or had ended by itself. */
async function runUntilKilled(
  program: string,
  args: readonly string[],
  journal: string,
  moment: ReturnType<typeof killMoment>,
): Promise<number> {
  const child = start(program, args);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const begin = performance.now();
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const isTime = () =>
    'ms' in moment ? performance.now() - begin >= moment.ms : sizeOf(journal) >= moment.bytes;
  while (!over && !isTime()) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGKILL');
  await ended;
  return sizeOf(journal);
}

async function runToEnd(program: string, args: readonly string[]): Promise<number | null> {
  const child = start(program, args);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      printed = `${printed}${text}`.slice(-5000);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  assert.equal(code, 0, printed);
  return code;
}

function start(program: string, args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args, '--workers', '2'], {
    cwd: FIXTURES,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('close', () => process.off('exit', end));
  child.stdout.resume();
  child.stderr.resume();
  return child;
}

async function assertEveryItemOnce(results: string, items: number): Promise<void> {
  const seen = new Uint8Array(items);
  for await (const lines of lineBuffers(results)) {
    for (const line of lines) {
      const { index, ok, value } = JSON.parse(line.toString()) as {
        index: number;
        ok: boolean;
        value: number;
      };
      assert.ok(ok && value === index * index, `item ${index} has ${value}`);
      assert.equal(seen[index], 0, `item ${index} is there twice`);
      seen[index] = 1;
    }
  }
  assert.equal(seen.indexOf(0), -1, 'an item is missing');
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
