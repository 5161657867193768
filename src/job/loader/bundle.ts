import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Esbuild from 'esbuild';
import { toJobError } from './build-failure.ts';
import { hasModuleSyntax, isInstalled, isJavaScript, isJson, isTypeScript, moduleKind } from './files.ts';
import { type Graph, isSource, resolution } from './graph.ts';
import { maskSource } from './mask.ts';
import { isManycore, resolveImport } from './resolve-import.ts';
import { DEFINITIONS, PREAMBLE, rewriteForBundle } from './rewrite.ts';
import { unshiftSourceMap } from './source-map.ts';

/** Namespace of the modules that stand for a CommonJS file outside the bundle. */
const REQUIRED = 'manycore-require';
const LOADERS: Record<string, Esbuild.Loader> = {
  json: 'json',
  tsx: 'tsx',
  jsx: 'jsx',
  ts: 'ts',
  mts: 'ts',
  cts: 'ts',
};

export interface BundleOptions {
  readonly entry: string;
  readonly graph: Graph;
  /** Also what Node could load by itself. */
  readonly everything: boolean;
  readonly nodeVersion: string;
  /** Folder in which the bundle will lie. */
  readonly folder: string;
}

/**
 * One ES module of all user's files that Node cannot load by itself. Installed packages, and plain JavaScript that needs
 * nothing of the bundle, stay outside and are named by absolute URLs, resolved from the file that imports them: there is
 * one instance of each, whoever else loads it.
 * @throws {JobError} `ERR_MANYCORE_LOAD` with the place of a syntax error or of an import that nothing resolves.
 */
export async function bundle(
  esbuild: typeof Esbuild,
  options: BundleOptions,
): Promise<{ code: string; map: string }> {
  const { entry, graph, folder } = options;
  const decorated = { found: false };
  const build = (keepNames: boolean) =>
    esbuild.build({
      ...resolution(options.nodeVersion),
      entryPoints: [entry],
      outfile: join(folder, 'bundle.mjs'),
      bundle: true,
      write: false,
      format: 'esm',
      target: `node${options.nodeVersion}`,
      sourcemap: 'external',
      sourcesContent: false,
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      banner: { js: PREAMBLE },
      define: DEFINITIONS,
      // A package's `sideEffects: false` speaks to bundlers; Node runs every import.
      ignoreAnnotations: true,
      keepNames,
      plugins: [plugin(entry, graph, options.everything, decorated)],
    });
  try {
    let result = await build(false);
    // A lowered decorated class gets another name; keeping names costs at every closure, so only where it is needed.
    if (decorated.found) result = await build(true);
    const text = (ending: string) => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
    return { code: text('.mjs'), map: unshiftSourceMap(text('.map'), folder) };
  } catch (error) {
    throw toJobError(error, entry, 1);
  }
}

function plugin(
  entry: string,
  graph: Graph,
  everything: boolean,
  decorated: { found: boolean },
): Esbuild.Plugin {
  const staysOutside = (file: string) =>
    isJavaScript(file) &&
    file !== entry &&
    (isInstalled(file) || !graph.files.has(file) || (graph.plain.has(file) && !everything));
  return {
    name: 'manycore-bundle',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === 'entry-point') return undefined;
        if (args.namespace === REQUIRED) return { path: args.path, external: true };
        const found = await resolveImport(build, args);
        const isRequire = args.kind === 'require-call' || args.kind === 'require-resolve';
        if (found.kind === 'ours') return undefined;
        if (found.kind === 'external') return { path: args.path, external: true };
        if (found.kind === 'missing') {
          // What may be caught at run time is left to run time, from the place of the file.
          if (args.kind === 'import-statement') return { errors: found.errors };
          return { path: args.kind === 'dynamic-import' ? missingUrl(args) : args.path, external: true };
        }
        const { path } = found;
        if (isSource(path) && !staysOutside(path) && !isManycore(args.path)) {
          return args.path.startsWith('file:') ? { path } : undefined;
        }
        if (isRequire || path.endsWith('.node')) return { path, external: true };
        const interop = args.kind === 'import-statement' && isJavaScript(path);
        if (interop && moduleKind(args.importer) !== 'module' && (await isCommonJs(path))) {
          return { path, namespace: REQUIRED };
        }
        return { path: pathToFileURL(path).href, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        if (isJson(path)) return { contents: `\n${source}`, loader: 'json', resolveDir: dirname(path) };
        if (isTypeScript(path) && /^\s*@[\w$]/m.test(source)) decorated.found = true;
        const loader = LOADERS[path.slice(path.lastIndexOf('.') + 1)] ?? 'js';
        return { contents: rewriteForBundle(path, source), loader, resolveDir: dirname(path) };
      });
      // Compilers turn `import` of such a file into CommonJS' interop, with every property as a named import; Node would not.
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => ({
        contents: `\nmodule.exports = require(${JSON.stringify(path)});`,
        loader: 'js',
        resolveDir: dirname(path),
      }));
    },
  };
}

/** The specifier as Node would look for it, so that the rejection names what the user wrote, at the user's place. */
function missingUrl({ path, importer }: Esbuild.OnResolveArgs): string {
  return /^\.{0,2}\//.test(path) ? new URL(path, pathToFileURL(importer)).href : path;
}

async function isCommonJs(file: string): Promise<boolean> {
  const kind = moduleKind(file);
  if (kind !== 'unsaid') return kind === 'commonjs';
  return !hasModuleSyntax(maskSource(await readFile(file, 'utf8')));
}
