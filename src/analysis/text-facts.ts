import { createHash } from 'node:crypto';

/** The package whose calls are analysed. */
export const PACKAGE_NAME = 'manycore';

/** What the text of a file tells without parsing it. */
export interface TextFacts {
  readonly hash: string;
  /** The text contains the name of the package. */
  readonly mentionsPackage: boolean;
  /** Module specifiers that the text seems to import; some may be inside comments or strings. */
  readonly specifiers: readonly string[];
}

const SPECIFIER = /(?:\bfrom|\bimport|\brequire|\bURL)\s*\(?\s*(['"`])([^'"`\n]+)\1/g;
const MAX_CACHED = 20_000;
const cache = new Map<string, TextFacts>();

/** Facts of a text, remembered by content hash within the process (at most 20,000 texts). */
export function textFacts(text: string): TextFacts {
  const hash = createHash('sha1').update(text).digest('base64');
  const known = cache.get(hash);
  if (known !== undefined) return known;
  if (cache.size >= MAX_CACHED) cache.clear();
  const specifiers = new Set<string>();
  for (const match of text.matchAll(SPECIFIER)) {
    const specifier = match[2];
    if (specifier !== undefined && !specifier.startsWith('node:')) specifiers.add(specifier);
  }
  const facts = { hash, mentionsPackage: text.includes(PACKAGE_NAME), specifiers: [...specifiers] };
  cache.set(hash, facts);
  return facts;
}
