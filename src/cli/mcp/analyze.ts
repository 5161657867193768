import { docsPage } from '../../analysis/docs.ts';
import { plainDiagnostic } from '../../analysis/plain.ts';
import { type AnalyzeInput, analyzeNotes } from '../../protocol/tools.ts';
import { analyzeText } from '../../report/tool-text.ts';
import type { LintRequest } from '../lint/protocol.ts';
import { askHost } from '../lint/start-host.ts';
import { findTargets } from '../lint/targets.ts';
import { insideOf } from './inside.ts';

/** What is wrong with a file, or with a function as if it ran in workers. Nothing is run, and nothing is written. */
export async function analyze(input: AnalyzeInput, cwd: string, signal: AbortSignal): Promise<string> {
  const file = insideOf(cwd, input.file);
  const request: LintRequest = {
    ...(await findTargets([file], cwd)),
    ...{ rules: {}, fix: false, cacheFile: null, edition: '' },
    ...(input.function !== undefined && { started: { file, exportName: input.function } }),
  };
  const reply = await askHost(request, signal);
  const isUnconcerned = input.function === undefined && reply.stats.analysed === 0;
  return analyzeText({
    diagnostics: reply.diagnostics.map((one) => ({ ...plainDiagnostic(one, cwd), docs: docsPage(one.rule) })),
    notes: [...(isUnconcerned ? [analyzeNotes.unconcerned] : []), ...reply.failures],
  });
}
