import { readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import * as l10n from '../../report/l10n.ts';

/** A file with everything that one worker wrote. */
export interface LogFile {
  readonly name: string;
  readonly label: string;
  readonly size: number;
}

/** The logs of a run's `output` folder: those of the workers by number, then what was measured before. */
export function logsIn(folder: string): LogFile[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return files
    .map((name) => {
      const worker = /^worker-(\d+)\.log$/.exec(name)?.[1];
      const label = worker === undefined ? path.basename(name, '.log') : l10n.t('Worker {0}', worker);
      const order = worker === undefined ? Number.POSITIVE_INFINITY : Number(worker);
      return { name, label, order, size: statSync(path.join(folder, name)).size };
    })
    .filter(({ size }) => size > 0)
    .sort((a, b) => (a.order === b.order ? a.name.localeCompare(b.name) : a.order - b.order))
    .map(({ name, label, size }) => ({ name, label, size }));
}
