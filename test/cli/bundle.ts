import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles the command and the processes that it starts into one folder, as the package has them, and gives the folder:
 * no loader of the tests stands between Node and what is run then. The caller removes it.
 */
export async function bundleCommand(): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  // Below the repository, so that the packages that stay outside of the bundles are found.
  const folder = mkdtempSync(join(cache, 'command-'));
  const entries = { cli: 'src/cli/main.ts', task: 'src/job/task.ts', child: 'runtime/process/child.ts' };
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(entries).map(([out, entry]) => ({ in: entry, out })),
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    keepNames: true,
    sourcemap: 'linked',
    external: ['esbuild'],
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  });
  return folder;
}
