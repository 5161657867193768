import type { ts } from 'ts-morph';
import { topLevelStatement } from '../ast.ts';
import { reachedOnImport } from '../entry.ts';
import { guardFix } from '../fixes/guard.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { SIDE_EFFECTS, sideEffectOf } from '../side-effects.ts';
import { guardAround } from '../where-runs.ts';
import { childModules } from '../workers.ts';

/** A module that child processes import does something on import that is to be done once for the program. */
export const topLevelSideEffect: Rule = {
  name: 'top-level-side-effect',
  category: 'entry-guard',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!childModules(model).has(file)) return;
  for (const { node, chain, call } of reachedOnImport(model, SIDE_EFFECTS, file)) {
    if (guardAround(model, node) !== undefined) continue;
    const statement = topLevelStatement(node);
    const fix = statement && guardFix(model, file, statement);
    const through = chain.length > 1 ? ` (${chain.join(' → ')})` : '';
    yield {
      node,
      message:
        `This ${sideEffectOf(model, call)} while the module is imported${through}. Every worker process imports this module to find its ` +
        'function, and does it again. Write `if (isMainProcess) { ... }` around it, or put it into an `initializer` where every worker is ' +
        'to have its own.',
      chain,
      ...(fix && { fixes: [fix] }),
    };
  }
}
