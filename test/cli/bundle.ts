import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Packages in CommonJS that are bundled use these, which a module does not have. */
const REQUIRE_IN_ESM = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __pathOf } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __pathOf(import.meta.url);',
  "const __dirname = __pathOf(new URL('.', import.meta.url));",
].join('\n');

/**
 * Bundles the command and the processes that it starts into one folder, as the package has them, and gives the folder:
 * no loader of the tests stands between Node and what is run then. The caller removes it.
 */
export async function bundleCommand(): Promise<string> {
  return bundleInto('command-', {
    cli: 'src/cli/main.ts',
    task: 'src/job/task.ts',
    'call-task': 'src/engine/pool/call-task.ts',
    child: 'runtime/process/child.ts',
  });
}

/** The same for `manycore lint`: the command and its analysis process. */
export function bundleLint(): Promise<string> {
  return bundleInto('lint-', { cli: 'src/cli/main.ts', lint: 'src/cli/lint/host.ts' });
}

/** The same for `manycore mcp`: the command, the server, and the processes that analyse and run for it. */
export function bundleMcp(): Promise<string> {
  return bundleInto('mcp-', {
    cli: 'src/cli/main.ts',
    mcp: 'src/cli/mcp/serve.ts',
    lint: 'src/cli/lint/host.ts',
    'job-host': 'src/job/host.ts',
    task: 'src/job/task.ts',
    child: 'runtime/process/child.ts',
  });
}

async function bundleInto(prefix: string, entries: Readonly<Record<string, string>>): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  // Below the repository, so that the packages that stay outside of the bundles are found.
  const folder = mkdtempSync(join(cache, prefix));
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
      js: REQUIRE_IN_ESM,
    },
  });
  return folder;
}
