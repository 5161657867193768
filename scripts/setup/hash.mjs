/** Stamps by content: what was done is done again only when what it was made from has changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const hashText = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Hash of a file's bytes; null when there is no such file. */
export const hashFile = (file) => (existsSync(file) ? hashText(readFileSync(file)) : null);

/** The stored object, or null when there is none or it cannot be read (then the work is simply done again). */
export function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

export function writeStamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
}
