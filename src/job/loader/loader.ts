import { readFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JobError } from '../errors.ts';
import { bundle } from './bundle.ts';
import { cacheFolder, compileCache, storeBundle } from './cache.ts';
import { declarationLine } from './declaration.ts';
import { borrowEsbuild } from './esbuild.ts';
import { isTypeScript, realPath } from './files.ts';
import { type Graph, type Obstacle, readGraph } from './graph.ts';

/** How the workers load the user's module. Disposing it lets its bundle be deleted one day. */
export interface LoadPlan extends AsyncDisposable {
  readonly kind: 'native' | 'bundle';
  /** Why, in words. */
  readonly reason: string;
  /** `file:` URL that a worker imports. */
  readonly url: string;
  /** For the workers' Node. */
  readonly execArgv: string[];
  readonly env: Record<string, string>;
  /** Line from 1 where an export is declared; null when the text does not tell. */
  line(exportName: string | null): number | null;
}

export interface LoadOptions {
  /** Default 'auto': native when Node loads the whole module graph as it is, else one bundle. */
  readonly loader?: 'auto' | 'native' | 'bundle';
  /** Of the Node that will load it, such as `24.1.0`; default: this one. */
  readonly nodeVersion?: string | undefined;
  /** Default: `manycore` in the user's cache folder. */
  readonly cacheDir?: string | undefined;
}

/**
 * Decides how workers load `file` (an absolute path), and makes the bundle when one is needed.
 * @throws {JobError} `ERR_MANYCORE_LOAD` with the place of a syntax error or an import that nothing resolves;
 *   `ERR_MANYCORE_LOADER` when `native` is asked for and Node cannot.
 * @example
 * await using plan = await planLoad('/home/me/app/score.ts', { loader: 'auto' });
 * console.log(plan.kind, plan.reason);
 */
export async function planLoad(file: string, options: LoadOptions = {}): Promise<LoadPlan> {
  const entry = realPath(file);
  const node = describeNode(options.nodeVersion ?? process.versions.node);
  const cache = options.cacheDir ?? cacheFolder();
  const loader = options.loader ?? 'auto';
  await using borrowed = await borrowEsbuild();
  const graph = await readGraph(borrowed.esbuild, entry, node);
  const [obstacle] = graph.obstacles;
  const common = {
    env: process.env['NODE_COMPILE_CACHE'] === undefined ? { NODE_COMPILE_CACHE: compileCache(cache) } : {},
    line: (name: string | null) => declarationLine(readFileSync(entry, 'utf8'), name ?? 'default'),
  };

  if (loader === 'native' || (loader === 'auto' && obstacle === undefined)) {
    if (obstacle !== undefined && !hasLoaderHooks()) throw refused(obstacle, entry);
    return {
      ...common,
      kind: 'native',
      reason: loader === 'native' ? 'asked for' : nativeReason(graph, node.version),
      url: pathToFileURL(entry).href,
      execArgv: execArgv(['--disable-warning=ExperimentalWarning']),
      async [Symbol.asyncDispose]() {},
    };
  }
  const everything = loader === 'bundle';
  const built = await bundle(borrowed.esbuild, {
    entry,
    graph,
    everything,
    nodeVersion: node.version,
    folder: cache,
  });
  const stored = storeBundle(cache, basename(entry), built);
  return {
    ...common,
    kind: 'bundle',
    reason: obstacle === undefined || everything ? 'asked for' : describe(obstacle, entry),
    url: pathToFileURL(stored.file).href,
    execArgv: execArgv(['--experimental-import-meta-resolve']),
    async [Symbol.asyncDispose]() {
      stored.release();
    },
  };
}

function execArgv(own: readonly string[]): string[] {
  return ['--enable-source-maps', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', ...own];
}

/** Type stripping is on by default from 22.18 and 23.6. */
function describeNode(version: string): { version: string; strips: boolean } {
  if (version === process.versions.node)
    return { version, strips: Boolean(Reflect.get(process.features, 'typescript')) };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { version, strips: major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18) };
}

/** Whether the user has told Node itself to use hooks that may load anything. */
function hasLoaderHooks(): boolean {
  return /--(?:import|require|loader|experimental-loader|experimental-transform-types)\b|(?:^|\s)-r\b/.test(
    process.env['NODE_OPTIONS'] ?? '',
  );
}

function nativeReason(graph: Graph, version: string): string {
  if (![...graph.files].some(isTypeScript)) return 'plain JavaScript';
  const { size } = graph.files;
  return `Node ${version} strips ${size === 1 ? 'its types' : `the types of its ${size} files`}`;
}

function describe({ file, line, text }: Obstacle, entry: string): string {
  const place = `${relative(dirname(entry), file) || basename(entry)}${line === null ? '' : `:${line}`}`;
  const [what = text, ...rest] = text.split(', ');
  return rest.length === 0 ? `${text} (${place})` : `${what} at ${place}, ${rest.join(', ')}`;
}

function refused(obstacle: Obstacle, entry: string): JobError {
  return new JobError(
    'ERR_MANYCORE_LOADER',
    `Node cannot load ${entry} by itself: ${describe(obstacle, entry)}.`,
    {
      hint: 'Leave out "--loader native": one bundle then stands for the files.',
      at: { file: obstacle.file, line: obstacle.line ?? 1, column: 1 },
    },
  );
}
