/**
 * Output of workers on its whole way to the disk and to a viewer: items that print far more than can be shown.
 *
 *   node --import tsx bench/output.ts [lines, default 2,000,000] [workers, default one for each CPU]
 *
 * Prints lines a second, the CPU of each side, the delay of the event loop of the process that holds the job, what a viewer was sent, and whether
 * every line is in `output/worker-N.log` in the order in which it was written. Ends with 1 where one is missing.
 */
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { startRun } from '../src/job/run.ts';

const LINES_AN_ITEM = 1_000;
const GOAL = 200_000;

const lines = Number(process.argv[2] ?? 2_000_000);
const workers = process.argv[3] === undefined ? undefined : Number(process.argv[3]);
const items = Math.ceil(lines / LINES_AN_ITEM);
const folder = mkdtempSync(join(tmpdir(), 'manycore-output-'));
const runDir = join(folder, 'run');
writeFileSync(
  join(folder, 'prints.mjs'),
  `export function prints(n) {
    for (let line = 0; line < ${LINES_AN_ITEM}; line++) console.log(\`item \${n} line \${line} of some length\`);
    return process.cpuUsage();
  }\n`,
);
try {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const sent = { events: 0, lines: 0, dropped: 0, bytes: 0 };
  let begun = 0;
  let cpu = process.cpuUsage();
  const run = startRun(
    {
      function: 'prints.mjs#prints',
      data: `range:0:${items}`,
      cwd: folder,
      runDir,
      workers,
      baseline: 'off',
    },
    (event) => {
      if (event.type === 'phase' && event.phase === 'running') {
        begun = Date.now();
        delay.enable();
        cpu = process.cpuUsage();
      }
      if (event.type !== 'output') return;
      sent.events++;
      sent.lines += event.lines.length;
      sent.dropped += event.dropped;
      sent.bytes += JSON.stringify(event).length;
    },
  );
  const { summary, failure } = await run.finished;
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  if (!summary) throw new Error(failure?.message);
  const seconds = (Date.now() - begun) / 1000;
  const disk = await onDisk(join(runDir, 'output'));
  const ofWorkers = await cpuOfWorkers(join(runDir, 'results.jsonl'));
  const ms = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(0);
  const load = loadavg().map((each) => each.toFixed(1));
  console.log(`load average        ${load.join(', ')}`);
  console.log(
    `lines               ${items * LINES_AN_ITEM} by ${summary.workers} workers in ${seconds.toFixed(1)} s`,
  );
  console.log(`throughput          ${Math.round((items * LINES_AN_ITEM) / seconds)} lines/s (goal: ${GOAL})`);
  for (const [what, microseconds] of [
    ['CPU of the job host', user + system],
    ['CPU of all workers', ofWorkers],
  ] as const)
    console.log(
      `${what.padEnd(20)}${(microseconds / (items * LINES_AN_ITEM)).toFixed(2)} us a line, ${(microseconds / 1e6 / seconds).toFixed(2)} cores`,
    );
  console.log(
    `event loop delay    median ${ms(delay.percentile(50))} ms, 99 % ${ms(delay.percentile(99))} ms, largest ${ms(delay.max)} ms`,
  );
  console.log(
    `sent to a viewer    ${sent.lines} lines in ${sent.events} events of ${Math.round(sent.bytes / Math.max(1, sent.events) / 1000)} KB; ${sent.dropped} counted only`,
  );
  console.log(`on disk             ${disk.lines} lines, ${disk.wrong} out of order`);
  process.exitCode = disk.lines === items * LINES_AN_ITEM && disk.wrong === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** us of CPU from the first to the last item of each worker, all together. */
async function cpuOfWorkers(results: string): Promise<number> {
  const used = new Map<number, number[]>();
  for await (const row of createInterface({ input: createReadStream(results) })) {
    const { worker, value } = JSON.parse(row) as { worker: number; value: NodeJS.CpuUsage };
    used.set(worker, [...(used.get(worker) ?? []), value.user + value.system]);
  }
  return [...used.values()].reduce((sum, values) => sum + Math.max(...values) - Math.min(...values), 0);
}

/** Lines of an item are written one after the other by one worker. */
async function onDisk(logs: string): Promise<{ lines: number; wrong: number }> {
  let count = 0;
  let wrong = 0;
  for (const name of readdirSync(logs)) {
    let expected = '';
    for await (const text of createInterface({ input: createReadStream(join(logs, name)) })) {
      const found = /item (\d+) {2}item (\d+) line (\d+) of some length$/.exec(text);
      if (found === null) continue;
      const [, owner, item, line] = found;
      count++;
      if (owner !== item || (line !== '0' && `${item} ${line}` !== expected)) wrong++;
      expected = `${item} ${Number(line) + 1}`;
    }
  }
  return { lines: count, wrong };
}
