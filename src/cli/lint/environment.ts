import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Workspace } from '../../analysis/workspace.ts';

const SETTINGS = ['tsconfig.json', 'jsconfig.json', 'package.json'];
const LOCKS = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'];
/** Package managers write these at every installation. */
const INSTALLED = ['.package-lock.json', '.modules.yaml', '.yarn-state.yml'];

/**
 * One hash over everything but the sources that decides what the analysis finds: the analysis itself, configurations and
 * manifests in and above the workspace, declarations, and what is installed.
 */
export function environmentHash(workspace: Workspace, projects: readonly string[], edition: string): string {
  const hash = createHash('sha1').update(edition);
  for (const file of new Set([...[...workspace.settings].sort(), ...projects.flatMap(settingsAbove)])) {
    const content = readIfThere(file);
    if (content !== undefined) hash.update(`\0${file}\0`).update(content);
  }
  for (const file of new Set(projects.flatMap(installationsAbove)))
    hash.update(`\0${file}\0${stampOf(file)}`);
  return hash.digest('base64url');
}

/** Size and time of the last change of a file, or that it is not there. */
export function stampOf(file: string): string {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    return found === undefined ? 'none' : `${found.size} ${found.mtimeMs}`;
  } catch {
    return 'none'; // A folder above it is none.
  }
}

const settingsAbove = (root: string): string[] =>
  foldersAbove(root).flatMap((folder) => [...SETTINGS, ...LOCKS].map((name) => path.join(folder, name)));

const installationsAbove = (root: string): string[] =>
  foldersAbove(root).flatMap((folder) => INSTALLED.map((name) => path.join(folder, 'node_modules', name)));

function foldersAbove(start: string): string[] {
  const folders = [start];
  for (let at = start; path.dirname(at) !== at; at = path.dirname(at)) folders.push(path.dirname(at));
  return folders;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // Not there, or a folder of that name.
  }
}
