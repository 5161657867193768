import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasModuleSyntax } from './files.ts';
import { maskSource } from './mask.ts';

/** Global names that a bundle gives to what each file has of its own; see `rewriteForBundle`. */
export const DEFINITIONS = {
  'import.meta': '__manycore_meta',
  __dirname: '__manycore_dirname',
  __filename: '__manycore_filename',
};

/** First line of every bundle: the helpers that `rewriteForBundle` calls. One line of plain JavaScript for Node 20. */
export const PREAMBLE = [
  'import { createRequire as __manycore_createRequire, isBuiltin as __manycore_isBuiltin } from "node:module";',
  'import { pathToFileURL as __manycore_pathToFileURL } from "node:url";',
  'const require = __manycore_createRequire(import.meta.url);',
  // With its flag, Node resolves from any parent by the conditions of `import`; else by those of `require`.
  'const __manycore_nativeResolve = process.execArgv.includes("--experimental-import-meta-resolve") ? import.meta.resolve : (s, url) => __manycore_pathToFileURL(__manycore_createRequire(url).resolve(s)).href;',
  'function __manycore_resolve(s, url) { s = String(s); if (/^\\.{0,2}\\//.test(s)) return new URL(s, url).href; if (__manycore_isBuiltin(s)) return s.startsWith("node:") ? s : "node:" + s; return URL.canParse(s) ? s : __manycore_nativeResolve(s, url); }',
  'function __manycore_importFrom(url) { return async (s, options) => import(__manycore_resolve(s, url), options); }',
  'function __manycore_metaOf(url, dirname, filename) { return { __proto__: null, dirname, filename, main: false, resolve: (s) => __manycore_resolve(s, url), url }; }',
].join(' ');

/**
 * A user's file for a bundle: **exactly one line longer** than the file, every other character at its place, so that the
 * source map is right once that line is taken off. The line gives the file its own `import.meta`, `__dirname`,
 * `__filename`, and an `import()` and a `require` that resolve computed names from where the file lies.
 */
export function rewriteForBundle(file: string, source: string): string {
  const code = maskSource(source);
  const url = JSON.stringify(pathToFileURL(file).href);
  const head: string[] = [];
  if (
    /^\s*(?:" {10}"|' {10}')/.test(code) &&
    /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*["']use strict["']/.test(source)
  ) {
    head.push('"use strict";');
  }
  if (/\bimport\s*\.\s*meta\b/.test(code)) {
    head.push(
      `const __manycore_meta = __manycore_metaOf(${url}, ${JSON.stringify(dirname(file))}, ${JSON.stringify(file)});`,
    );
  }
  if (/\b__dirname\b/.test(code)) head.push(`const __manycore_dirname = ${JSON.stringify(dirname(file))};`);
  if (/\b__filename\b/.test(code)) head.push(`const __manycore_filename = ${JSON.stringify(file)};`);

  // Names of the same length keep every column.
  let text = source;
  const imports = computedImports(code, (argument) => isPattern(file, source, argument));
  if (imports.length > 0) {
    head.push(`const impor$ = __manycore_importFrom(${url});`);
    text = replaceAt(text, imports, 'impor$');
  }
  const requires = computedRequires(code);
  if (requires.length > 0) {
    head.push(`const requir$ = __manycore_createRequire(${url});`);
    text = replaceAt(text, requires, 'requir$');
    if (/\bmodule\b/.test(code) && hasModuleSyntax(code) && !/\b(?:const|let|var)\s+module\b/.test(code)) {
      head.push(
        `const module = { id: ${JSON.stringify(file)}, filename: ${JSON.stringify(file)}, exports: {} };`,
      );
    }
  }
  return `${head.join(' ')}\n${withoutMap(text).replace(/^#!/, '//')}`;
}

/** The text with every computed `import()` out of a bundler's sight; lines and columns stay. */
export function withoutPatterns(source: string): string {
  return replaceAt(
    source,
    computedImports(maskSource(source), () => false),
    'impor$',
  );
}

/** Places of `import(...)` whose specifier is not a literal that a bundler can follow. */
function computedImports(code: string, isPattern: (argument: number) => boolean): number[] {
  return [...code.matchAll(/(?<![.\w$])import\s*\(\s*/g)]
    .filter((match) => {
      const argument = match.index + match[0].length;
      const rest = code.slice(argument);
      if (/^(["'`])\s*\1\s*[,)]/.test(rest)) return false;
      return !(/^` *\{/.test(rest) && isPattern(argument));
    })
    .map(({ index }) => index);
}

/** A template such as `./plugins/${name}.ts`: esbuild takes in all files that it may mean, when there are any. */
function isPattern(file: string, source: string, argument: number): boolean {
  const start = /^`(\.{1,2}\/(?:[^`$\\]*\/)?)[^`$\\]*\$\{[^`]*\.[mc]?tsx?`\s*[,)]/.exec(
    source.slice(argument),
  )?.[1];
  return start !== undefined && existsSync(join(dirname(file), start));
}

/** Places of `require` that are not a call with a literal; none where the file declares a `require` of its own. */
function computedRequires(code: string): number[] {
  if (/\b(?:const|let|var|function)\s+require\b|\bas\s+require\b|[{,(]\s*require\s*[,})=]/.test(code))
    return [];
  return [...code.matchAll(/(?<![.\w$])require\b(?!\s*\(\s*["'`])/g)]
    .filter(
      ({ index }) => !/[{,]\s*$/.test(code.slice(0, index)) || !/^require\s*\??:/.test(code.slice(index)),
    )
    .filter(({ index }) => !/\bimport\s+[\w$]+\s*=\s*$/.test(code.slice(0, index)))
    .map(({ index }) => index);
}

function replaceAt(text: string, places: readonly number[], name: string): string {
  let out = '';
  let from = 0;
  for (const place of places) {
    out += text.slice(from, place) + name;
    from = place + name.length;
  }
  return out + text.slice(from);
}

/** A map that a compiled file names would be off by the line that is put in front. */
function withoutMap(text: string): string {
  return text.replace(/^(\/[/*])[#@](\s*sourceMappingURL=)/gm, '$1-$2');
}
