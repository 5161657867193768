/**
 * `npm run build [-- --development] [--force]`: bundles every process and writes the library's declarations.
 *
 * Nothing is built twice: the content hashes of all files that went into a bundle, and of its options, are kept in
 * `node_modules/.cache/manycore-build.json`; a bundle whose hashes are the same and whose output is there is left alone.
 */
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundles } from './bundles.mjs';
import { compilerNames } from './compiler-names.mjs';
import { writeDeclarations } from './declarations.mjs';
import { licencesOf, noticesText, packagesIn } from './notices.mjs';
import { hashFile, hashText, readStamp, writeStamp } from './setup/hash.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main, SetupError, say, seconds } from './setup/say.mjs';

/** What else decides what a bundle is. */
const MAKERS = ['package-lock.json', 'scripts/build.mjs', 'scripts/compiler-names.mjs'];

const stampFile = inRoot('node_modules', '.cache', 'manycore-build.json');

/**
 * Builds what is not built, or not any more.
 * @param {{ development?: boolean, force?: boolean, quiet?: boolean }} [options] development: not minified.
 * @throws {SetupError} when a bundle does not build; esbuild has printed why.
 */
export async function build({ development = false, force = false, quiet = false } = {}) {
  const begin = performance.now();
  const stamps = (force ? null : readStamp(stampFile)) ?? {};
  removeFormer(stamps);
  const done = [];
  const failed = [];
  for (const bundle of bundles) {
    if (isFresh(bundle, stamps[bundle.out], development)) continue;
    // One bundle that does not build leaves the others to be built: all that is wrong is told at once.
    const stamp = await bundleOne(bundle, development).catch((error) => failed.push(error) && null);
    if (stamp === null) continue;
    stamps[bundle.out] = stamp;
    writeStamp(stampFile, stamps);
    done.push(bundle.out);
  }
  if (failed.length > 0) throw new SetupError(failed.map((error) => error.message).join('\nmanycore: '));
  writeNotices(stamps);
  if (writeDeclarations(stamps)) {
    writeStamp(stampFile, stamps);
    done.push('runtime/dist/types');
  }
  if (!quiet)
    say(
      done.length === 0
        ? 'build: up to date'
        : `build: ${done.join(', ')} in ${seconds(performance.now() - begin)}`,
    );
}

/** Removes what was built of bundles that are no more: packages take what lies in the folders. */
function removeFormer(stamps) {
  const outs = new Set(bundles.map(({ out }) => out));
  for (const [out, { outputs }] of Object.entries(stamps)) {
    if (outs.has(out) || outputs === undefined) continue;
    for (const file of outputs) rmSync(inRoot(file), { force: true });
    delete stamps[out];
  }
}

/** Bundles one entry, whatever was built before; returns its stamp. */
export async function bundleOne(bundle, development = false) {
  const { out, apart, shared, usesCompiler, options } = bundle;
  const esbuild = await import('esbuild');
  const all = {
    ...esbuildOptions(bundle, development),
    plugins: [
      leftApart(apart ?? {}, ['dynamic-import']),
      leftApart(shared ?? {}, ['import-statement']),
      ...(usesCompiler ? [compilerNames()] : []),
    ],
  };
  if (options.splitting) for (const part of partsOf(out)) rmSync(part);
  const result = await esbuild.build(all).catch((error) => {
    throw new SetupError(`build: ${out} failed (${error.errors?.length ?? 1} errors, above)`);
  });
  if (options.banner?.js?.startsWith('#!')) chmodSync(inRoot(out), 0o755);
  const files = Object.keys(result.metafile.inputs).filter((file) => existsSync(inRoot(file)));
  const outputs = Object.keys(result.metafile.outputs);
  return {
    options: optionsHash(bundle, development),
    inputs: Object.fromEntries(files.map((file) => [file, hashFile(inRoot(file))])),
    outputs,
    packages: packagesIn(result.metafile),
  };
}

/** What lies beside the bundles of the extension as it is, and is not installed by whoever installs it. */
const BESIDE = { dist: ['esbuild', 'koffi'], 'runtime/dist': [] };

/** The licences of what is in the bundles of each folder, beside them. */
function writeNotices(stamps) {
  for (const [folder, beside] of Object.entries(BESIDE)) {
    const own = bundles.map(({ out }) => out).filter((out) => dirname(out) === folder);
    writeFileSync(inRoot(folder, 'ThirdPartyNotices.txt'), noticesText(licencesOf(own, stamps, beside)));
  }
}

function isFresh(bundle, stamp, development) {
  return (
    stamp?.packages !== undefined &&
    stamp.options === optionsHash(bundle, development) &&
    stamp.outputs.every((file) => existsSync(inRoot(file))) &&
    Object.entries(stamp.inputs).every(([file, hash]) => hashFile(inRoot(file)) === hash)
  );
}

const optionsHash = (bundle, development) =>
  hashText(JSON.stringify([bundle, development, ...MAKERS.map((file) => hashFile(inRoot(file)))]));

/**
 * Files that are bundled by themselves are only named: a bundle of CommonJS cannot be in parts otherwise. What loads such a bundle
 * in a way of its own goes into this one.
 */
const leftApart = (apart, kinds) => ({
  name: 'apart',
  setup(building) {
    const bundleOf = new Map(Object.entries(apart).map(([file, out]) => [inRoot(file), out]));
    building.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
      const out = kinds.includes(kind) ? bundleOf.get(join(resolveDir, path)) : undefined;
      if (out === undefined) return undefined;
      return out.startsWith('./') ? { path: out, external: true } : { path: inRoot(out) };
    });
  },
});

/** Where a bundle in parts goes: its name is that of the entry, the parts have it in front of theirs. */
function inFolder(entry, out, beside = {}) {
  const name = basename(out, '.js');
  const entries = { [name]: entry, ...beside };
  return {
    entryPoints: Object.entries(entries).map(([file, source]) => ({ in: source, out: file })),
    outdir: dirname(out),
    chunkNames: `${name}-part-[hash]`,
  };
}

/** Paths of the parts of a bundle, with their source maps. */
function partsOf(out) {
  const folder = inRoot(dirname(out));
  const begin = `${basename(out, '.js')}-part-`;
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.startsWith(begin)).map((file) => join(folder, file));
}

/** @returns {import('esbuild').BuildOptions & { metafile: true }} */
const esbuildOptions = ({ entry, out, beside, options }, development) => ({
  absWorkingDir: root,
  ...(options.splitting ? inFolder(entry, out, beside) : { entryPoints: [entry], outfile: out }),
  bundle: true,
  metafile: true,
  minifyWhitespace: !development,
  minifySyntax: !development,
  minifyIdentifiers: !development,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  ...options,
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const { values } = parseArgs({
      options: { development: { type: 'boolean' }, force: { type: 'boolean' } },
    });
    ensureInstalled();
    await build(values);
  });
}
