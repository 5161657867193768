import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { toJobError } from '../job/loader/build-failure.ts';
import { borrowEsbuild } from '../job/loader/esbuild.ts';
import { realPath } from '../job/loader/files.ts';
import { isManycore } from '../job/loader/resolve-import.ts';
import type { NativePackage } from './engine.ts';
import { versionIn } from './package-version.ts';

/** The user's module with everything that it imports, as one file for any machine. */
export interface Portable {
  readonly code: Uint8Array;
  /** Packages that it imports and that stay outside: those with native code, and the runtime itself. */
  readonly natives: readonly NativePackage[];
}

/** CommonJS packages in it ask for builtins by `require`. */
const BANNER =
  "import { createRequire as __manycore_require } from 'node:module'; const require = __manycore_require(import.meta.url);";

/**
 * Bundles `file` with its packages. Files that it reads by a path beside it have to be on every host; `import.meta.url` is that of the
 * bundle there.
 * @param text the module that is bundled instead, as if it lay beside `file`
 * @throws {JobError} `ERR_MANYCORE_LOAD` with the place of a syntax error or of an import that nothing resolves.
 */
export async function bundlePortable(file: string, text?: string): Promise<Portable> {
  const entry = realPath(file);
  const natives = new Map<string, NativePackage>();
  await using borrowed = await borrowEsbuild();
  try {
    const result = await borrowed.esbuild.build({
      ...(text === undefined
        ? { entryPoints: [entry] }
        : { stdin: { contents: text, resolveDir: dirname(entry), sourcefile: 'manycore-calls.js' } }),
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: `node${process.versions.node}`,
      sourcemap: 'inline',
      sourcesContent: false,
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      ignoreAnnotations: true,
      banner: { js: BANNER },
      external: [...builtinModules],
      plugins: [
        {
          name: 'manycore-natives',
          setup(build) {
            build.onResolve({ filter: /^[^./]/ }, async (args) => {
              if (args.pluginData === natives || args.kind === 'entry-point') return undefined;
              // A second copy of the runtime would not know the process that it runs in.
              if (isManycore(args.path)) {
                natives.set('manycore', { name: 'manycore', version: null });
                return { path: args.path, external: true };
              }
              const { kind, importer, resolveDir, namespace } = args;
              const found = await build.resolve(args.path, {
                kind,
                importer,
                resolveDir,
                namespace,
                pluginData: natives,
              });
              const home = found.external || found.errors.length > 0 ? undefined : packageOf(found.path);
              if (home === undefined || !isNative(home.folder)) return undefined;
              natives.set(home.name, { name: home.name, version: versionIn(home.folder) });
              return { path: args.path, external: true };
            });
          },
        },
      ],
    });
    const [output] = result.outputFiles ?? [];
    return {
      code: output?.contents ?? new Uint8Array(),
      natives: [...natives.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
  } catch (error) {
    throw toJobError(error, entry, 0);
  }
}

/** Name and folder of the package that has a file. */
function packageOf(file: string): { name: string; folder: string } | undefined {
  const match = /^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))(?:[\\/]|$)/.exec(file);
  if (match === null) return undefined;
  return { folder: match[1] as string, name: (match[2] as string).replaceAll('\\', '/') };
}

/** True when the package brings native code, or builds it, or chooses a package with it for the platform. */
function isNative(folder: string): boolean {
  try {
    const {
      optionalDependencies = {},
      gypfile,
      scripts = {},
      binary,
      dependencies = {},
    } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >;
    if (gypfile !== undefined || binary !== undefined || /gyp|prebuild/.test(scripts?.['install'] ?? ''))
      return true;
    if ('bindings' in (dependencies ?? {}) || 'node-gyp-build' in (dependencies ?? {})) return true;
    if (
      Object.keys(optionalDependencies ?? {}).some((name) =>
        /(?:linux|darwin|win32)-(?:x64|arm64)/.test(name),
      )
    )
      return true;
    return readdirSync(folder).some((name) => name === 'binding.gyp' || name.endsWith('.node'));
  } catch {
    return false;
  }
}
