/**
 * `.vscode/manycore.json`: runs that are saved by name. The editor writes it, the editor and the command line read it.
 *
 * Format, version 1: `{ "version": 1, "jobs": { NAME: { "function": FILE#EXPORT, "data": SOURCE, ... } } }`, with comments
 * and trailing commas as in VS Code's own files. `schemas/jobs.schema.json` says every key and is what a text is checked
 * against here. Relative paths begin at the folder that holds `.vscode`. Limit: `MAX_JOB_FILE` characters.
 */
import { evaluate, type ObjectNode, parse, type ValueNode } from '@humanwhocodes/momoa';
import schema from '../../schemas/jobs.schema.json' with { type: 'json' };
import type { RunConfig } from './run.ts';
import { checkObject, type JsonProblem, nameOf, problemAt, type Schema } from './schema-check.ts';
import { parseSize } from './size.ts';

export const JOB_FILE = '.vscode/manycore.json';
const JOB_FILE_VERSION = 1;
/** Longest text that is read. */
const MAX_JOB_FILE = 1_000_000;

/** What a job may say of its run: all that is not about one time or one machine only. */
type JobKey = Exclude<
  keyof RunConfig,
  'cwd' | 'nodeReason' | 'runDir' | 'resume' | 'onlyFailed' | 'verifyRun' | 'force' | 'function' | 'data'
>;

export interface Job extends Pick<RunConfig, JobKey> {
  readonly function: string;
  readonly data: string;
  readonly description?: string | undefined;
}

export interface JobFile {
  /** Jobs without a mistake; none where the file itself has one. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** By place. */
  readonly problems: readonly JsonProblem[];
}

/** Every key of a job, with what its value must be. */
export const jobSchema: Schema & { readonly properties: Readonly<Record<keyof Job, Schema>> } =
  schema.definitions.job;

/** Reads a job file. Never throws: what is wrong is in `problems`. */
export function parseJobFile(text: string): JobFile {
  const document = documentOf(text);
  if ('message' in document) return { jobs: new Map(), problems: [document] };
  const ofFile = checkObject(document, schema, 'The file');
  const jobs = new Map<string, Job>();
  const ofJobs: JsonProblem[] = [];
  for (const { name: node, value } of membersOf(memberOf(document, 'jobs'))) {
    const name = nameOf(node);
    const found = checkObject(value, jobSchema, `The job "${name}"`);
    if (jobs.has(name)) ofJobs.push(problemAt(node, `There are two jobs "${name}"`));
    if (found.length === 0) jobs.set(name, toJob(evaluate(value) as Record<string, unknown>));
    ofJobs.push(...found);
  }
  const problems = [...ofFile, ...ofJobs].sort((a, b) => a.line - b.line || a.column - b.column);
  return { jobs: ofFile.length > 0 ? new Map() : jobs, problems };
}

/** A job from values that were checked against the schema elsewhere, as VS Code checks tasks. Throws nothing. */
export function parseJob(value: object): { job: Job } | { problem: string } {
  const node = documentOf(JSON.stringify(value));
  if ('message' in node) return { problem: node.message };
  const [first] = checkObject(node, jobSchema, 'The task');
  return first === undefined ? { job: toJob(value as Record<string, unknown>) } : { problem: first.message };
}

/**
 * The text of a file, which may be empty, with one more job, or with another one under its name; everything else stays as
 * it is written.
 * @throws {TypeError} when the text is no JSON object
 */
export function withJob(text: string, name: string, job: Job): string {
  const document = text.trim() === '' ? null : documentOf(text);
  const member = `${JSON.stringify(name)}: ${indented(JSON.stringify(job, null, 2))}`;
  if (document === null) return `{\n  "version": ${JOB_FILE_VERSION},\n  "jobs": {\n    ${member}\n  }\n}\n`;
  if ('message' in document) throw new TypeError(document.message);
  const jobs = memberOf(document, 'jobs');
  if (jobs?.type !== 'Object') return inserted(text, document, `"jobs": {\n    ${member}\n  }`, '  ');
  const old = jobs.members.find((each) => nameOf(each.name) === name);
  if (old === undefined) return inserted(text, jobs, member, '    ');
  return text.slice(0, old.loc.start.offset) + member + text.slice(old.loc.end.offset);
}

function documentOf(text: string): ObjectNode | JsonProblem {
  if (text.length > MAX_JOB_FILE)
    return { message: `The file is longer than ${MAX_JOB_FILE} characters`, line: 1, column: 1 };
  try {
    const { body } = parse(text, { mode: 'jsonc', allowTrailingCommas: true });
    return body.type === 'Object' ? body : problemAt(body, 'The file must be an object, in { }');
  } catch (error) {
    const { message = String(error), line = 1, column = 1 } = error as Partial<JsonProblem>;
    return { message: `This is not JSON: ${message.replace(/ \(\d+:\d+\)$/, '')}`, line, column };
  }
}

function membersOf(node: ValueNode | undefined): ObjectNode['members'] {
  return node?.type === 'Object' ? node.members : [];
}

function memberOf(node: ObjectNode, name: string): ValueNode | undefined {
  return node.members.find((each) => nameOf(each.name) === name)?.value;
}

function toJob(value: Record<string, unknown>): Job {
  const { memoryLimit, maxErrors, ...rest } = value;
  return {
    ...(rest as unknown as Job),
    ...(typeof memoryLimit === 'string' && { memoryLimit: parseSize(memoryLimit) }),
    ...(typeof memoryLimit === 'number' && { memoryLimit }),
    ...(maxErrors !== undefined && { maxErrors: String(maxErrors) }),
  };
}

/** Behind the last member of an object. */
function inserted(text: string, { members, loc }: ObjectNode, member: string, indent: string): string {
  const last = members.at(-1);
  const at = last === undefined ? loc.start.offset + 1 : last.loc.end.offset;
  const rest = text.slice(at);
  const close = last === undefined && /^\s*\}/.test(rest) ? `\n${indent.slice(2)}${rest.trimStart()}` : rest;
  return `${text.slice(0, at)}${last === undefined ? '' : ','}\n${indent}${member}${close}`;
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n    ');
}
