import { readFileSync } from 'node:fs';

/** Version of the package in a folder; null when there is none. */
export function versionIn(folder: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version?: string };
    return version ?? null;
  } catch {
    return null;
  }
}
