/**
 * The runtime and its tests as JavaScript. They start thousands of processes, each of which would otherwise spend 0.3 s of a CPU on
 * loading what compiles TypeScript.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inRoot, root } from './setup/paths.mjs';

/** Runs `body` with a folder in which every module is where its neighbours look for it, as it is in the repository. */
export async function withCompiled(body) {
  // Outside node_modules, whose modules are taken for libraries: the runtime leaves their frames out of errors.
  const parent = inRoot('dist-test');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(`${parent}/runtime-`);
  try {
    await compile(folder);
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sources = '{runtime,test/runtime,test/fixtures/runtime}';

async function compile(folder) {
  // Not before they are installed.
  const { build } = await import('esbuild');
  const { globSync } = await import('tinyglobby');
  const { outputFiles } = await build({
    entryPoints: globSync(
      [`${sources}/**/*.ts`, 'test/leftovers-by-file.ts', '!runtime/dist', '!**/node_modules', '!**/*.d.ts'],
      { cwd: root },
    ),
    absWorkingDir: root,
    outbase: root,
    // Where the maps say that the sources are: in the folder, beside what is made of them.
    outdir: root,
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    write: false,
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) write(path.replace(root, folder), text);
  const others = globSync([`${sources}/**/*.{d.ts,mjs,cjs}`, '!runtime/dist', '!**/node_modules'], {
    cwd: root,
  });
  for (const file of others) write(`${folder}/${file}`, readFileSync(inRoot(file), 'utf8'));
  writeFileSync(`${folder}/package.json`, '{ "type": "module" }');
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.replace(/(["'])(\.{1,2}\/[^"'\n]*)(?<!\.d)\.ts\1/g, '$1$2.js$1'));
}
