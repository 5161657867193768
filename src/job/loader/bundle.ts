import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Esbuild from 'esbuild';
import { JobError } from '../errors.ts';
import { isInstalled, isJavaScript, isJson, isTypeScript, moduleKind } from './files.ts';
import { type Graph, isSource, resolution } from './graph.ts';
import { resolveImport } from './resolve-import.ts';
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
    throw toJobError(error, entry);
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
        if (args.kind === 'entry-point') return { path: args.path };
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
        if (args.kind === 'require-resolve') return { path, external: true };
        if (isSource(path) && !staysOutside(path)) return { path };
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
  const { hasModuleSyntax } = await import('./files.ts');
  const { maskSource } = await import('./mask.ts');
  return !hasModuleSyntax(maskSource(await readFile(file, 'utf8')));
}

/** The first error, with its place in the user's file. */
function toJobError(error: unknown, entry: string): unknown {
  const messages = (error as Partial<Esbuild.BuildFailure>).errors;
  const [first] = messages ?? [];
  if (messages === undefined || first === undefined) return error;
  const { location, text } = first;
  const at =
    location === null
      ? undefined
      : {
          file: join(process.cwd(), location.file),
          line: Math.max(1, location.line - 1),
          column: location.column + 1,
        };
  const place = at === undefined ? entry : `${at.file}:${at.line}:${at.column}`;
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
  const line = location?.lineText.trim();
  const missing = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  return new JobError('ERR_MANYCORE_LOAD', `${place}: ${text}${more}${line ? `\n  ${line}` : ''}`, {
    hint:
      missing === undefined
        ? 'Correct the file and run again.'
        : /^[./#]/.test(missing)
          ? 'Check the path, or the "paths" of the tsconfig.'
          : `Install it where the file lies (npm install ${missing}), or correct the name.`,
    at,
    cause: error,
  });
}
