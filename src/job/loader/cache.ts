import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bundles that are kept; those of living processes besides. */
const MAX_BUNDLES = 30;
/** Files that V8's compile cache may have before it is begun anew. */
const MAX_COMPILED = 5000;

let holds = 0;

/** A bundle on disk, which is not deleted while it is held. */
export interface StoredBundle {
  readonly file: string;
  release(): void;
}

/** Where the user's own cache lies, by the custom of the system. */
export function cachePath(env: NodeJS.ProcessEnv = process.env): string {
  const custom: Record<string, string | undefined> = {
    darwin: join(homedir(), 'Library', 'Caches'),
    win32: env['LOCALAPPDATA'],
  };
  return join(custom[process.platform] ?? env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'manycore');
}

/** The cache folder, made; where the user has no writable home, one below the temporary folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const shared = join(tmpdir(), `manycore-${process.getuid?.() ?? 'cache'}`);
  return [cachePath(env), shared].find(makePrivate) ?? mkdtempSync(`${shared}-`);
}

/** Code is executed from here: nobody else may have made the folder or write into it. */
function makePrivate(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    const { uid, mode } = statSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

/** Writes a bundle under the hash of its content, or finds it there; then deletes the oldest ones that nobody holds. */
export function storeBundle(
  cache: string,
  name: string,
  { code, map }: { code: string; map: string },
): StoredBundle {
  const bundles = join(cache, 'bundles');
  const file = `${name}.mjs`;
  const hash = createHash('sha256').update(name).update(code).update(map).digest('hex').slice(0, 32);
  const folder = join(bundles, hash);
  mkdirSync(bundles, { recursive: true, mode: 0o700 });
  if (!exists(join(folder, file))) {
    const partial = mkdtempSync(join(bundles, '.new-'));
    writeFileSync(join(partial, file), `${code}//# sourceMappingURL=${encodeURIComponent(file)}.map\n`);
    writeFileSync(join(partial, `${file}.map`), map);
    try {
      renameSync(partial, folder);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      // Another run has just written the same bytes.
      if (!exists(join(folder, file))) throw error;
    }
  }
  const mark = join(folder, `held-by-${process.pid}-${holds++}`);
  writeFileSync(mark, '');
  utimesSync(folder, new Date(), new Date());
  prune(bundles, folder);
  return { file: join(folder, file), release: () => rmSync(mark, { force: true }) };
}

/** Folder for V8's compile cache; emptied when it has grown too large. */
export function compileCache(cache: string): string {
  const folder = join(cache, 'compiled');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const version of readdirSync(folder)) {
    const path = join(folder, version);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() && readdirSync(path).length > MAX_COMPILED) {
      rmSync(path, { recursive: true, force: true });
    }
  }
  return folder;
}

function prune(bundles: string, current: string): void {
  const byAge = readdirSync(bundles)
    .map((name) => join(bundles, name))
    .map((path) => ({ path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of byAge.slice(MAX_BUNDLES)) {
    if (path !== current && !isHeld(path)) rmSync(path, { recursive: true, force: true });
  }
}

function isHeld(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => {
      const pid = /^held-by-(\d+)-/.exec(name)?.[1];
      return pid !== undefined && isAlive(Number(pid));
    });
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
