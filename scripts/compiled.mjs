/** The runtime and its tests as JavaScript, for programs that start many processes: each starts several times as fast as from TypeScript. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inRoot, root } from './setup/paths.mjs';

/** Runs `body` with a folder in which every module is where its neighbours look for it, as it is in the repository. */
export async function withCompiled(body) {
  const parent = inRoot('node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(`${parent}/manycore-compiled-`);
  try {
    await compile(folder);
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compile(folder) {
  // Not before they are installed.
  const { build } = await import('esbuild');
  const { globSync } = await import('tinyglobby');
  const { outputFiles } = await build({
    entryPoints: globSync(
      ['{runtime,test/runtime,test/fixtures/runtime}/**/*.ts', '!**/node_modules', '!**/*.d.ts'],
      { cwd: root },
    ),
    absWorkingDir: root,
    outbase: root,
    outdir: folder,
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    write: false,
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replace(/(["'])(\.{1,2}\/[^"'\n]*)\.ts\1/g, '$1$2.js$1'));
  }
  writeFileSync(`${folder}/package.json`, '{ "type": "module" }');
}
