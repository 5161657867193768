import { readFileSync } from 'node:fs';

/** The end of a zip file: where its table of contents is. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3 */
const END = Buffer.from('PK\x05\x06', 'latin1');
const ENTRY_BYTES = 46;

/** Names of the files in a zip file. */
export function zipEntries(file: string): string[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(END);
  const names: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    names.push(bytes.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + name));
    at += ENTRY_BYTES + name + extra + comment;
  }
  return names;
}
