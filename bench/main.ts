/** `npm run bench`: runs the chosen workloads, prints a table for each, and keeps what was measured. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type Calibration, calibrate } from './calibrate.ts';
import { type Options, readOptions, usage } from './options.ts';
import { describeMachine } from './report/machine.ts';
import type { Machine, WorkloadRecord } from './report/record.ts';
import { machineSection, workloadSection } from './report/table.ts';
import { runRounds } from './rounds.ts';
import { endRepeats } from './run-repeat.ts';
import { systemNames } from './systems/registry.ts';
import { type Workload, workloads } from './workloads.ts';

const root = process.env['MANYCORE_BENCH_ROOT'] ?? '.';
const recordFile = (name: string) => join(root, 'results', `${name}.json`);

async function main(options: Options): Promise<void> {
  const machine = describeMachine();
  const calibration = calibrate();
  console.log(machineSection(machine));
  for (const workload of options.workloads) {
    const record = await measure(workload, options, calibration, machine);
    console.log(`\n${workloadSection(record, workload)}`);
    if (!isWhole(options)) continue;
    mkdirSync(join(root, 'results'), { recursive: true });
    writeFileSync(recordFile(workload.name), `${JSON.stringify(record, null, 2)}\n`);
    writeFileSync(join(root, 'RESULTS.md'), resultsDocument());
  }
}

/** Only a run of all systems is kept: ratios are of one run or they are none. */
const isWhole = ({ quick, systems }: Options): boolean => !quick && systems.length === systemNames.length;

async function measure(
  workload: Workload,
  options: Options,
  calibration: Calibration,
  machine: Machine,
): Promise<WorkloadRecord> {
  const before = loadavg()[0] ?? Number.NaN;
  const results = await runRounds(workload, options, calibration, showProgress);
  showProgress('');
  return {
    workload: workload.name,
    date: new Date().toISOString().slice(0, 16),
    workers: options.workers,
    repeats: options.repeats,
    quick: options.quick,
    count: options.quick ? workload.quick : workload.count,
    load: [before, loadavg()[0] ?? Number.NaN],
    machine,
    results,
  };
}

/** Each workload as it was last measured in full. */
function resultsDocument(): string {
  const records = workloads.flatMap((workload) => {
    const file = recordFile(workload.name);
    if (!existsSync(file)) return [];
    return [{ workload, record: JSON.parse(readFileSync(file, 'utf8')) as WorkloadRecord }];
  });
  const machine = records[0]?.record.machine;
  const sections = records.map(({ workload, record }) => workloadSection(record, workload));
  return `${['# Results', 'Written by `npm run bench`; what it means is said in README.md.', machine ? machineSection(machine) : '', ...sections].join('\n\n')}\n`;
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    endRepeats();
    process.exit(130);
  });

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
