import { environment } from '../job/node/environment.ts';
import { paintFor } from './paint.ts';

/** What a run needs and does not find here; the same code as for a run that cannot start its workers. */
const LACKING = 3;

/** `manycore doctor`: what a run would find on this machine, each with the reason. Gives the exit code. */
export async function doctorCommand(json: boolean): Promise<number> {
  const rows = await environment({ cwd: process.cwd() });
  if (json) process.stdout.write(`${JSON.stringify({ version: 1, rows }, null, 2)}\n`);
  else {
    const paint = paintFor(process.stdout);
    const width = Math.max(...rows.map(({ name }) => name.length));
    for (const { name, value, reason, ok } of rows) {
      const mark = ok ? paint('green', 'ok') : paint('red', 'no');
      process.stdout.write(`${mark}  ${name.padEnd(width)}  ${value}  ${paint('dim', reason)}\n`);
    }
  }
  return rows.every(({ ok }) => ok) ? 0 : LACKING;
}
