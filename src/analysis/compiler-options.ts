import { existsSync } from 'node:fs';
import path from 'node:path';
import { ts } from 'ts-morph';

/** Where no tsconfig.json is found. */
const DEFAULTS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
};

/** What the analysis needs whatever the project says; nothing is emitted, and libraries are not checked. */
const FORCED: ts.CompilerOptions = {
  allowJs: true,
  checkJs: false,
  noEmit: true,
  skipLibCheck: true,
  incremental: false,
  composite: false,
};

/** Options for files near a place, as its tsconfig.json or jsconfig.json says. A broken one counts as far as it goes. */
export function compilerOptions(config: string | undefined, near: string): ts.CompilerOptions {
  const options = { ...(config === undefined ? DEFAULTS : readConfig(config)), ...FORCED };
  if (!hasNodeTypes(near)) return options;
  // TypeScript 6 includes no @types by itself; without Node's the analysis would be blind to streams and process.env.
  options.types ??= ['node'];
  // What a program for Node uses of the browser is in Node's types; the browser's are as large as all others together.
  if (options.lib === undefined) options.lib = [languageLibrary(options.target)];
  return options;
}

function readConfig(config: string): ts.CompilerOptions {
  const { config: content = {} } = ts.readConfigFile(config, (file) => ts.sys.readFile(file));
  // Which files belong to the project does not matter here: what is analysed is chosen otherwise.
  const host: ts.ParseConfigHost = { ...ts.sys, useCaseSensitiveFileNames: true, readDirectory: () => [] };
  return ts.parseJsonConfigFileContent(content, host, path.dirname(config), undefined, config).options;
}

/** The library of the language alone, without the browser's. */
function languageLibrary(target: ts.ScriptTarget = ts.ScriptTarget.ESNext): string {
  if (target >= ts.ScriptTarget.ESNext) return 'lib.esnext.d.ts';
  if (target <= ts.ScriptTarget.ES5) return 'lib.es5.d.ts';
  return `lib.${ts.ScriptTarget[target]?.toLowerCase()}.d.ts`;
}

function hasNodeTypes(file: string): boolean {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'node_modules', '@types', 'node'))) return true;
    if (path.dirname(folder) === folder) return false;
  }
}
