import { createHash, hash } from 'node:crypto';

/** Characters of a key: 96 bits, so that a chance collision among 10^9 items has a probability of about 10^-11. */
const KEY_LENGTH = 16;

/** What identifies the work done on an item: the function with its fixed arguments, and the item as text. */
export function itemKey(functionHash: string, itemText: string): string {
  return hash('sha256', functionHash + itemText, 'base64url').slice(0, KEY_LENGTH);
}

/** Hash of the code that runs and of what is fixed about its calls. `code` is the text of the module or bundle. */
export function functionHash(code: string, exportName: string, calls: string): string {
  const parts = JSON.stringify([code, exportName, calls]);
  return createHash('sha256').update(parts).digest('base64url').slice(0, KEY_LENGTH);
}
