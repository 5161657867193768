import { lineAt, maskSource } from './mask.ts';

const ESCAPED = /[.*+?^${}()|[\]\\]/g;

/**
 * Line from 1 where the function that a module exports as `exportName` is declared, by a look at its text; null when it
 * is not declared there (re-exported, computed). For a property path such as `Stats.mean` the last part is looked for
 * after the first.
 */
export function declarationLine(source: string, exportName: string): number | null {
  const code = maskSource(source);
  let from = 0;
  let found: number | null = null;
  for (const [depth, name] of exportName.split('.').entries()) {
    found = depth === 0 ? exported(code, name) : member(code, name, from);
    if (found === null) return null;
    from = found + 1;
  }
  return found === null ? null : lineAt(source, found);
}

function exported(code: string, name: string): number | null {
  if (name === 'default') return defaultExport(code);
  return (
    declared(code, name) ??
    renamed(code, name) ??
    find(code, `(?:\\bexports\\s*\\.\\s*)(${escapeRegExp(name)})\\s*=`)
  );
}

function defaultExport(code: string): number | null {
  const statement =
    /\bexport\s+default\s+(?:async\s+)?(?:function\b|class\b|\(|([\w$]+)\s*;?\s*(?:\n|$))?/.exec(code);
  const local = statement?.[1];
  if (statement !== null) return (local === undefined ? null : declared(code, local)) ?? statement.index;
  const commonjs = /(?:\bmodule\s*\.\s*exports|\bexport)\s*=\s*(?:([\w$]+)\s*;?\s*(?:\n|$))?/.exec(code);
  const value = commonjs?.[1];
  return (value === undefined ? null : declared(code, value)) ?? commonjs?.index ?? renamed(code, 'default');
}

/** `function name`, `const name =`, `namespace name`, `class name`, at any depth: the first one in the text. */
function declared(code: string, name: string): number | null {
  return find(
    code,
    `(?:\\b(?:function\\b\\s*\\*?|const|let|var|class|namespace|module|enum)\\s*)(${escapeRegExp(name)})(?![\\w$])`,
  );
}

/** `export { local as name }`, unless it is `... from`. */
function renamed(code: string, name: string): number | null {
  const clause = new RegExp(
    `\\bexport\\s*\\{[^}]*?([\\w$]+)\\s+as\\s+${escapeRegExp(name)}(?![\\w$])[^}]*\\}(?!\\s*from\\b)`,
  ).exec(code);
  return clause?.[1] === undefined ? null : declared(code, clause[1]);
}

/** `function name`, `name(`, `name:` or `name =` after `from`. */
function member(code: string, name: string, from: number): number | null {
  const rest = code.slice(from);
  const place = declared(rest, name) ?? find(rest, `(?:^|[\\s{,;.])(${escapeRegExp(name)})\\s*(?:[(:=,<])`);
  return place === null ? null : place + from;
}

/** Where the first group of `pattern` is. */
function find(code: string, pattern: string): number | null {
  const match = new RegExp(pattern, 'd').exec(code);
  return match?.indices?.[1]?.[0] ?? null;
}

function escapeRegExp(name: string): string {
  return name.replace(ESCAPED, '\\$&');
}
