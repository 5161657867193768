import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { keep, userCache } from './user-cache.ts';

/** Code caches kept at the same time: of several versions of Node and of this package. The oldest ones go. */
const MAX_CACHES = 6;
const NAME = /^code-[\w-]+\.bin$/;
const DIGEST_SIZE = 20;

/** A program that was compiled without a cache, and where its code goes. */
let uncached: { readonly script: Script; readonly file: string } | undefined;

/**
 * Loads a bundle that is written as one function with the parameters of a CommonJS module, and takes its machine-independent
 * code from where `keepCode` left it: to compile a program of 7 MB takes a tenth of the time of a whole analysis. The cache is
 * in the folder of the user and never in a workspace, for V8 trusts what it reads. A cache of another bundle, engine or flags
 * has another name.
 */
export function loadCached(program: string): unknown {
  const content = readFileSync(program);
  const source = content.toString(isAscii(content) ? 'latin1' : 'utf8'); // The former is faster.
  const name = createHash('sha1').update(content).update(`${cachedDataVersionTag()} ${process.version}`);
  const file = path.join(userCache(), `code-${name.digest('base64url')}.bin`);
  const cachedData = readCode(file);
  const script = new Script(source, { filename: program, ...(cachedData && { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected) uncached = { script, file };
  const loaded = { exports: {} };
  script
    .runInThisContext()
    .call(loaded.exports, loaded.exports, createRequire(program), loaded, program, path.dirname(program));
  return loaded.exports;
}

/** Keeps the code of what was loaded and used so far for the next process, where it is not kept yet. */
export function keepCode(): void {
  if (uncached === undefined) return;
  const { script, file } = uncached;
  uncached = undefined;
  const code = script.createCachedData();
  keep(file, Buffer.concat([digestOf(code), code]), NAME, MAX_CACHES);
}

/** The code in a file; undefined where there is none, or it is damaged: V8 itself would not notice. */
function readCode(file: string): Buffer | undefined {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch {
    return undefined; // None yet.
  }
  const code = content.subarray(DIGEST_SIZE);
  return digestOf(code).equals(content.subarray(0, DIGEST_SIZE)) ? code : undefined;
}

const digestOf = (code: Buffer): Buffer => createHash('sha1').update(code).digest();
