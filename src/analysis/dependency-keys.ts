import { createHash } from 'node:crypto';
import { importsOf } from './candidates.ts';
import type { TextFacts } from './text-facts.ts';

/**
 * For every file a key over the texts that its diagnostics depend on: those of all files that imports join it with, in whichever
 * direction. What a file imports tells its types and what its calls run; those that lead to it may make its functions run in
 * workers; and others that import the same module may register its classes, take its locks or read its state.
 *
 *      main ──> account <── setup        one key: setup may call registerClass for what main sends
 *      tool ──> parse                    another one
 */
export function dependencyKeys(
  facts: ReadonlyMap<string, TextFacts>,
  files: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const group of groupsOf(facts, files)) {
    const key = hashOf(group.sort().map((file) => `${file}\0${facts.get(file)?.hash}`));
    for (const file of group) keys.set(file, hashOf([file, key]));
  }
  return keys;
}

/** The files that imports join, group by group. */
function* groupsOf(facts: ReadonlyMap<string, TextFacts>, files: ReadonlySet<string>): Iterable<string[]> {
  const joined = joinedWith(facts, files);
  const done = new Set<string>();
  for (const file of files) {
    if (done.has(file)) continue;
    const group = new Set([file]);
    for (const one of group) for (const other of joined.get(one) ?? []) group.add(other);
    for (const one of group) done.add(one);
    yield [...group];
  }
}

/** For every file those that it imports and those that import it. */
function joinedWith(
  facts: ReadonlyMap<string, TextFacts>,
  files: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const imports = importsOf(facts);
  const joined = new Map<string, string[]>([...files].map((file) => [file, []]));
  for (const file of files) {
    for (const target of imports(file)) {
      if (!files.has(target)) continue;
      joined.get(file)?.push(target);
      joined.get(target)?.push(file);
    }
  }
  return joined;
}

const hashOf = (parts: readonly string[]): string =>
  createHash('sha1').update(parts.join('\n')).digest('base64url');
