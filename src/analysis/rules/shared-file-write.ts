import { ts } from 'ts-morph';
import { enclosingFunction, shortText } from '../ast.ts';
import { type BuiltinUse, callOf } from '../builtin-uses.ts';
import { isSameEverywhere } from '../constant-path.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { callersOf, runsSeveralTimes } from '../worker-crowd.ts';
import type { WorkerRun } from '../worker-set.ts';
import { builtinsInWorkers, type WorkerUse } from '../worker-uses.ts';

/** Several workers write the same file. */
export const sharedFileWrite: Rule = {
  name: 'shared-file-write',
  category: 'race',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  const all = builtinsInWorkers(model, file);
  for (const { use, run } of all) {
    const write = writeOf(use);
    if (write === undefined || !runsSeveralTimes(model, run)) continue;
    if (!isSameEverywhere(model, write.path) || isDevice(write.path) || isOnce(use.place)) continue;
    if (isLocked(model, use.node, run, 0)) continue;
    const reads = write.how === 'replace' && readsBefore(all, use, write.path);
    yield {
      node: write.call,
      message:
        `Several workers ${reads ? 'read and rewrite' : VERBS[write.how]} the same file \`${shortText(write.path)}\` (${run.chain.join(', ')}): ` +
        `${reads ? LOSS.update : LOSS[write.how]}. Give every task a file of its own, write it in the parent from the results, or hold a ` +
        '`Lock` that is handed to the workers.',
      path: write.path.getText(),
      chain: run.chain,
      ...(write.how === 'append' && { severity: 'hint' as const }),
    };
  }
}

type How = 'replace' | 'rename' | 'append';

const VERBS: Readonly<Record<How, string>> = {
  replace: 'write',
  rename: 'replace',
  append: 'append to',
};

const LOSS: Readonly<Record<How | 'update', string>> = {
  replace: 'the last one wins, and a reader may see half of it',
  rename: 'only what the last one wrote is left',
  append: 'the order is arbitrary, and long entries may be torn apart on some file systems',
  update: 'what another worker added in between is lost',
};

interface FileWrite {
  readonly call: ts.CallExpression;
  readonly path: ts.Expression;
  readonly how: How;
}

function writeOf(use: BuiltinUse): FileWrite | undefined {
  const call = callOf(use);
  const [first, second, third] = call?.arguments ?? [];
  const match = /^fs\.([a-zA-Z]+?)(Sync)?$/.exec(use.name);
  if (call === undefined || match === null || first === undefined) return undefined;
  const flags = /\bflags?:\s*['"](\w+\+?)['"]/.exec(
    `${second?.getText() ?? ''} ${third?.getText() ?? ''}`,
  )?.[1];
  const byFlags = flags?.startsWith('a') ? 'append' : 'replace';
  switch (match[1]) {
    case 'writeFile':
    case 'createWriteStream':
    case 'outputFile':
    case 'writeJson':
    case 'writeJSON':
    case 'outputJson':
      return flags?.includes('x') ? undefined : { call, path: first, how: byFlags };
    case 'appendFile':
      return { call, path: first, how: 'append' };
    case 'rename':
    case 'copyFile':
      return second && { call, path: second, how: 'rename' };
    case 'open': {
      const mode = second && ts.isStringLiteralLike(second) ? second.text : '';
      if (mode.includes('x') || !/^[wa]/.test(mode)) return undefined;
      return { call, path: first, how: mode.startsWith('a') ? 'append' : 'replace' };
    }
    default:
      return undefined;
  }
}

const isDevice = (path: ts.Expression): boolean => /^['"`]\/dev\//.test(path.getText());

/** Written only where it is not there yet. */
function isOnce(node: ts.Node): boolean {
  for (let up = node.parent; up !== undefined && !ts.isFunctionLike(up); up = up.parent)
    if (ts.isIfStatement(up) && /exists|access|stat\b/i.test(up.expression.getText())) return true;
  return false;
}

/** The function reads the file as well. */
function readsBefore(all: readonly WorkerUse[], write: BuiltinUse, path: ts.Expression): boolean {
  return all.some(({ use }) => {
    const isRead = /^fs\.(readFile|readFileSync|readJson|readJsonSync)$/.test(use.name);
    return (
      isRead &&
      enclosingFunction(use.node) === enclosingFunction(write.node) &&
      callOf(use)?.arguments[0]?.getText() === path.getText()
    );
  });
}

const LOCKING = /lock|mutex|acquire|^hold$|exclusive|critical|serial/i;

/** A lock is held: the code is in a callback of something that locks, or comes after a call that does, here or in every caller. */
function isLocked(model: Model, node: ts.Node, run: WorkerRun, hops: number): boolean {
  let found = false;
  const visit = (one: ts.Node): void => {
    if (found || one.pos > node.pos) return;
    if (ts.isCallExpression(one)) {
      const callee = one.expression;
      const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
      const owner = ts.isPropertyAccessExpression(callee) ? callee.expression.getText() : '';
      found ||=
        LOCKING.test(name) ||
        (/^with(Sync)?$/.test(name) && LOCKING.test(owner)) ||
        (/^with(Sync)?$/.test(name) && one.end >= node.end);
    }
    ts.forEachChild(one, visit);
  };
  visit(run.fn.body);
  if (found || hops > 4) return found;
  const callers = callersOf(model, run);
  return (
    run.calls.length === 0 &&
    callers.length > 0 &&
    callers.every((caller) => isLocked(model, caller.place, caller.run, hops + 1))
  );
}
