import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Job } from '../../protocol/job-file.ts';
import type { RunRequest } from '../commands/run-request.ts';
import { errors } from '../errors.ts';
import type { RunOutcome } from '../runs/job-process.ts';
import { type Offer, offer, tellError } from '../user-messages.ts';
import { type FolderJobs, readAllJobs, showProblem } from './job-files.ts';

export interface RunJobOptions {
  readonly log: vscode.LogOutputChannel;
  /** *Run in Parallel* without questions. */
  readonly run: (request: RunRequest) => Promise<RunOutcome | undefined>;
}

interface JobItem extends vscode.QuickPickItem {
  readonly found: Found;
}

interface Found {
  readonly name: string;
  readonly job: Job;
  readonly of: FolderJobs;
}

/**
 * *Run Job*: runs the job `argument`, or the one that is picked.
 * @throws {EditorError} instead of telling, when a name was given: then a program asks
 */
export async function runJob(argument: unknown, options: RunJobOptions): Promise<RunOutcome | undefined> {
  const { log, run } = options;
  const name = typeof argument === 'string' ? argument : undefined;
  try {
    if (!vscode.workspace.isTrusted) throw errors.untrusted();
    const files = await readAllJobs();
    const broken = files.find(({ problems }) => problems.length > 0);
    const all = files.flatMap((of) => [...of.jobs].map(([each, job]): Found => ({ name: each, job, of })));
    const found = name === undefined ? await choose(all, broken, log) : named(name, all, broken);
    return found === undefined ? undefined : await run(toRequest(found));
  } catch (error) {
    if (name !== undefined) throw error;
    tellError(error, log);
    return undefined;
  }
}

/** @throws {EditorError} when there is no such job */
function named(name: string, all: readonly Found[], broken: FolderJobs | undefined): Found {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  const [problem] = broken?.problems ?? [];
  if (problem !== undefined) throw errors.badJobFile(problem.message);
  throw errors.noJob(
    name,
    all.map((each) => each.name),
  );
}

async function choose(
  all: readonly Found[],
  broken: FolderJobs | undefined,
  log: vscode.LogOutputChannel,
): Promise<Found | undefined> {
  if (broken !== undefined) tellProblem(broken, log);
  else if (all.length === 0) throw errors.noJobs();
  return all.length === 0 ? undefined : pick(all);
}

/** The mistake with the way to it; jobs without one can be run. */
function tellProblem({ uri, problems: [first] }: FolderJobs, log: vscode.LogOutputChannel): void {
  if (first === undefined) return;
  const show: Offer = { label: 'Show', apply: () => showProblem(uri, first) };
  const text = `${vscode.workspace.asRelativePath(uri)}:${first.line}: ${first.message}`;
  offer(vscode.window.showErrorMessage(text, show.label), [show], log);
}

async function pick(all: readonly Found[]): Promise<Found | undefined> {
  const many = new Set(all.map(({ of }) => of.folder)).size > 1;
  const items = all.map((found): JobItem => {
    const { name, job, of } = found;
    const what = `${job.function} over ${job.data}`;
    return {
      label: `$(run-all) ${name}`,
      description: many ? `${of.folder.name} · ${what}` : what,
      ...(job.description !== undefined && { detail: job.description }),
      found,
    };
  });
  const options = { title: 'Run Job', placeHolder: 'Job of .vscode/manycore.json', matchOnDescription: true };
  return (await vscode.window.showQuickPick(items, options))?.found;
}

function toRequest({ name, job, of }: Found): RunRequest {
  const { function: target, description: _, ...rest } = job;
  if (rest.data === '-') throw errors.jobFromInput(name);
  const cwd = of.folder.uri.fsPath;
  const hash = target.lastIndexOf('#');
  const file = path.resolve(cwd, hash === -1 ? target : target.slice(0, hash));
  return {
    ...rest,
    cwd,
    file,
    ...(hash !== -1 && { export: target.slice(hash + 1) }),
    ifRunning: 'ask',
  };
}
