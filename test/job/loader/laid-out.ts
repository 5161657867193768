import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const FIXTURES = fileURLToPath(new URL('../../fixtures/loader/', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** What `probe.mjs` says of one module. */
export interface Probed {
  readonly kind?: 'native' | 'bundle';
  readonly reason?: string;
  readonly url?: string;
  readonly line?: number | null;
  readonly value?: unknown;
  readonly stderr?: string;
  readonly thrown?: { readonly name: string; readonly message: string; readonly stack: string };
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly exitCode: number;
    readonly at?: { readonly file: string; readonly line: number; readonly column: number };
  };
}

/** The fixtures as projects outside of this repository; `installed` becomes `node_modules`, which git would ignore. */
export class LaidOut implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'manycore-loader-')));
  readonly #loader = join(REPOSITORY, 'node_modules', '.cache', `manycore-loader-${process.pid}.mjs`);

  constructor() {
    for (const { name } of readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )) {
      cpSync(join(FIXTURES, name), this.path(name), { recursive: true });
      const installed = this.path(name, 'installed');
      if (readdirSync(this.path(name)).includes('installed'))
        renameSync(installed, this.path(name, 'node_modules'));
    }
    const links = JSON.parse(readFileSync(this.path('workspace', 'links.json'), 'utf8')) as Record<
      string,
      string
    >;
    for (const [link, target] of Object.entries(links)) {
      this.link(
        this.path('workspace', link),
        this.path('workspace', target.replace(/^installed/, 'node_modules')),
      );
    }
    this.link(this.path('add-on', 'node_modules', '@swc'), join(REPOSITORY, 'node_modules', '@swc'));
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  link(link: string, target: string): void {
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link, 'junction');
  }

  /** Plans and loads each module by the loader's real code under that Node. */
  async probe(
    node: string,
    requests: readonly { file: string; call: string; loader?: string }[],
  ): Promise<Probed[]> {
    await this.#bundleLoader();
    const script = join(FIXTURES, 'probe.mjs');
    const { NODE_OPTIONS: _, ...env } = process.env;
    const output = await new Promise<string>((resolve, reject) => {
      const args = [script, pathToFileURL(this.#loader).href, this.path('.cache')];
      const child = execFile(node, args, { env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stderr}`)),
      );
      child.stdin?.end(JSON.stringify(requests));
    });
    return JSON.parse(output) as Probed[];
  }

  /** One file, so that a Node without type stripping runs it; in this repository, so that it finds esbuild. */
  async #bundleLoader(): Promise<void> {
    await build({
      entryPoints: [join(REPOSITORY, 'src/job/loader/loader.ts')],
      outfile: this.#loader,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      logLevel: 'silent',
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.#loader, { force: true });
  }
}

/** Node 24 as the set-up keeps it; null where it cannot be had. */
export async function findNode24(): Promise<string | null> {
  const own = process.env['MANYCORE_NODE24'];
  if (own !== undefined) return own;
  const setup = pathToFileURL(join(REPOSITORY, 'scripts/tools/node24.mjs')).href;
  try {
    const { ensureNode24 } = (await import(setup)) as { ensureNode24: () => Promise<string> };
    return await ensureNode24();
  } catch {
    return null;
  }
}
