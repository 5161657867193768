/** Where things are. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of this checkout, without a slash at the end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** An absolute path in this checkout. */
export const inRoot = (...parts) => join(root, ...parts);

/**
 * Big tools (a newer Node, a VS Code server) are kept here: outside of every checkout, so that a second clone downloads
 * nothing again. `MANYCORE_TOOLS` names another folder.
 */
export const toolsFolder = () =>
  process.env.MANYCORE_TOOLS ??
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'manycore-tools');
