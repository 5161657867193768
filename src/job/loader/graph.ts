import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type * as Esbuild from 'esbuild';
import { toJobError } from './build-failure.ts';
import { isInstalled, isJavaScript, isJson, isJsx, isTypeScript } from './files.ts';
import { lineAt } from './mask.ts';
import { nativeObstacle } from './native-resolution.ts';
import { fileObstacle } from './native-syntax.ts';
import { isManycore, resolveImport } from './resolve-import.ts';
import { withoutPatterns } from './rewrite.ts';

/** Something in the user's files that Node cannot load by itself. */
export interface Obstacle {
  readonly file: string;
  readonly line: number | null;
  readonly text: string;
  /** A file that needs compiling says more than an import that needs resolving. */
  readonly of: 'file' | 'import';
}

/** The user's files (not installed packages) that an entry reaches. */
export interface Graph {
  readonly files: ReadonlySet<string>;
  /** In the order of the files' names, those of the entry first. Empty: Node loads all of it as it is. */
  readonly obstacles: readonly Obstacle[];
  /** Plain JavaScript files that reach nothing but such files: Node loads them as they are even beside a bundle. */
  readonly plain: ReadonlySet<string>;
}

/**
 * Follows every import from `entry` with one esbuild pass over what Node would really execute (TypeScript already
 * stripped, so that a type imported without `type` shows as the missing export that it is).
 */
export async function readGraph(
  esbuild: typeof Esbuild,
  entry: string,
  node: { version: string; strips: boolean },
): Promise<Graph> {
  const obstacles: Obstacle[] = [];
  const edges = new Map<string, Set<string>>([[entry, new Set()]]);
  const sources = new Map<string, string>();

  const plugin: Esbuild.Plugin = {
    name: 'manycore-graph',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === 'entry-point') return undefined;
        const found = await resolveImport(build, args);
        if (found.kind === 'ours') return undefined;
        if (found.kind === 'external' || isManycore(args.path)) return { path: args.path, external: true };
        if (found.kind === 'missing') {
          return args.kind === 'import-statement'
            ? { errors: found.errors }
            : { path: args.path, external: true };
        }
        const resolved = found.path;
        if (isInstalled(resolved) && isJavaScript(resolved)) {
          const obstacle = obstacleOf(args, resolved);
          if (obstacle !== null) obstacles.push(obstacle);
          return { path: args.path, external: true };
        }
        if (!isSource(resolved)) return { path: args.path, external: true };
        edges.get(args.importer)?.add(resolved);
        const obstacle = obstacleOf(args, resolved);
        if (obstacle !== null) obstacles.push(obstacle);
        // esbuild's own resolution, which finds the same file, also knows the tsconfig that belongs to it.
        return args.path.startsWith('file:') ? { path: resolved } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        sources.set(path, source);
        if (!edges.has(path)) edges.set(path, new Set());
        if (isJson(path)) return { contents: source, loader: 'json' };
        const { obstacle, executed, loader } = fileObstacle(path, source, node);
        if (obstacle !== null) obstacles.push({ file: path, of: 'file', ...obstacle });
        return { contents: withoutPatterns(executed), loader };
      });
    },
  };

  const obstacleOf = (args: Esbuild.OnResolveArgs, resolved: string): Obstacle | null => {
    const { importer, path: specifier } = args;
    const isRequire = args.kind === 'require-call' || args.kind === 'require-resolve';
    const text = nativeObstacle({ importer, specifier, isRequire, type: args.with['type'], resolved });
    return text === null
      ? null
      : { file: importer, line: lineOf(sources.get(importer) ?? '', specifier), text, of: 'import' };
  };

  try {
    await esbuild.build({
      ...resolution(node.version),
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'esnext',
      logLevel: 'silent',
      plugins: [plugin],
    });
  } catch (error) {
    const messages = (error as Partial<Esbuild.BuildFailure>).errors;
    if (messages === undefined) throw error;
    for (const { text, location } of messages) {
      const file = location === null ? entry : resolve(location.file);
      // In TypeScript it may be a type, which only a compiler tells apart; in JavaScript it is a mistake.
      if (/^No matching export/.test(text) && isJavaScript(file)) throw toJobError(error, entry, 0);
      obstacles.push({ file, line: location?.line ?? null, text, of: 'file' });
    }
  }
  return {
    files: new Set(edges.keys()),
    obstacles: inOrder(obstacles, entry),
    plain: plainFiles(edges, obstacles),
  };
}

/** How esbuild resolves in both passes: by Node's rules, and TypeScript's where Node's find nothing. */
export function resolution(version: string): Esbuild.BuildOptions {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const hasModuleSync = major > 22 || (major === 22 && minor >= 10) || (major === 20 && minor >= 19);
  return {
    platform: 'node',
    mainFields: ['main'],
    conditions: ['node-addons', ...(hasModuleSync ? ['module-sync'] : [])],
    resolveExtensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json', '.node'],
  };
}

export function isSource(file: string): boolean {
  return isTypeScript(file) || isJavaScript(file) || isJsx(file) || isJson(file);
}

/** Files that only reach JavaScript without an obstacle: what reaches anything else is taken out until none is left. */
function plainFiles(
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  obstacles: readonly Obstacle[],
): Set<string> {
  const hindered = new Set(obstacles.map(({ file }) => file));
  const plain = new Set([...edges.keys()].filter((file) => isJavaScript(file) && !hindered.has(file)));
  for (let changed = true; changed; ) {
    changed = false;
    for (const file of plain) {
      const reachesOther = [...(edges.get(file) ?? [])].some(
        (target) => !plain.has(target) && !isJson(target),
      );
      if (reachesOther) changed = plain.delete(file) || changed;
    }
  }
  return plain;
}

function inOrder(obstacles: readonly Obstacle[], entry: string): Obstacle[] {
  return [...obstacles].sort(
    (a, b) =>
      Number(b.file === entry) - Number(a.file === entry) ||
      Number(a.of === 'import') - Number(b.of === 'import') ||
      a.file.localeCompare(b.file) ||
      (a.line ?? 0) - (b.line ?? 0),
  );
}

function lineOf(source: string, specifier: string): number | null {
  const places = [`'${specifier}'`, `"${specifier}"`, `\`${specifier}\``]
    .map((text) => source.indexOf(text))
    .filter((at) => at >= 0);
  return places.length === 0 ? null : lineAt(source, Math.min(...places));
}
