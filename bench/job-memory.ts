/**
 * Memory and throughput of the job host: a trivial function over `range:`.
 *
 *   node --import tsx bench/job-memory.ts [items, default 10,000,000]
 *
 * Prints the largest resident set size of the process that holds the job (sampled every 50 ms), wall time and items a
 * second, and ends with 1 when the memory is above the limit.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRun } from '../src/job/run.ts';

const LIMIT = 300 * 1000 * 1000;

const items = Number(process.argv[2] ?? 10_000_000);
const folder = mkdtempSync(join(tmpdir(), 'manycore-memory-'));
writeFileSync(join(folder, 'trivial.mjs'), 'export const next = (n) => n + 1;\n');
let peak = 0;
const timer = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);
try {
  const run = startRun(
    { function: 'trivial.mjs#next', data: `range:0:${items}`, cwd: folder, runDir: join(folder, 'run') },
    () => undefined,
  );
  const { summary, failure } = await run.finished;
  if (!summary) throw new Error(failure?.message);
  const seconds = summary.wallMs / 1000;
  console.log(`items       ${summary.items} (${summary.failed} failed)`);
  console.log(`workers     ${summary.workers}`);
  console.log(`wall time   ${seconds.toFixed(1)} s`);
  console.log(`throughput  ${Math.round(summary.items / seconds)} items/s`);
  console.log(`peak RSS    ${(peak / 1e6).toFixed(0)} MB of at most ${LIMIT / 1e6} MB`);
  process.exitCode = peak < LIMIT && summary.items === items ? 0 : 1;
} finally {
  clearInterval(timer);
  rmSync(folder, { recursive: true });
}
