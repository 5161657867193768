/**
 * `npm run package [-- --target NAME ...]`: what is published, into `packages/`: the extension as a VSIX for each platform of
 * `targets`, and the library with the command as a tarball for npm (`npm`). Prints the size of each and ends with 1 when
 * one is above its budget in `budgets.json`.
 *
 * The repository is an npm workspace with the dependencies of every process, none of which the packager should follow: so
 * the files that `.vscodeignore` allows are put into a folder of their own, with a manifest that names the two packages that
 * are not bundled (esbuild and koffi, each with what it needs natively on the target), and the packager runs there.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { ensureInstalled, npm } from './setup/install.mjs';
import { inRoot, root, toolsFolder } from './setup/paths.mjs';
import { main, SetupError, say } from './setup/say.mjs';
import { ensureNode24 } from './tools/node24.mjs';
import { makeOnce } from './tools/once.mjs';
import { ensureVsce } from './tools/vsce.mjs';

/** Packages that are not bundled, and the package of each with what is native to a platform. */
const natives = [
  { name: 'esbuild', nativeOf: (platform) => `@esbuild/${platform}` },
  { name: 'koffi', nativeOf: (platform) => `@koromix/koffi-${platform}` },
];

/** Platforms of VS Code for which there is an extension. */
export const targets = [
  ...['linux-x64', 'linux-arm64', 'alpine-x64', 'alpine-arm64'],
  ...['darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'],
];

/** VS Code's name of a platform is Node's, save for these. */
const nodeNames = { 'linux-armhf': 'linux-arm', 'alpine-x64': 'linux-x64', 'alpine-arm64': 'linux-arm64' };

/** koffi's package for Linux has its program for both C libraries, in folders of these names; a target needs one. */
const needless = (target) =>
  target.startsWith('alpine-') ? /^linux_/ : target.startsWith('linux-') ? /^musl_/ : null;

/**
 * Packages the built extension.
 * @returns {Promise<string>} path of the VSIX
 * @throws {SetupError} when the packager refuses
 */
export async function packageExtension({
  target = `${process.platform}-${process.arch}`,
  outDir = root,
} = {}) {
  const [node, vsce] = [await ensureNode24(), await ensureVsce()];
  const stage = mkdtempSync(join(tmpdir(), 'manycore-package-'));
  try {
    const manifest = await fillStage(stage, target);
    const vsix = join(outDir, `${manifest.name}-${manifest.version}-${target}.vsix`);
    const args = [
      'package',
      '--target',
      target,
      '--out',
      vsix,
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
    ];
    const { status, stdout, stderr } = spawnSync(node, [vsce, ...args], { cwd: stage, encoding: 'utf8' });
    if (status !== 0) throw new SetupError(`vsce ${args.join(' ')} failed:\n${stdout}${stderr}`);
    return vsix;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * Packs the built library.
 * @returns {string} path of the tarball
 * @throws {SetupError} when npm refuses
 */
export function packageLibrary({ outDir = root } = {}) {
  const args = ['pack', '--json', '--pack-destination', resolve(outDir)];
  const { status, stdout, stderr } = spawnSync('npm', args, {
    ...{ cwd: inRoot('runtime'), encoding: 'utf8', shell: process.platform === 'win32' },
  });
  if (status !== 0) throw new SetupError(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return join(outDir, JSON.parse(stdout)[0].filename);
}

/** The budget of a package in bytes. */
export const packageBudget = (target) =>
  JSON.parse(readFileSync(inRoot('scripts', 'budgets.json'), 'utf8'))[`packages/${target}`];

async function fillStage(stage, target) {
  const platform = nodeNames[target] ?? target;
  const { glob } = await import('tinyglobby');
  const allowed = readFileSync(inRoot('.vscodeignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  for (const file of await glob(
    allowed.filter((pattern) => !/@esbuild|@koromix/.test(pattern)),
    { cwd: root, dot: true },
  ))
    copy(inRoot(file), join(stage, file));
  copy(inRoot('.vscodeignore'), join(stage, '.vscodeignore'));
  copy(inRoot('dist', 'ThirdPartyNotices.txt'), join(stage, 'ThirdPartyNotices.txt'));
  const dependencies = {};
  for (const { name, nativeOf } of natives) {
    const { version } = JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8'));
    const native = nativeOf(platform);
    const folder = join(stage, 'node_modules', native);
    copy(await nativePackage(native, version), folder);
    for (const name of readdirSync(folder))
      if (needless(target)?.test(name)) rmSync(join(folder, name), { recursive: true });
    dependencies[name] = version;
  }
  const { scripts, workspaces, devDependencies, overrides, ...manifest } = JSON.parse(
    readFileSync(inRoot('package.json'), 'utf8'),
  );
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`);
  return manifest;
}

/** Folder of a package for a platform: installed here, or fetched once. */
async function nativePackage(name, version) {
  const here = inRoot('node_modules', name);
  if (existsSync(here)) return here;
  const folder = await makeOnce(
    join(toolsFolder(), `${name.replace(/[@/]+/g, '-').slice(1)}-${version}`),
    `${name} ${version}`,
    (partial) => {
      writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
      npm(
        [
          'install',
          '--force',
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          '--loglevel=error',
          `${name}@${version}`,
        ],
        { cwd: partial },
      );
    },
  );
  return join(folder, 'node_modules', name);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/** Makes what is named; returns 1 when something is larger than it may be. */
async function packageAll(names) {
  const outDir = inRoot('packages');
  mkdirSync(outDir, { recursive: true });
  let exitCode = 0;
  for (const name of names) {
    const file =
      name === 'npm' ? packageLibrary({ outDir }) : await packageExtension({ target: name, outDir });
    const { size } = statSync(file);
    const budget = packageBudget(name);
    const isLarge = budget !== undefined && size > budget;
    if (isLarge) exitCode = 1;
    say(`packaged ${file}: ${size} bytes${isLarge ? `, above its budget of ${budget}` : ''}`);
  }
  return exitCode;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const { values } = parseArgs({ options: { target: { type: 'string', multiple: true } } });
    ensureInstalled();
    await build();
    return packageAll(values.target ?? [...targets, 'npm']);
  });
}
