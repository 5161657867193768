import { ts } from 'ts-morph';
import { enclosingFunction } from '../ast.ts';
import { type BuiltinUse, callOf } from '../builtin-uses.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { builtinsInWorkers } from '../worker-uses.ts';

/** A task changes something that belongs to the whole process of its worker, such as the working directory. */
export const workerMutatesProcess: Rule = {
  name: 'worker-mutates-process',
  category: 'race',
  severity: 'warning',
  check,
};

const SETTERS: Readonly<Record<string, string>> = {
  'process.chdir': 'the working directory',
  'process.umask': 'the mask of file modes',
  'process.setuid': 'the user',
  'process.setgid': 'the group',
  'process.seteuid': 'the user',
  'process.setegid': 'the group',
  'moment.locale': 'the locale',
  'moment.tz.setDefault': 'the time zone',
  'moment-timezone.tz.setDefault': 'the time zone',
  'dayjs.locale': 'the locale',
  'dayjs.tz.setDefault': 'the time zone',
  'i18next.changeLanguage': 'the language',
  'numeral.locale': 'the locale',
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  const all = builtinsInWorkers(model, file);
  for (const { use, run } of all) {
    // A process of its own may do as it likes, and an initializer is the place for it.
    if (!run.roles.has('task')) continue;
    const what = changed(use);
    if (
      what === undefined ||
      isRestored(
        use,
        all.map((other) => other.use),
      )
    )
      continue;
    yield {
      node: use.place,
      message:
        `This changes ${what} of the worker process (${run.chain.join(', ')}), which goes on to run other tasks: what they see then ` +
        `depends on the order. The parent never sees it. ${adviceFor(use)}`,
      path: use.name,
      chain: run.chain,
    };
  }
}

function changed(use: BuiltinUse): string | undefined {
  if (/^process\.env(\.|$)/.test(use.name)) {
    if (use.kind === 'read' || use.lazy || (use.kind === 'assign' && isAsked(use))) return undefined;
    return use.path.length > 0 && use.path.at(-1) !== 'env' && use.path.at(-1) !== '*'
      ? `the environment variable ${use.path.at(-1)}`
      : 'the environment';
  }
  const call = callOf(use);
  return call && call.arguments.length > 0 ? SETTERS[use.name] : undefined;
}

/** `if (!process.env.X) process.env.X = ...` is the same for every task. */
function isAsked(use: BuiltinUse): boolean {
  for (let up: ts.Node = use.place; up.parent !== undefined && !ts.isFunctionLike(up); up = up.parent) {
    if (
      ts.isIfStatement(up.parent) &&
      up.parent.thenStatement === up &&
      up.parent.expression.getText().includes(use.node.getText())
    )
      return true;
  }
  return false;
}

/** The function puts the old value back in a `finally`. */
function isRestored(use: BuiltinUse, all: readonly BuiltinUse[]): boolean {
  return all.some((other) => {
    if (other.kind === 'read' && callOf(other) === undefined) return false;
    const isSame =
      other.name === use.name || (other.name.startsWith('process.env') && use.name.startsWith('process.env'));
    return isSame && enclosingFunction(other.node) === enclosingFunction(use.node) && isInFinally(other.node);
  });
}

function isInFinally(node: ts.Node): boolean {
  for (let up = node; up.parent !== undefined && !ts.isFunctionLike(up); up = up.parent)
    if (ts.isTryStatement(up.parent) && up.parent.finallyBlock === up) return true;
  return false;
}

function adviceFor({ name }: BuiltinUse): string {
  if (name === 'process.chdir') return 'Make paths absolute with `path.resolve(dir, name)` instead.';
  if (name.startsWith('process.env'))
    return 'Pass the value as an argument, or set it for all tasks with `env` or `initializer` of the pool.';
  return 'Pass the setting as an argument, or set it for all tasks in the `initializer` of the pool.';
}
