/** The command line of the benchmark. */
import { parseArgs } from 'node:util';
import { type SystemName, systemNames } from './systems/registry.ts';
import { type Workload, workloads } from './workloads.ts';

export interface Options {
  readonly workloads: readonly Workload[];
  readonly systems: readonly SystemName[];
  readonly repeats: number;
  readonly workers: number;
  readonly quick: boolean;
}

export const usage = `npm run bench -- [--only NAME,...] [--systems NAME,...] [--repeats N] [--workers N] [--quick]
  workloads: ${workloads.map(({ name }) => name).join(', ')}, job-memory
  systems:   ${systemNames.join(', ')}
  --quick    fewer items and one repeat: a look; nothing is written`;

/** @throws {Error} that repeats what was received and names what there is. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      systems: { type: 'string', multiple: true },
      repeats: { type: 'string' },
      workers: { type: 'string', default: '2' },
      quick: { type: 'boolean', default: false },
    },
  });
  const names = choose(
    '--only',
    values.only,
    workloads.map(({ name }) => name),
  );
  return {
    workloads: workloads.filter(({ name }) => names.includes(name)),
    systems: choose('--systems', values.systems, systemNames) as SystemName[],
    repeats: positive('--repeats', values.repeats ?? (values.quick ? '1' : '5')),
    workers: positive('--workers', values.workers),
    quick: values.quick,
  };
}

function choose(option: string, given: string[] | undefined, all: readonly string[]): readonly string[] {
  if (!given) return all;
  const names = given.flatMap((text) => text.split(','));
  for (const name of names)
    if (!all.includes(name)) throw new Error(`${option} ${name}: not one of ${all.join(', ')}`);
  return names;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`${option} ${text}: an integer of at least 1 is needed`);
}
