import type { Job } from './job-file.ts';

/** A job, or a part of one, as what follows `manycore run`. */
export function jobArguments(job: Pick<Job, 'function'> & Partial<Job>): string[] {
  const { function: target, description: _, ...options } = job;
  const given = Object.entries(options).flatMap(([key, value]) => {
    if (value === undefined || value === false) return [];
    const name = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    // In one word: a value may begin with a dash.
    return [value === true ? name : `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`];
  });
  return [target, ...given];
}
