/**
 * What the text of a module says about one of its variables: under which name is it exported? Only for modules that are still
 * being evaluated, whose exports cannot be asked for; the text is what V8 runs, often a compiler's.
 */

/** Undefined when the text has no such export. A text in a comment or a string may be taken for one; the child finds out. */
export function exportedAs(source: string, variable: string): string | undefined {
  const name = variable.replaceAll('$', '\\$');
  const is = (pattern: string) => new RegExp(pattern).test(source);
  for (const [, list = '', from] of source.matchAll(/\bexport\s*\{([^}]*)\}(\s*from\b)?/g))
    for (const item of from === undefined ? list.split(',') : []) {
      const [local, , exported = local] = item.trim().split(/\s+/);
      if (local === variable) return exported;
    }
  const kind = '(?:(?:async\\s+)?function\\b\\s*\\*?|class\\b)';
  if (is(`\\bexport\\s+default\\s+(?:${kind})?\\s*${name}(?![\\w$])`)) return 'default';
  if (is(`\\bexport\\s+(?:${kind}|(?:const|let|var)\\b)\\s*${name}(?![\\w$])`)) return variable;
  // `export const a = 1, b = 2` and `export const { a, b } = c`.
  if (is(`\\bexport\\s+(?:const|let|var)\\b\\s*(?:[{[]|[^;]*,)[^;]*?(?<![\\w$.])${name}\\s*[=,:}\\]]`))
    return variable;
  return undefined;
}

/** May the module export what none of its variables holds: `export default wrap(...)`, `export default (n) => n`? */
export const exportsExpression = (source: string): boolean =>
  /\bexport\s+default\s+(?!(?:async\s+)?function\b\s*\*?\s*[\w$]|class\s+(?!extends\b)[\w$]|[\w$]+\s*(?:;|\n|$))/.test(
    source,
  );
