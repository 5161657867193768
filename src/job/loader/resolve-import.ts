import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as Esbuild from 'esbuild';
import { realPath } from './files.ts';

/** Marks the question that a plugin asks esbuild itself, so that it does not ask again. */
const ASKED = Symbol('asked by manycore');

/** What an import stands for. */
export type Resolved =
  /** Our own question: leave it to esbuild. */
  | { readonly kind: 'ours' }
  /** A builtin or a URL that only Node can load. */
  | { readonly kind: 'external' }
  /** Real path of a file. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'missing'; readonly errors: Esbuild.PartialMessage[] };

/** Resolves an import from the place of the file that has it, by tsconfig, package exports and conditions of its kind. */
export async function resolveImport(
  build: Esbuild.PluginBuild,
  args: Esbuild.OnResolveArgs,
): Promise<Resolved> {
  if (args.pluginData === ASKED) return { kind: 'ours' };
  if (isBuiltin(args.path)) return { kind: 'external' };
  if (args.path.startsWith('file:')) return { kind: 'file', path: realPath(fileURLToPath(args.path)) };
  if (/^[a-z][a-z+.-]+:/i.test(args.path)) return { kind: 'external' };
  const { kind, importer, resolveDir } = args;
  const found = await build.resolve(args.path, {
    kind,
    importer,
    resolveDir,
    with: args.with,
    pluginData: ASKED,
  });
  if (found.errors.length > 0) return { kind: 'missing', errors: found.errors };
  if (found.external || found.namespace !== 'file') return { kind: 'external' };
  return { kind: 'file', path: found.path };
}

/** The runtime itself: a second copy in a bundle would not know the process that it runs in. */
export function isManycore(specifier: string): boolean {
  return specifier === 'manycore' || specifier.startsWith('manycore/');
}
