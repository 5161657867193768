import type { RunInput } from '../../protocol/tools.ts';

/** What `manycore_run` does, as the command that does the same in a terminal: nothing of it is left out. */
export function commandLine({ function: name, data, ...options }: RunInput): string {
  const words = ['manycore', 'run', name, '--data', data];
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || value === false) continue;
    words.push(`--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    if (value !== true) words.push(typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
