import type { Job } from './job-file.ts';

/** A job as what follows `manycore run`. */
export function jobArguments({ function: target, description: _, ...options }: Job): string[] {
  const given = Object.entries(options).flatMap(([key, value]) => {
    if (value === undefined || value === false) return [];
    const name = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    // In one word: a value may begin with a dash.
    return [value === true ? name : `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`];
  });
  return [target, ...given];
}
