import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of the package in a folder; null when there is none. */
export function versionIn(folder: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version?: string };
    return version ?? null;
  } catch {
    return null;
  }
}

/** Folder and version of an installed package; undefined when it is not there. */
export function installedPackage(
  require: NodeJS.Require,
  name: string,
): { readonly folder: string; readonly version: string } | undefined {
  for (const each of require.resolve.paths(name) ?? []) {
    const folder = join(each, name);
    const version = versionIn(folder);
    if (version !== null) return { folder, version };
  }
  return undefined;
}
