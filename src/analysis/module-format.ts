import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ts } from 'ts-morph';
import type { Model } from './model.ts';

/** What the nearest package.json says about the files under it. */
interface Manifest {
  readonly type?: unknown;
  readonly engines?: { readonly node?: unknown };
}

/** True for a file that runs as an ES module for sure: by its extension, else by its package.json. */
export function isEsModule(model: Model, file: ts.SourceFile): boolean {
  if (/\.m[jt]sx?$/.test(file.fileName)) return true;
  if (/\.c[jt]sx?$/.test(file.fileName)) return false;
  if (file.impliedNodeFormat !== undefined) return file.impliedNodeFormat === ts.ModuleKind.ESNext;
  const { module } = model.program.getCompilerOptions();
  const compilesToCommonJs = /\.tsx?$/.test(file.fileName) && module === ts.ModuleKind.CommonJS;
  return !compilesToCommonJs && manifestOf(model, file)?.type === 'module';
}

/** The range of Node versions that the package of a file is for, or undefined. */
export function nodeRange(model: Model, file: ts.SourceFile): string | undefined {
  const range = manifestOf(model, file)?.engines?.node;
  return typeof range === 'string' ? range : undefined;
}

const manifestOf = (model: Model, file: ts.SourceFile): Manifest | undefined =>
  nearestManifest(path.dirname(file.fileName), model.once(knownManifests, model, new Map()));

/** Manifests by folder; many files lie in the same ones. */
const knownManifests = (_model: Model): Map<string, Manifest | undefined> => new Map();

function nearestManifest(folder: string, known: Map<string, Manifest | undefined>): Manifest | undefined {
  if (known.has(folder)) return known.get(folder);
  const parent = path.dirname(folder);
  const found = readManifest(folder) ?? (parent === folder ? undefined : nearestManifest(parent, known));
  known.set(folder, found);
  return found;
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined; // No manifest here, or one that cannot be read.
  }
}

/** True when a range of versions allows one below `major.minor`. Ranges that are not understood allow none. */
export function allowsBelow(
  range: string,
  versions: readonly (readonly [major: number, minor: number])[],
): boolean {
  return range.split('||').some((part) => {
    const lowest = /(?:>=|\^|~|^|\s)\s*v?(\d+)(?:\.(\d+|x|\*))?/.exec(part.trim());
    if (lowest === null) return /^\s*(\*|<)/.test(part);
    const major = Number(lowest[1]);
    const minor = Number.parseInt(lowest[2] ?? '0', 10) || 0;
    const [oldest] = versions;
    const line = versions.find(([own]) => own === major);
    if (line !== undefined) return minor < line[1];
    return oldest !== undefined && (major < oldest[0] || isBetween(major, versions));
  });
}

/** A release line without the feature although an older one got it. */
const isBetween = (major: number, versions: readonly (readonly [number, number])[]): boolean =>
  versions.every(([own]) => own !== major) && versions.some(([own]) => own > major);
