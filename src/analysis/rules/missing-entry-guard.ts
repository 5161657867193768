import type { ts } from 'ts-morph';
import { topLevelStatement } from '../ast.ts';
import { startsOnImport } from '../entry.ts';
import { guardFix } from '../fixes/guard.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { guardAround } from '../where-runs.ts';
import { childModules } from '../workers.ts';

/** A module that child processes import starts processes while it is imported: they fail with `EntryGuardError`. */
export const missingEntryGuard: Rule = {
  name: 'missing-entry-guard',
  category: 'entry-guard',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!childModules(model).has(file)) return; // A module that no child imports may start what it likes.
  for (const start of startsOnImport(model, file)) {
    if (guardAround(model, start.node) === 'child') continue; // `broken-entry-guard` says so.
    const statement = topLevelStatement(start.node);
    const fix = statement && guardFix(model, file, statement);
    const through = start.chain.length > 1 ? ` (${start.chain.join(' → ')})` : '';
    yield {
      node: start.node,
      message:
        `This starts processes while the module is imported${through}. Every child process imports this module to find its ` +
        `function and would start processes itself: it fails with EntryGuardError. ${advice(file)}`,
      chain: start.chain,
      ...(fix && { fixes: [fix] }),
    };
  }
}

const advice = (file: ts.SourceFile): string =>
  /\.cjs$/.test(file.fileName)
    ? 'Write `if (require.main === module) { ... }` around it, or move it into a function that the main program calls.'
    : "Write `if (isMainProcess) { ... }` around it (isMainProcess is exported by 'manycore'), or use `runMain(main)`.";
