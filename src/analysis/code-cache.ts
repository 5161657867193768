import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { discard, userCache } from './user-cache.ts';

/** Code caches kept at the same time: of several versions of Node and of this package. The oldest ones go. */
const MAX_CACHES = 6;
const NAME = /^code-[\w-]+\.bin$/;
const DIGEST_SIZE = 20;

/** A program that was compiled without a cache, and where its code goes. */
let uncached: { readonly script: Script; readonly file: string } | undefined;

/**
 * Loads a CommonJS bundle, and takes its machine-independent code from where `keepCode` left it: to compile a program of 10 MB
 * takes a tenth of the time of a whole analysis. The cache is in the folder of the user and never in a workspace, for V8 trusts
 * what it reads. A cache of another bundle, engine or flags has another name.
 */
export function loadCached(program: string): unknown {
  const content = readFileSync(program);
  const source = content.toString(isAscii(content) ? 'latin1' : 'utf8'); // The former is faster.
  const name = createHash('sha1').update(content).update(`${cachedDataVersionTag()} ${process.version}`);
  const file = path.join(userCache(), `code-${name.digest('base64url')}.bin`);
  const cachedData = readCode(file);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: program,
    ...(cachedData && { cachedData }),
  });
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
  const folder = path.dirname(file);
  const temporary = `${file}.${process.pid}`;
  try {
    const code = script.createCachedData();
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, Buffer.concat([digestOf(code), code]), { mode: 0o600 });
    renameSync(temporary, file); // Another process may be reading the old one.
    dropOldest(folder);
  } catch {
    discard(temporary); // Where nothing can be kept, the next process takes the same time again.
  }
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

function dropOldest(folder: string): void {
  const caches = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, time: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of caches.slice(MAX_CACHES)) rmSync(file, { force: true });
}
