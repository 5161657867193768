import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainProcess, Lock, Process } from 'manycore';

const ROWS = 25;

/** Writes rows of a multiplication table, piece by piece. Without the lock, pieces of other processes would come between. */
export async function writeTable(lock: Lock, file: string, factor: number): Promise<void> {
  for (let row = 1; row <= ROWS; row++) {
    await using _held = await lock.hold();
    await appendFile(file, `${factor} x ${row}`);
    await appendFile(file, ` = ${factor * row}\n`);
  }
}

function isWhole(line: string): boolean {
  const [, factor, row, product] = /^(\d+) x (\d+) = (\d+)$/.exec(line) ?? [];
  return Number(factor) * Number(row) === Number(product);
}

if (isMainProcess) {
  const folder = mkdtempSync(join(tmpdir(), 'tables-'));
  const file = join(folder, 'tables.txt');
  const lock = new Lock();
  const writers = [6, 7, 8, 9].map(
    (factor) => new Process({ target: writeTable, args: [lock, file, factor] }),
  );
  for (const writer of writers) writer.start();
  for (const writer of writers) await writer.join();

  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  console.log(
    `lines: ${lines.length}, whole: ${lines.filter(isWhole).length}, different: ${new Set(lines).size}`,
  );
  rmSync(folder, { recursive: true });
}
