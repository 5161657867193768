import path from 'node:path';
import type { TextFacts } from './text-facts.ts';

/**
 * Files that the analysis may have something to say about: those whose text names the package, and all that import such
 * a file directly or through others (users of wrappers). It may contain too many files, never too few: an import that is
 * not relative counts when its last segment is the name of a candidate, which covers path aliases and workspace packages.
 */
export function candidateFiles(facts: ReadonlyMap<string, TextFacts>): Set<string> {
  const candidates = new Set<string>();
  const queue: string[] = [];
  for (const [file, { mentionsPackage }] of facts) {
    if (!mentionsPackage) continue;
    candidates.add(file);
    queue.push(file);
  }
  if (queue.length === 0) return candidates;

  const importers = importersByTarget(facts);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const key of [stripExtension(file), ...looseNames(file)]) {
      for (const importer of importers.get(key) ?? []) {
        if (candidates.has(importer)) continue;
        candidates.add(importer);
        queue.push(importer);
      }
    }
  }
  return candidates;
}

/**
 * The candidates and every file that they import, directly or through others: worker functions may reach into them. As with
 * the candidates, too many rather than too few.
 */
export function concernedFiles(
  facts: ReadonlyMap<string, TextFacts>,
  candidates: ReadonlySet<string>,
): Set<string> {
  const concerned = new Set(candidates);
  if (candidates.size === 0) return concerned;
  const byKey = new Map<string, string[]>();
  for (const file of facts.keys()) {
    for (const key of [stripExtension(file), ...looseNames(file)]) {
      const list = byKey.get(key);
      if (list === undefined) byKey.set(key, [file]);
      else list.push(file);
    }
  }
  const queue = [...candidates];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const key of (facts.get(file)?.specifiers ?? []).flatMap((one) => targetsOf(file as string, one))) {
      for (const target of byKey.get(key) ?? []) {
        if (concerned.has(target)) continue;
        concerned.add(target);
        queue.push(target);
      }
    }
  }
  return concerned;
}

/** What an import may mean: absolute paths without extension, or `~name` for what is not relative. */
function targetsOf(importer: string, specifier: string): string[] {
  if (!specifier.startsWith('.') && !path.isAbsolute(specifier)) return [`~${lastSegment(specifier)}`];
  const target = path.resolve(path.dirname(importer), specifier);
  return [stripExtension(target), path.join(target, 'index')];
}

/** Importing files by what they import, as `targetsOf` names it. */
function importersByTarget(facts: ReadonlyMap<string, TextFacts>): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  const add = (key: string, importer: string) => {
    const list = importers.get(key);
    if (list === undefined) importers.set(key, [importer]);
    else list.push(importer);
  };
  for (const [file, { specifiers }] of facts) {
    for (const specifier of specifiers) {
      for (const target of targetsOf(file, specifier)) add(target, file);
    }
  }
  return importers;
}

function looseNames(file: string): string[] {
  const stem = lastSegment(stripExtension(file));
  const parents = path.dirname(file).split(path.sep).slice(-2);
  // `import '@acme/parallel'` may mean packages/parallel/index.ts or packages/parallel/src/index.ts.
  return stem === 'index' || stem === 'main' ? parents.map((name) => `~${name}`) : [`~${stem}`];
}

const stripExtension = (file: string): string => file.replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
const lastSegment = (specifier: string): string =>
  stripExtension(specifier).split(/[\\/]/).at(-1) ?? specifier;
