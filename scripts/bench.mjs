/**
 * `npm run bench -- [--only NAME,...] [--systems NAME,...] [--repeats N] [--workers N] [--quick]`: measures Manycore beside its peers.
 *
 * The harness and a copy of the built library are put into a folder of their own, so that a run measures one version of
 * everything, whatever is edited or built meanwhile. `--only job-memory [ITEMS]` runs the measure of the job host instead,
 * `--only engine [ITEMS] [HOSTS]` that of the engine, `--only analysis [FILES]` that of the analysis,
 * `--only editor` that of the extension inside of VS Code.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main, SetupError } from './setup/say.mjs';

/** Compiles the harness and puts the library beside it; returns the folder, which the caller removes. */
export async function prepareBench() {
  await build({ quiet: true });
  mkdirSync(inRoot('bench/dist'), { recursive: true });
  removeLeftovers();
  const folder = mkdtempSync(inRoot('bench/dist', `run-${process.pid}-`));
  const tsc = inRoot('node_modules/typescript/bin/tsc');
  const compiled = spawnSync(
    process.execPath,
    [tsc, '-p', inRoot('bench/tsconfig.build.json'), '--outDir', folder],
    {
      stdio: 'inherit',
    },
  );
  if (compiled.status !== 0) throw new SetupError('bench: the harness does not compile (errors above)');
  cpSync(inRoot('bench/python'), join(folder, 'python'), { recursive: true });
  const library = join(folder, 'node_modules', 'manycore');
  for (const part of ['package.json', 'dist'])
    cpSync(inRoot('runtime', part), join(library, part), { recursive: true });
  return folder;
}

/** Folders of runs that were killed. */
function removeLeftovers() {
  for (const name of readdirSync(inRoot('bench/dist'))) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || !isAlive(Number(pid)))
      rmSync(inRoot('bench/dist', name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Tells the harness where its results go and what is measured. */
const benchEnvironment = () => ({
  ...process.env,
  MANYCORE_BENCH_ROOT: inRoot('bench'),
  MANYCORE_BENCH_COMMIT: commit(),
});

function commit() {
  try {
    const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'runtime') ? ' with changes' : '')
    );
  } catch {
    return 'unknown';
  }
}

async function bench(args) {
  ensureInstalled();
  const at = args.indexOf('--only');
  const only = at >= 0 ? args[at + 1] : undefined;
  if (only === 'engine' || only === 'analysis') await build({ quiet: true });
  const alone = {
    'job-memory': 'job-memory.ts',
    panel: 'panel.ts',
    output: 'output.ts',
    engine: 'engine/main.ts',
    analysis: 'analysis/main.ts',
  }[only];
  if (alone !== undefined) return run(['--import', 'tsx', inRoot('bench', alone), ...args.slice(at + 2)]);
  if (only === 'editor') return run([inRoot('scripts/host-test.mjs'), '--suite', 'bench/editor/main.ts']);
  const folder = await prepareBench();
  try {
    return run([join(folder, 'main.js'), ...args]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const run = (args) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: benchEnvironment() }).status ?? 1;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await main(() => bench(process.argv.slice(2)));
