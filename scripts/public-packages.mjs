/**
 * `npm run public-packages [-- NAME...]`: the analysis on packages of the npm registry that do not use this one. They are
 * installed into a temporary folder, nothing of them is run. Prints files, diagnostics, time and memory for each, and ends
 * with 1 when anything is reported.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot } from './setup/paths.mjs';
import { main, SetupError } from './setup/say.mjs';

const PACKAGES = ['typeorm', 'prettier', 'rxjs', 'zod', 'undici'];
const MEGABYTE = 1024 * 1024;

await main(async () => {
  ensureInstalled();
  await build({ quiet: true });
  const given = process.argv.slice(2);
  const names = given.length > 0 ? given : PACKAGES;
  const folder = mkdtempSync(join(tmpdir(), 'manycore-packages-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const install = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--legacy-peer-deps',
      ...names,
    ];
    execFileSync('npm', install, { cwd: folder, stdio: 'pipe', shell: process.platform === 'win32' });
    const reported = names.map((name) => analyse(name, join(folder, 'node_modules', name)));
    return reported.every((count) => count === 0) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Prints a line about one package and gives the number of diagnostics. */
function analyse(name, folder) {
  const args = [
    inRoot('runtime/dist/cli.js'),
    'lint',
    '--format',
    'json',
    '--stats',
    '--hints',
    '--no-cache',
    folder,
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 64 * MEGABYTE,
  });
  if (stdout === '') throw new SetupError(`${name}: ${stderr}`);
  const { diagnostics, stats } = JSON.parse(stdout);
  const memory = Math.round(stats.memory / MEGABYTE);
  console.log(
    `${name.padEnd(12)} ${String(stats.files).padStart(5)} files, ${stats.concerned} concerned, ${diagnostics.length} diagnostics, ${stats.milliseconds} ms, ${memory} MB`,
  );
  for (const { file, line, rule, message } of diagnostics)
    console.log(`  ${file}:${line} ${rule}: ${message}`);
  return diagnostics.length;
}
