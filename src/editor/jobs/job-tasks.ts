import * as vscode from 'vscode';
import { jobArguments } from '../../protocol/job-arguments.ts';
import { parseJob } from '../../protocol/job-file.ts';
import { errors } from '../errors.ts';
import { userNode } from '../runs/user-node.ts';
import { tellError } from '../user-messages.ts';
import { readAllJobs } from './job-files.ts';

/** `type` of the tasks in `tasks.json`. */
export const TASK_TYPE = 'manycore';
const PROBLEM_MATCHER = '$manycore';

export interface JobTasksOptions {
  readonly log: vscode.LogOutputChannel;
  /** The command's bundle. */
  readonly commandFile: string;
}

/** A task for each job, and what a task of `tasks.json` runs: the command, in a terminal. Nothing in a workspace that is not trusted. */
export class JobTasks implements vscode.TaskProvider {
  readonly #options: JobTasksOptions;

  constructor(options: JobTasksOptions) {
    this.#options = options;
  }

  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    const files = await readAllJobs();
    const tasks = files.flatMap(({ folder, jobs }) =>
      [...jobs].map(async ([name, { description, function: target, data }]) => {
        const task = await this.#task({ type: TASK_TYPE, job: name }, folder, name, ['--job', name]);
        task.detail = description ?? `${target} over ${data}`;
        return task;
      }),
    );
    return Promise.all(tasks);
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    if (!vscode.workspace.isTrusted) return undefined;
    const { definition, name } = task;
    const folder = folderOf(task);
    const args = this.#argumentsOf(definition);
    return args === undefined || folder === undefined
      ? undefined
      : this.#task(definition, folder, name, args);
  }

  /** Of a task by name the command itself tells whether there is such a job. */
  #argumentsOf({ type: _, job: name, ...inline }: vscode.TaskDefinition): string[] | undefined {
    if (typeof name === 'string') return ['--job', name];
    const parsed = parseJob(inline);
    if ('job' in parsed) return jobArguments(parsed.job);
    tellError(errors.badTask(parsed.problem), this.#options.log);
    return undefined;
  }

  async #task(
    definition: vscode.TaskDefinition,
    folder: vscode.WorkspaceFolder,
    name: string,
    args: readonly string[],
  ): Promise<vscode.Task> {
    const { log, commandFile } = this.#options;
    const cwd = folder.uri.fsPath;
    const node = await userNode(cwd, log, folder.uri);
    const env: Record<string, string> = node.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {};
    const execution = new vscode.ProcessExecution(node.path, [commandFile, 'run', ...args], { cwd, env });
    return new vscode.Task(definition, folder, name, TASK_TYPE, execution, [PROBLEM_MATCHER]);
  }
}

function folderOf({ scope }: vscode.Task): vscode.WorkspaceFolder | undefined {
  return typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
}
