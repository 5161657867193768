/**
 * The library's declarations: `tsc` writes `runtime/dist/types/**.d.ts`; then the relative imports get the extension that
 * a reader of the package can resolve, and each file a CommonJS twin (`.d.cts`), so that `require('manycore')` has types
 * of its own module kind.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFile, hashText } from './setup/hash.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { SetupError } from './setup/say.mjs';

const outDir = inRoot('runtime', 'dist', 'types');

/**
 * Writes the declarations when a source has changed since `stamps.declarations`, which is brought up to date.
 * @returns {boolean} whether anything was done
 * @throws {SetupError} when the library does not type-check
 */
export function writeDeclarations(stamps) {
  const sources = filesBelow(inRoot('runtime')).filter((file) => /\.ts$|tsconfig\.json$/.test(file));
  const now = hashText(JSON.stringify(sources.map((file) => [file.slice(root.length), hashFile(file)])));
  if (stamps.declarations === now && existsSync(join(outDir, 'index.d.cts'))) return false;
  rmSync(outDir, { recursive: true, force: true });
  // Never incremental: a remembered build would write nothing into the emptied folder.
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', 'runtime/tsconfig.json', '--incremental', 'false', '--tsBuildInfoFile', 'null'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`build: the library's declarations failed:\n${stdout}${stderr}`);
  for (const file of filesBelow(outDir)) writeTwins(file);
  stamps.declarations = now;
  return true;
}

function writeTwins(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, withExtension(text, '.js'));
  writeFileSync(file.replace(/\.d\.ts$/, '.d.cts'), withExtension(text, '.cjs'));
}

/** `from './pool/pool.ts'` and `import("./pool/pool.ts")` with another extension. */
const withExtension = (text, extension) =>
  text.replace(/((?:from|import)\s*\(?\s*)(["'])(\.[^"']+?)\.[jt]s\2/g, `$1$2$3${extension}$2`);

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.name !== 'node_modules' && (entry.name !== 'dist' || folder !== inRoot('runtime')),
    )
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort();
}
