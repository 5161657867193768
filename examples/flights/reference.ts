import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** One domestic flight in the United States in 2001, as `vega-datasets` has it. */
export interface Flight {
  /** Local time of departure, `2001/01/31 17:05`. */
  readonly date: string;
  /** Delay on arrival in minutes; negative when it was early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** The files of the package, wherever npm has put it. */
export const dataFolder = join(createRequire(import.meta.url).resolve('vega-datasets'), '../../data');

export function readFlights(name: string): Flight[] {
  return JSON.parse(readFileSync(join(dataFolder, name), 'utf8')) as Flight[];
}

/** The flights that others are compared with. Every worker reads them once, when it loads this module. */
export const reference: readonly Flight[] = readFlights('flights-20k.json');
