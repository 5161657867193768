import { createHash } from 'node:crypto';
import { importsOf } from './candidates.ts';
import type { TextFacts } from './text-facts.ts';

/**
 * For every file a key over the texts that its diagnostics depend on: its own, those of all files that lead to it by imports
 * (they may make its functions run in workers), and of all that these import. Files are reached from tops, which nobody
 * imports (of a ring one file is taken): the key of a file joins the hashes of the tops that reach it.
 *
 *      main ──> jobs ──> parse        key(parse) = [main + jobs + parse, tool + parse]
 *      tool ───────────────^          key(jobs)  = [main + jobs + parse]
 */
export function dependencyKeys(
  facts: ReadonlyMap<string, TextFacts>,
  files: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const imports = importsWithin(facts, files);
  const sorted = [...files].sort();
  const imported = new Set([...imports].flatMap(([file, targets]) => targets.filter((one) => one !== file)));
  const tops = new Map<string, string[]>(sorted.map((file) => [file, []]));
  const visit = (top: string): void => {
    const reached = reach(top, imports);
    const hash = hashOf([...reached].sort().map((file) => `${file}\0${facts.get(file)?.hash}`));
    for (const file of reached) tops.get(file)?.push(hash);
  };
  for (const file of sorted) if (!imported.has(file)) visit(file);
  for (const file of sorted) if (tops.get(file)?.length === 0) visit(file);
  return new Map(sorted.map((file) => [file, hashOf([file, ...(tops.get(file) ?? [])])]));
}

function importsWithin(
  facts: ReadonlyMap<string, TextFacts>,
  files: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const importsOfFile = importsOf(facts);
  return new Map([...files].map((file) => [file, importsOfFile(file).filter((one) => files.has(one))]));
}

function reach(top: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([top]);
  for (const file of reached) for (const target of imports.get(file) ?? []) reached.add(target);
  return reached;
}

const hashOf = (parts: readonly string[]): string =>
  createHash('sha1').update(parts.join('\n')).digest('base64url');
