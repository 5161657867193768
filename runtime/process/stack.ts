/** Call sites: which of the user's modules called the library. */
import { findSourceMap } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface StackFrame {
  /** `file:` URL of an ES module, path of a CommonJS one. */
  readonly url: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Folder of the library: one folder of bundles, or the root of the source tree. */
export const library: string = (() => {
  const here = dirname(fileURLToPath(import.meta.url));
  return import.meta.url.endsWith('.ts') ? dirname(here) : here;
})();

/** Frames of the user's modules, nearest first; those of the library and of Node are left out. */
export function userFrames(below: CallableFunction | NewableFunction): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const site of callSites(below)) {
    const url = site.getFileName();
    if (url === null || url === undefined || !/^(file:|\/|[A-Za-z]:[\\/])/.test(url)) continue;
    const file = url.startsWith('file:') ? fileOf(url) : url;
    if (dirname(file).startsWith(library)) continue;
    frames.push({ url, file, line: sourceLine(url, site.getLineNumber() ?? 0, site.getColumnNumber() ?? 1) });
  }
  return frames;
}

/** Line in the file as the user wrote it, for a place in what runs; both from 1. */
export function sourceLine(url: string, line: number, column: number): number {
  const entry = findSourceMap(url)?.findEntry(line - 1, column - 1);
  return entry !== undefined && 'originalLine' in entry ? entry.originalLine + 1 : line;
}

function fileOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

function callSites(below: CallableFunction | NewableFunction): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 30;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, below);
    return Array.isArray(holder.stack) ? (holder.stack as NodeJS.CallSite[]) : [];
  } finally {
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** URL of a module by which children import it. */
export const moduleUrl = (file: string): string =>
  file.startsWith('file:') ? file : pathToFileURL(file).href;
