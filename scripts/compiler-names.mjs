/**
 * Has a bundle name each part of the compiler by itself. `ts.isIdentifier` asks an object of 2,200 members, for every node and
 * every rule; here it is a variable of the bundle, and `ts.SyntaxKind.Identifier` the number that it stands for. What the compiler
 * declares of the language, 3 MB, lies in files beside the bundle. The sources and the tests go on to use the packages as they are.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inRoot } from './setup/paths.mjs';

const IMPORT = "import { ts } from 'ts-morph';";
/** `const { sys } = ts;`, `f(ts)`: names are found where they follow `ts.` only, and others would be missing without a word. */
const WHOLE = /[=(,] ?ts(?=[;,)[])/;
const require = createRequire(import.meta.url);
/** Loaded when something is built, not before: scripts import this module where nothing is installed yet. */
const PACKAGE = '@ts-morph/common';

/** @returns {import('esbuild').Plugin} */
export const compilerNames = () => ({
  name: 'compiler-names',
  setup(building) {
    const { getLibFiles, ts } = require(PACKAGE);
    const libraries = getLibFiles();
    building.onResolve({ filter: /^(ts-morph|@ts-morph\/common)$/ }, ({ path }) => ({
      path,
      namespace: 'compiler',
    }));
    building.onLoad({ filter: /^ts-morph$/, namespace: 'compiler' }, () => ({
      contents: namesText(ts),
      loader: 'ts',
      resolveDir: inRoot(),
    }));
    building.onLoad({ filter: /^@ts-morph\/common$/, namespace: 'compiler' }, () => ({
      contents: librariesText(libraries.map(({ fileName }) => fileName)),
      loader: 'js',
    }));
    building.onResolve({ filter: /^library:/ }, ({ path }) => ({
      path: path.slice('library:'.length),
      namespace: 'library',
    }));
    building.onLoad({ filter: /.*/, namespace: 'library' }, ({ path }) => ({
      contents: libraries.find(({ fileName }) => fileName === path).text,
      loader: 'file',
    }));
    building.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(IMPORT)) return undefined;
      const [whole] = WHOLE.exec(text) ?? [];
      if (whole !== undefined)
        return { errors: [{ text: `${path}: \`${whole}\` hides names of the compiler.` }] };
      return { contents: text.replace(IMPORT, "import * as ts from 'ts-morph';"), loader: 'ts' };
    });
  },
});

/** A module with a variable for each name of the compiler that is used, and enumerations, whose members a bundle has as numbers. */
function namesText(ts) {
  const used = [...usedNames()].filter(([name]) => name in ts); // The others are types.
  const lines = used.map(([name, members]) =>
    isEnumeration(ts[name])
      ? enumerationText(name, ts[name], members)
      : `export const ${name} = compiler.${name};`,
  );
  // The compiler alone: the rest of the package that it is in is not used.
  const compiler = join(dirname(require.resolve(PACKAGE)), 'typescript.js');
  return [`import compiler from ${JSON.stringify(compiler)};`, ...lines].join('\n');
}

/** A module with the declarations of the language, each read from a file beside the bundle when its text is asked for. */
function librariesText(names) {
  return [
    "import { readFileSync } from 'node:fs';",
    "import { join } from 'node:path';",
    ...names.map((name, index) => `import file${index} from 'library:${name}';`),
    `const files = [${names.map((name, index) => `['${name}', file${index}]`)}];`,
    'const all = files.map(([fileName, file]) => ({',
    "  fileName, get text() { return readFileSync(join(__dirname, file), 'utf8'); },",
    '}));',
    'export const getLibFiles = () => all;',
  ].join('\n');
}

/** What follows `ts.` in the sources, types too, with what follows that: a name after a point, or `[`. */
function usedNames() {
  const names = new Map();
  const folder = inRoot('src');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    if (!text.includes(IMPORT)) continue;
    for (const [, name, member] of text.matchAll(/\bts\.(\w+)(\[|\.\w+)?/g))
      names.set(name, new Set([...(names.get(name) ?? []), member]));
  }
  return names;
}

/** An object that leads from names to numbers and, for each number, back to a name. */
function isEnumeration(value) {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value).filter(([name]) => !/^-?\d+$/.test(name));
  return entries.length > 0 && entries.every(([, member]) => typeof value[member] === 'string');
}

/** All members where a number is looked up; their order decides which of the names of one number that finds. */
function enumerationText(name, all, used) {
  const members = Object.entries(all).filter(
    ([member]) => used.has(`.${member}`) || (used.has('[') && /^[A-Za-z_]/.test(member)),
  );
  return `export enum ${name} { ${members.map(([member, value]) => `${member} = ${value}`).join(', ')} }`;
}
