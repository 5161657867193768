/** A workload's run as Markdown. */

import type { SystemResult } from '../rounds.ts';
import { type SystemName, systemOf } from '../systems/registry.ts';
import type { Workload } from '../workloads.ts';
import { judge } from './goals.ts';
import { type Machine, medianOf, type WorkloadRecord } from './record.ts';
import { figure, median } from './statistics.ts';

export function workloadSection(record: WorkloadRecord, workload: Workload): string {
  const ours = medianOf(record, 'manycore');
  const ordered = [...record.results].sort(
    (a, b) => middle(a) - middle(b) || b.errors.length - a.errors.length,
  );
  const head = ['system', workload.unit, 'lowest', 'highest', '/ manycore', ...detailHeads(workload), 'note'];
  const rows = ordered.map((result) => {
    const values = result.readings.map(({ value }) => value);
    const value = middle(result);
    return [
      label(result.system as SystemName),
      figure(value),
      figure(Math.min(...values)),
      figure(Math.max(...values)),
      workload.unit === 'MB' || workload.unit === 'items lost' ? '' : figure(value / ours),
      ...details(workload, record, result),
      notes(record, result),
    ];
  });
  const verdicts = judge(record).map(
    ({ text, shown, reached }) => `- ${reached ? 'reached' : 'NOT reached'}: ${text}: **${shown}**`,
  );
  const [before, after] = record.load;
  return [
    `## ${workload.name}${record.quick ? ' (quick)' : ''}`,
    workload.what + (workload.others ? ` ${workload.others}` : ''),
    table(head, rows),
    verdicts.join('\n'),
    `${record.date}, ${record.workers} workers, medians of ${record.repeats}, load ${figure(before)} before and ${figure(after)} after${isDisturbed(record) ? ' (others used the machine)' : ''}, commit ${record.machine.commit}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function machineSection(machine: Machine): string {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${figure(machine.memoryGB)} GB, ${machine.system}`,
    `Node ${machine.node}, ${machine.python ?? 'no Python'}; ${packages.join(', ')}`,
  ].join('  \n');
}

/** Load that a run of `workers` makes by itself, with the parent, is about their number. */
const isDisturbed = ({ load, workers }: WorkloadRecord): boolean => Math.max(...load) > workers + 1;

const middle = ({ readings }: SystemResult): number => {
  const value = median(readings.map((reading) => reading.value));
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
};

const label = (name: SystemName): string => `${name} (${systemOf(name).workers})`;

function detailHeads({ bytes, ideal, measure }: Workload): string[] {
  if (measure === 'queue') return ['us an item', 'with 8 places, ms'];
  if (bytes !== undefined) return ['MB/s'];
  if (ideal) return ['of the ideal', 'of bare processes'];
  if (measure === 'map') return ['us an item'];
  if (measure === 'round-trip' || measure === 'pipe') return ['p99'];
  if (measure === 'lock' || measure === 'contended') return ['blocking form'];
  if (measure === 'array') return ['plain array'];
  if (measure === 'cold-start') return ['all first results'];
  if (measure === 'shutdown') return ['in order'];
  if (measure === 'stream') return ['items/s'];
  return ['until the last result, ms'];
}

function details(workload: Workload, record: WorkloadRecord, result: SystemResult): string[] {
  const value = middle(result);
  const extra = (name: string) =>
    figure(median(result.readings.map((reading) => reading.extra[name] ?? Number.NaN)));
  if (workload.measure === 'queue') return [figure((value * 1000) / record.count), extra('bounded')];
  if (workload.bytes !== undefined) return [figure((workload.bytes * record.count) / 1000 / value)];
  if (workload.ideal)
    return [`${figure(median(result.efficiency) * 100)} %`, `${figure(median(result.sideBySide) * 100)} %`];
  const names = {
    'round-trip': 'p99',
    'cold-start': 'all',
    shutdown: 'inOrder',
    stream: 'itemsPerSecond',
    kill: 'ms',
    pipe: 'p99',
    lock: 'blocking',
    contended: 'blocking',
    array: 'plain',
  };
  if (workload.measure === 'map' || workload.measure === 'ideal')
    return [figure((value * 1000) / record.count)];
  return [extra(names[workload.measure])];
}

function notes(record: WorkloadRecord, { readings, errors }: SystemResult): string {
  const least = Math.min(...readings.map(({ ran }) => ran));
  const isShort = least < record.count;
  const scaled = record.workload === 'stream-5M' ? 'taken before the time was up' : 'run, scaled up';
  return [
    ...new Set(readings.flatMap(({ note }) => note ?? [])),
    ...(isShort
      ? [`${least.toLocaleString('en-US')} of ${record.count.toLocaleString('en-US')} items ${scaled}`]
      : []),
    ...(errors.length > 0 ? [`failed ${errors.length} x: ${errors[0]}`] : []),
  ]
    .join('; ')
    .replaceAll('|', '\\|');
}

/** Columns are as wide as their widest cell, so that it reads in a terminal too. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 || i === head.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    i === 0 || i === widths.length - 1 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
