import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One entry of a file of snippets, as VS Code reads it. */
export interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

export function readSnippets(file: string): Readonly<Record<string, Snippet>> {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
}

/** `${1:default}`, `$1`, `$0`, or an escaped character; a default has no placeholders in it. */
const PLACEHOLDER = /\\([\\$}])|\$\{(\d+):((?:[^\\}]|\\[\\$}])*)\}|\$\{(\d+)\}|\$(\d+)/g;

/** The text that a snippet becomes when every placeholder is left as it is. Throws for one that repeats no earlier one. */
export function expand({ body }: Snippet): string {
  const defaults = new Map([['0', '']]);
  const text = body.join('\n').replaceAll(PLACEHOLDER, (_, escaped, number, value, braced, bare) => {
    if (escaped !== undefined) return escaped;
    if (number === undefined) {
      const known = defaults.get(braced ?? bare);
      if (known === undefined) throw new Error(`$${braced ?? bare} repeats nothing`);
      return known;
    }
    if (defaults.has(number)) throw new Error(`$${number} has two defaults`);
    const plain = value.replaceAll(/\\([\\$}])/g, '$1');
    defaults.set(number, plain);
    return plain;
  });
  return `${text.replaceAll('\t', '  ')}\n`;
}
