import { ts } from 'ts-morph';
import { shownName } from '../ast.ts';
import { firstReached, STARTS, type Start } from '../entry.ts';
import type { Model } from '../model.ts';
import { occurrencesIn } from '../occurrences.ts';
import type { Finding, Rule } from '../rule.ts';
import { runsSeveralTimes } from '../worker-crowd.ts';
import { type WorkerRun, workerRunsIn } from '../worker-set.ts';

/** A worker starts processes of its own. */
export const nestedPool: Rule = {
  name: 'nested-pool',
  category: 'lifecycle',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const run of workerRunsIn(model, file)) {
    // Reported where the worker function leads there. A single process may well run a pool.
    if (
      !isEntry(run) ||
      !(run.roles.has('task') || run.roles.has('initializer') || runsSeveralTimes(model, run))
    )
      continue;
    const start = firstReached(model, STARTS, run.fn.body);
    if (start === undefined || dependsOnParameter(model, run, start)) continue;
    const through = start.chain.length > 1 ? ` (${start.chain.join(' → ')})` : '';
    yield {
      node: start.node,
      message:
        `This starts processes in a worker${through}: ${run.chain.join(', ')}, so every worker has processes of its own, and there ` +
        'are many more of them than cores. Hand all of the tasks to one pool in the main process, or do this part in the worker itself.',
      chain: [...run.chain, ...start.chain],
    };
  }
}

const isEntry = (run: WorkerRun): boolean => run.calls.length > 0 || shownName(run.fn) === 'run';

/** An argument of the task says whether to: `if (parallel) ...`, `if (depth > 0) return alone(n)`. */
function dependsOnParameter(model: Model, run: WorkerRun, start: Start): boolean {
  const { byDeclaration } = occurrencesIn(model, run.fn.getSourceFile());
  const parameters: ts.Node[] = [];
  for (const [declaration, nodes] of byDeclaration) {
    if (run.fn.parameters.some((parameter) => contains(parameter, declaration))) parameters.push(...nodes);
  }
  const asks = (condition: ts.Node): boolean => parameters.some((node) => contains(condition, node));
  for (let node: ts.Node = start.node; node !== run.fn; node = node.parent) {
    const up = node.parent;
    if (ts.isIfStatement(up) && up.expression !== node && asks(up.expression)) return true;
    if (ts.isConditionalExpression(up) && up.condition !== node && asks(up.condition)) return true;
    if (ts.isBlock(up)) {
      for (const statement of up.statements) {
        if (statement === node) break;
        const returns =
          ts.isIfStatement(statement) && /\b(return|throw)\b/.test(statement.thenStatement.getText());
        if (returns && asks(statement.expression)) return true;
      }
    }
  }
  return false;
}

const contains = (outer: ts.Node, inner: ts.Node): boolean =>
  outer.getSourceFile() === inner.getSourceFile() && inner.pos >= outer.pos && inner.end <= outer.end;
