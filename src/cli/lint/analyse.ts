import { Analyser, type Diagnostic } from '../../analysis/analyse.ts';
import { withSeverities } from '../../analysis/severity.ts';
import type { Started } from '../../analysis/started.ts';
import { analyzeNotes } from '../../protocol/tools.ts';
import { stampOf } from './environment.ts';
import { fixAll } from './fix-all.ts';
import { cost, inOrder, type Known, lookUp } from './known.ts';
import { type LintReply, type LintRequest, NO_FIXES } from './protocol.ts';
import { type FileResult, writeCache } from './result-cache.ts';

/** The whole answer. What the cache has is not computed again; what was computed is kept in it. */
export async function analyse(request: LintRequest): Promise<LintReply> {
  const failures = new Map<string, string>();
  const before = lookUp(request);
  const analyser = new Analyser({
    roots: request.projects,
    workspace: before.workspace,
    isFinal: !request.fix,
    onFailure: (rule, file, error) => failures.set(file, failureText(rule, file, error)),
  });
  if (request.started !== undefined) return preflight(request.started, analyser, before, failures);
  const first = await complete(analyser, before);
  const fixable = withSeverities(first.diagnostics, request.rules).some((one) => one.fixable);
  const diagnoseAll = async (): Promise<readonly Diagnostic[]> => {
    const found = [];
    for (const file of before.files) found.push(...(await analyser.diagnose(file)));
    return withSeverities(found, request.rules);
  };
  const fixes = request.fix && fixable ? await fixAll(analyser, diagnoseAll) : NO_FIXES;
  const known = fixes === NO_FIXES ? before : lookUp(request, before.workspace);
  const last = fixes === NO_FIXES ? first : await complete(analyser, known);
  const rules = await analyser.rules();
  keep(request, known, last.results, failures, rules, analyser);
  return {
    diagnostics: inOrder(last.diagnostics),
    rules,
    fixes,
    stats: {
      files: known.workspace.size,
      concerned: known.workspace.concerned.size,
      analysed: first.analysed,
      unknown: [...last.results.values()].reduce((sum, { unknown }) => sum + unknown, 0),
      ...cost(),
      truncated: known.workspace.truncated,
    },
    failures: [...failures.values()],
  };
}

/** The answer about one function. What could not be judged is among the failures. */
async function preflight(
  started: Started,
  analyser: Analyser,
  { workspace: { size, concerned, truncated } }: Known,
  failures: Map<string, string>,
): Promise<LintReply> {
  const diagnostics = inOrder(await analyser.preflight(started));
  const rules = await analyser.rules();
  if (!(await analyser.hasFunction(started)))
    failures.set(started.file, analyzeNotes.noFunction(started.exportName));
  const stats = { files: size, concerned: concerned.size, analysed: 1, unknown: 0, ...cost(), truncated };
  return { diagnostics, rules, fixes: NO_FIXES, stats, failures: [...failures.values()] };
}

interface Complete {
  readonly results: ReadonlyMap<string, FileResult>;
  readonly diagnostics: readonly Diagnostic[];
  readonly analysed: number;
}

/** Results of all wanted files: known ones, and those of the rest. */
async function complete(analyser: Analyser, known: Known): Promise<Complete> {
  const results = new Map(known.results);
  const stale = known.files.filter((file) => !results.has(file));
  for (const file of stale) {
    const diagnostics = await analyser.diagnose(file);
    results.set(file, { key: known.keys.get(file) ?? '', diagnostics, unknown: 0 });
  }
  // What other files ask about a file counts too: only now all of it is known.
  const unknown = analyser.unknownValues();
  for (const file of stale) {
    const result = results.get(file);
    if (result) results.set(file, { ...result, unknown: unknown.get(file) ?? 0 });
  }
  const diagnostics = [...results.values()].flatMap((result) => result.diagnostics);
  return { results, diagnostics, analysed: stale.length };
}

function keep(
  { cacheFile }: LintRequest,
  { environment, cache, workspace, keys }: Known,
  results: ReadonlyMap<string, FileResult>,
  failures: ReadonlyMap<string, string>,
  rules: LintReply['rules'],
  analyser: Analyser,
): void {
  if (cacheFile === null) return;
  const files: Record<string, FileResult> = {};
  // Of files that were not asked for this time, what is known still holds.
  for (const file of workspace.concerned) {
    const result = results.get(file) ?? cache?.files[file];
    if (result !== undefined && result.key === keys.get(file) && !failures.has(file)) files[file] = result;
  }
  const stamps = analyser.foreignFiles().map((file) => [file, stampOf(file)]);
  const foreign = { ...cache?.foreign, ...Object.fromEntries(stamps) };
  writeCache(cacheFile, { environment, rules, foreign, files });
}

const failureText = (rule: string, file: string, error: unknown): string =>
  `The rule ${rule} failed on ${file}: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
