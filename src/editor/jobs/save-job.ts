import * as vscode from 'vscode';
import { JOB_FILE, type Job, jobSchema, withJob } from '../../protocol/job-file.ts';
import type { RunConfig } from '../../protocol/run.ts';
import { errors } from '../errors.ts';
import { type FolderJobs, readJobs, showProblem } from './job-files.ts';

/**
 * *Save Run as Job*: writes a run into `.vscode/manycore.json` under a name, and shows it there.
 * @param argument the name, from a program; otherwise it is asked for
 * @throws {EditorError} when the run is of no workspace folder, or the file has a mistake
 */
export async function saveJob(config: RunConfig | null, argument: unknown): Promise<void> {
  if (config === null) throw errors.noRun();
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.fsPath === config.cwd);
  if (folder === undefined) throw errors.noJobFolder(config.function);
  const file = await readJobs(folder);
  const [problem] = file.problems;
  if (problem !== undefined) {
    await showProblem(file.uri, problem);
    throw errors.badJobFile(problem.message);
  }
  const name = typeof argument === 'string' ? argument : await askName(config, file);
  if (name === undefined) return;
  const text = withJob(file.text, name, toJob(config));
  await write(file, text);
  await show(file.uri, text, name);
}

/** What of a run is not as it would be anyway. */
export function toJob(config: RunConfig): Job {
  const keys = Object.keys(jobSchema.properties).filter((key) => key !== 'description');
  const said = keys.flatMap((key) => {
    const value = config[key as keyof RunConfig];
    return value === undefined || value === false || value === USUAL[key] ? [] : [[key, value]];
  });
  return Object.fromEntries(said) as Job;
}

const USUAL: Readonly<Record<string, unknown>> = { loader: 'auto', baseline: 'sample' };

async function askName(config: RunConfig, { jobs }: FolderJobs): Promise<string | undefined> {
  const suggested = config.function.slice(config.function.lastIndexOf('#') + 1);
  const name = await vscode.window.showInputBox({
    title: 'Save Run as Job',
    prompt: `Name of the job in ${JOB_FILE}`,
    value: suggested,
    validateInput: (text) => {
      if (text.trim() === '') return 'Type a name.';
      if (!jobs.has(text.trim())) return undefined;
      const message = `The job "${text.trim()}" is there already and will be replaced.`;
      return { message, severity: vscode.InputBoxValidationSeverity.Warning };
    },
  });
  return name?.trim();
}

/** A file with changes of the user's is changed in the editor, with them. */
async function write({ uri, isDirty }: FolderJobs, text: string): Promise<void> {
  if (!isDirty) return vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save())) throw errors.jobNotSaved();
}

/** The editor may not have read the new text yet: the place is looked for in the text itself. */
async function show(uri: vscode.Uri, text: string, name: string): Promise<void> {
  const before = text.slice(0, Math.max(0, text.indexOf(`${JSON.stringify(name)}: {`))).split('\n');
  const at = new vscode.Position(before.length - 1, before.at(-1)?.length ?? 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}
