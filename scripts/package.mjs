/**
 * `npm run package [-- --target PLATFORM]`: the extension as a VSIX, for this platform or another one (`linux-x64`,
 * `darwin-arm64`, `win32-x64`, ...).
 *
 * The repository is an npm workspace with the dependencies of every process, none of which the packager should follow: so
 * the files that `.vscodeignore` allows are put into a folder of their own, with a manifest that names the two packages that
 * are not bundled (esbuild and koffi, each with what it needs natively on the target), and the packager runs there.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** VS Code's name of a platform is Node's, save for these. */
const nodeNames = { 'linux-armhf': 'linux-arm', 'alpine-x64': 'linux-x64', 'alpine-arm64': 'linux-arm64' };

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
    const manifest = await fillStage(stage, nodeNames[target] ?? target);
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

async function fillStage(stage, platform) {
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
  const dependencies = {};
  for (const { name, nativeOf } of natives) {
    const { version } = JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8'));
    const native = nativeOf(platform);
    copy(await nativePackage(native, version), join(stage, 'node_modules', native));
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const { values } = parseArgs({ options: { target: { type: 'string' } } });
    ensureInstalled();
    await build();
    say(`packaged ${await packageExtension(values)}`);
  });
}
