/**
 * Every bundle of this repository: one for each process. What a bundle is built from and where it goes is said here
 * only; `scripts/build.mjs` builds them, a test holds `budgets.json` to the same list.
 */

/** Modules of CommonJS packages use `require`, `__filename` and `__dirname`, which an ESM bundle does not have by itself. */
const requireInEsm = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { dirname as __dirnameOf } from 'node:path';",
  "import { fileURLToPath as __pathOf } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __pathOf(import.meta.url);',
  'const __dirname = __dirnameOf(__filename);',
].join('\n');

/** CommonJS has no `import.meta`; files beside the bundle are found through this URL. */
const urlInCommonJs = "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

const node = { platform: 'node', target: 'node20.19' };
const esm = { ...node, format: 'esm', banner: { js: requireInEsm } };
const cjs = {
  ...node,
  format: 'cjs',
  define: { 'import.meta.url': '__importMetaUrl' },
  banner: { js: urlInCommonJs },
};
/** esbuild is a native program: it is installed beside the bundle and never inlined. */
const withEsbuild = { external: ['esbuild'] };

/**
 * The rules and the compiler. The text is one function, as `loadCached` runs it: to put that around 7 MB would copy them. The
 * compiler's declarations lie beside it: of 100 files a program needs some.
 */
const analysis = {
  ...node,
  format: 'cjs',
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
  assetNames: 'libraries/[name]',
};
/** For processes that analyse. */
const withAnalysis = { 'src/analysis/engine.ts': 'scripts/analysis.mjs' };

/** The pool makes functions while it works: keeping the name of each would take as long as to make it. */
const hot = { keepNames: false, minifyIdentifiers: false };

/**
 * What the extension does not need to begin lies in bundles of its own, for which `apart` names the file that is imported.
 * They are loaded by `require`: in VS Code's extension host only that finds the module `vscode`.
 */
const inExtensionHost = { ...cjs, external: ['vscode'], supported: { 'dynamic-import': false } };

/** What is imported where it is needed lies in files of its own beside the bundle (`NAME-part-*.js`) and costs nothing before. */
const inParts = { splitting: true };

/**
 * `apart`: bundles beside this one, each by the file that is imported there where it is needed, or a module that loads one.
 * `shared`: the same from the beginning, for what must not be there twice, such as classes of errors. `beside`: programs that share
 * the parts of this one, by the name of their file in the same folder. `usesCompiler`: see `compiler-names.mjs`.
 * @typedef {{ entry: string, out: string, apart?: Readonly<Record<string, string>>, shared?: Readonly<Record<string, string>>, beside?: Readonly<Record<string, string>>, usesCompiler?: true, options: import('esbuild').BuildOptions }} Bundle
 */

/** @type {readonly Bundle[]} */
export const bundles = [
  // The extension: one process each.
  {
    entry: 'src/editor/main.ts',
    out: 'dist/extension.cjs',
    apart: { 'src/editor/analysis-client/server.ts': './analysis-client.cjs' },
    options: inExtensionHost,
  },
  {
    entry: 'src/editor/analysis-client/server.ts',
    out: 'dist/analysis-client.cjs',
    options: inExtensionHost,
  },
  { entry: 'src/server/main.ts', out: 'dist/server.js', apart: withAnalysis, options: { ...esm, ...hot } },
  {
    entry: 'src/analysis/engine.ts',
    out: 'dist/analysis.cjs',
    usesCompiler: true,
    options: { ...analysis, ...hot },
  },
  {
    entry: 'src/job/host.ts',
    out: 'dist/job-host.js',
    options: { ...esm, ...withEsbuild, ...hot, ...inParts },
  },
  {
    entry: 'src/cli/main.ts',
    out: 'dist/cli.js',
    options: { ...esm, ...withEsbuild, ...hot, ...inParts },
  },
  { entry: 'src/job/task.ts', out: 'dist/task.js', options: { ...esm, ...withEsbuild, ...hot } },
  // What the workers of `manycore worker` import for the calls of a pool on an engine.
  { entry: 'src/engine/pool/call-task.ts', out: 'dist/call-task.js', options: { ...esm, ...hot } },
  { entry: 'runtime/process/child.ts', out: 'dist/child.js', options: { ...esm, ...hot } },
  {
    entry: 'src/panel/main.ts',
    out: 'dist/panel.js',
    options: { platform: 'browser', format: 'iife', target: 'es2023', loader: { '.svg': 'dataurl' } },
  },
  // The library and the command.
  { entry: 'runtime/index.ts', out: 'runtime/dist/index.js', options: { ...esm, ...hot } },
  {
    entry: 'src/engine/pool/open-pool.ts',
    out: 'runtime/dist/engine.js',
    shared: { 'runtime/errors.ts': './index.js' },
    options: { ...esm, ...withEsbuild, ...hot },
  },
  { entry: 'runtime/index.ts', out: 'runtime/dist/index.cjs', options: { ...cjs, ...hot } },
  { entry: 'runtime/process/child.ts', out: 'runtime/dist/child.js', options: { ...esm, ...hot } },
  { entry: 'src/job/task.ts', out: 'runtime/dist/task.js', options: { ...esm, ...withEsbuild, ...hot } },
  { entry: 'src/engine/pool/call-task.ts', out: 'runtime/dist/call-task.js', options: { ...esm, ...hot } },
  {
    entry: 'src/cli/lint/host.ts',
    out: 'runtime/dist/lint.js',
    apart: withAnalysis,
    options: { ...esm, ...hot },
  },
  {
    entry: 'src/analysis/engine.ts',
    out: 'runtime/dist/analysis.cjs',
    usesCompiler: true,
    options: { ...analysis, ...hot },
  },
  // Apart from the command: the protocol and its checks weigh half as much as all of it, and only `manycore mcp` needs them.
  { entry: 'src/cli/mcp/serve.ts', out: 'runtime/dist/mcp.js', options: { ...esm, ...withEsbuild } },
  {
    entry: 'src/cli/main.ts',
    out: 'runtime/dist/cli.js',
    // The process in which `manycore mcp` runs a job.
    beside: { 'job-host': 'src/job/host.ts' },
    options: {
      ...esm,
      ...withEsbuild,
      ...hot,
      ...inParts,
      banner: { js: `#!/usr/bin/env node\n${requireInEsm}` },
    },
  },
];

/** The suite that runs inside VS Code: built for tests only. */
export const hostSuite = {
  entry: 'test/host/index.ts',
  out: 'dist-test/host/index.cjs',
  options: { ...cjs, external: ['vscode', 'mocha', 'playwright-core', 'esbuild'] },
};
