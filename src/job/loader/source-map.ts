import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Takes off the one line that `rewriteForBundle` puts in front of every source, and names sources by absolute URLs.
 * Lines are stored as differences, and every source is longer by the same one line: only the first difference changes.
 */
export function unshiftSourceMap(text: string, folder: string): string {
  const map = JSON.parse(text) as { sources: string[]; sourcesContent?: string[]; mappings: string };
  const sources = map.sources.map((source) => pathToFileURL(resolve(folder, source)).href);
  return JSON.stringify({ ...map, sources, sourcesContent: undefined, mappings: lessOneLine(map.mappings) });
}

function lessOneLine(mappings: string): string {
  // A segment: column, source, line, column of the source, and a name or not.
  const first = /[^;,]+/.exec(mappings);
  if (first === null) return mappings;
  const fields = decode(first[0]);
  const line = fields[2];
  if (line === undefined) return mappings;
  fields[2] = line - 1;
  return mappings.slice(0, first.index) + encode(fields) + mappings.slice(first.index + first[0].length);
}

/** Base64 VLQ: five bits a digit, the lowest first; the sixth says that more follow, the very first bit is the sign. */
function decode(segment: string): number[] {
  const fields: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    fields.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return fields;
}

function encode(fields: readonly number[]): string {
  let out = '';
  for (const field of fields) {
    let rest = field < 0 ? (-field << 1) | 1 : field << 1;
    do {
      const bits = rest & 31;
      rest >>>= 5;
      out += DIGITS[rest > 0 ? bits | 32 : bits];
    } while (rest > 0);
  }
  return out;
}
