import { ts } from 'ts-morph';
import type { FunctionNode } from './ast.ts';
import { spanBetween } from './ast.ts';
import type { Role } from './calls.ts';
import type { Span } from './diagnostic.ts';
import type { Model } from './model.ts';
import { workerSet } from './worker-set.ts';

/** What is shown for a function that runs in child processes. */
export interface Hover extends Span {
  readonly markdown: string;
}

const WHAT: Readonly<Record<Role, string>> = {
  task: 'runs items in worker processes',
  target: 'is what a child process runs',
  initializer: 'runs once in each worker process, when it starts',
  finalizer: 'runs once in each worker process, when it ends',
};

/** For a name at an offset that stands for a function that runs in child processes: why, and what crosses. */
export function hoverAt(model: Model, file: ts.SourceFile, offset: number): Hover | undefined {
  const name = identifierAt(file, offset);
  if (name === undefined) return undefined;
  const fn = model.functionOf(name);
  const run = fn && workerSet(model).get(fn);
  if (fn === undefined || run === undefined) return undefined;
  const roles = [...run.roles].map((role) => WHAT[role]);
  const lines = [`**${name.text}** ${roles.join('; ')}.`, ...run.chain.map((step) => `- ${step}`)];
  // What only other functions of the worker call is passed on within the process.
  if (run.calls.length > 0) lines.push('', crossing(model, fn, run.roles));
  return { markdown: lines.join('\n'), ...spanBetween(file, name.getStart(file), name.end) };
}

function crossing(model: Model, fn: FunctionNode, roles: ReadonlySet<Role>): string {
  const parameters = fn.parameters.map((parameter) => parameter.getText().replace(/\s+/g, ' '));
  const sent = parameters.length === 0 ? 'nothing' : `\`${parameters.join(', ')}\``;
  const signature = model.checker.getSignatureFromDeclaration(fn);
  const result = signature && model.checker.getReturnTypeOfSignature(signature);
  const awaited = result && (model.checker.getAwaitedType(result) ?? result);
  const back = awaited && roles.has('task') ? `\`${model.checker.typeToString(awaited, fn)}\`` : 'nothing';
  return `Copied to it: ${sent}. Copied back: ${back}. Variables of its module are its own in each process.`;
}

function identifierAt(file: ts.SourceFile, offset: number): ts.Identifier | undefined {
  let found: ts.Identifier | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.pos || offset > node.end || found) return;
    if (ts.isIdentifier(node) && offset >= node.getStart(file)) found = node;
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
