import type { Diagnostic } from '../../analysis/analyse.ts';
import { Workspace } from '../../analysis/workspace.ts';
import { environmentHash } from './environment.ts';
import { type LintReply, type LintRequest, type LintStats, NO_FIXES } from './protocol.ts';
import { type CacheContent, type FileResult, readCache } from './result-cache.ts';
import { isWanted } from './targets.ts';

/** What can be said without the compiler. */
export interface Known {
  readonly workspace: Workspace;
  readonly environment: string;
  readonly cache: CacheContent | undefined;
  /** Concerned files among those that are wanted, in order. */
  readonly files: readonly string[];
  readonly keys: ReadonlyMap<string, string>;
  /** Results of the cache that still hold. */
  readonly results: ReadonlyMap<string, FileResult>;
}

/** Reads the workspace and what is kept of it. */
export function lookUp(request: LintRequest, workspace: Workspace = workspaceOf(request)): Known {
  const files = [...workspace.concerned].filter((file) => isWanted(file, request.wanted)).sort();
  if (request.cacheFile === null)
    return { workspace, environment: '', cache: undefined, files, keys: new Map(), results: new Map() };
  const environment = environmentHash(workspace, request.projects, request.edition);
  const cache = files.length === 0 ? undefined : readCache(request.cacheFile, environment);
  const keys = workspace.dependencyKeys();
  const results = new Map<string, FileResult>();
  for (const file of files) {
    const result = cache?.files[file];
    if (result !== undefined && result.key === keys.get(file)) results.set(file, result);
  }
  return { workspace, environment, cache, files, keys, results };
}

const workspaceOf = ({ projects, wanted }: LintRequest): Workspace => new Workspace([...projects, ...wanted]);

/** The answer where it takes no analysis: everything is in the cache, or nothing concerns the package. */
export function replyFromCache(request: LintRequest): LintReply | undefined {
  const { workspace, cache, files, results } = lookUp(request);
  if (results.size < files.length) return undefined;
  if (files.length === 0 && Object.keys(request.rules).length > 0) return undefined; // Their names are to be checked.
  const diagnostics = files.flatMap((file) => results.get(file)?.diagnostics ?? []);
  if (request.fix && diagnostics.some((one) => one.fixable)) return undefined;
  return {
    diagnostics,
    rules: cache?.rules ?? [],
    fixes: NO_FIXES,
    stats: {
      files: workspace.size,
      concerned: workspace.concerned.size,
      analysed: 0,
      unknown: files.reduce((sum, file) => sum + (results.get(file)?.unknown ?? 0), 0),
      ...cost(),
      truncated: workspace.truncated,
    },
    failures: [],
  };
}

/** What this process has used so far: CPU time in ms, memory in bytes. */
export function cost(): Pick<LintStats, 'cpu' | 'memory'> {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpu: Math.round((userCPUTime + systemCPUTime) / 1000), memory: maxRSS * 1024 };
}

/** Order of a report. */
export const inOrder = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  [...diagnostics].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
