import { existsSync, statSync } from 'node:fs';
import packageJson from '../../runtime/package.json' with { type: 'json' };
import type { Diagnostic, RuleInfo } from '../analysis/analyse.ts';
import { shownPath } from '../analysis/plain.ts';
import { type RuleSettings, withSeverities } from '../analysis/severity.ts';
import { JobError, toFailure } from '../job/errors.ts';
import { failureLines } from './display.ts';
import type { Format } from './lint/formats/format.ts';
import { github } from './lint/formats/github.ts';
import { json } from './lint/formats/json.ts';
import { pretty } from './lint/formats/pretty.ts';
import { sarif } from './lint/formats/sarif.ts';
import { replyFromCache } from './lint/known.ts';
import type { LintReply, LintRequest } from './lint/protocol.ts';
import { cacheFileFor } from './lint/result-cache.ts';
import { askHost, hostFile } from './lint/start-host.ts';
import { findTargets } from './lint/targets.ts';
import type { LintOptions } from './lint-options.ts';
import { paintFor } from './paint.ts';

export const FORMATS: Readonly<Record<LintOptions['format'], Format>> = { pretty, json, sarif, github };

const FINDINGS = 1;
const NO_ANALYSIS = 3;

/** `manycore lint [PATH...]`: reports what would fail or go wrong in processes. Gives the exit code. */
export async function lintCommand(paths: readonly string[], options: LintOptions): Promise<number> {
  try {
    return await lint(paths, options);
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}

async function lint(paths: readonly string[], options: LintOptions): Promise<number> {
  const start = performance.now();
  const cwd = process.cwd();
  const settings = Object.fromEntries(options.rule);
  const targets = await findTargets(paths, cwd);
  const request: LintRequest = {
    ...targets,
    rules: settings,
    fix: options.fix ?? false,
    cacheFile: options.cache ? cacheFileFor(targets.projects) : null,
    edition: edition(),
  };
  const reply = await answer(request, options);
  checkRuleNames(settings, reply.rules);
  const hidesHint = ({ rule }: Diagnostic): boolean =>
    options.hints === undefined ? isCi(process.env) && settings[rule] !== 'hint' : !options.hints;
  const diagnostics = withSeverities(reply.diagnostics, settings).filter(
    (one) => one.severity !== 'hint' || !hidesHint(one),
  );
  tell(reply, cwd);
  const { rules } = reply;
  const stats = { ...reply.stats, milliseconds: Math.round(performance.now() - start) };
  const paint = paintFor(process.stdout);
  const showStats = options.stats ?? false;
  const { version } = packageJson;
  process.stdout.write(
    FORMATS[options.format]({ diagnostics, rules, stats, showStats, cwd, version, paint }),
  );
  return exitCode(diagnostics, options.maxWarnings, reply.failures);
}

async function answer(request: LintRequest, { format }: LintOptions): Promise<LintReply> {
  const stop = new AbortController();
  // Without a cache the analysis is needed but where nothing concerns the package: it starts while that is looked up.
  const asked = hasCache(request) ? undefined : askHost(request, stop.signal);
  asked?.catch(() => undefined); // Told below, where it is waited for.
  const known = replyFromCache(request);
  // A SARIF log lists the rules also where nothing was found.
  const isEnough = known !== undefined && (format !== 'sarif' || known.rules.length > 0);
  if (!isEnough) return asked ?? askHost(request);
  stop.abort();
  return known;
}

const hasCache = ({ cacheFile }: LintRequest): boolean => cacheFile !== null && existsSync(cacheFile);

/** The version, and the very build: another one may find something else. */
function edition(): string {
  const { size, mtimeMs } = statSync(hostFile());
  return `${packageJson.version} ${size} ${mtimeMs}`;
}

function checkRuleNames(settings: RuleSettings, rules: readonly RuleInfo[]): void {
  const known = new Set(rules.map(({ name }) => name));
  const unknown = Object.keys(settings).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new JobError('ERR_MANYCORE_USAGE', `--rule ${unknown[0]}: there is no such rule.`, {
    hint: `Known are ${[...known].join(', ')}.`,
  });
}

/** What was done and what went wrong besides: for people, so not into a report that a program reads. */
function tell({ fixes, failures }: LintReply, cwd: string): void {
  for (const { file, title } of fixes.made) process.stderr.write(`fixed ${shownPath(file, cwd)}: ${title}\n`);
  for (const { file, reason } of fixes.left)
    process.stderr.write(`not written ${shownPath(file, cwd)}: ${reason}\n`);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
}

function exitCode(
  diagnostics: readonly Diagnostic[],
  maxWarnings: number,
  failures: readonly string[],
): number {
  const count = (severity: Diagnostic['severity']): number =>
    diagnostics.filter((one) => one.severity === severity).length;
  if (count('error') > 0 || count('warning') > maxWarnings) return FINDINGS;
  return failures.length > 0 ? NO_ANALYSIS : 0;
}

const isCi = ({ CI: ci }: NodeJS.ProcessEnv): boolean => ci !== undefined && ci !== '' && ci !== 'false';
