import { ts } from 'ts-morph';
import { propertyName, shortText, unwrap } from '../ast.ts';
import { loopAround } from '../concurrency.ts';
import { madeIn } from '../handles.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { usesOf } from '../uses.ts';

/** A process is started, and nobody waits for it. */
export const processNotJoined: Rule = {
  name: 'process-not-joined',
  category: 'lifecycle',
  severity: 'warning',
  check,
};

const HANDLED = ['join', 'terminate', 'kill', 'close', 'Symbol.asyncDispose', 'exitCode', 'isAlive'];

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (/\bactiveChildren\b/.test(file.text)) return; // It is joined through the list of all.
  for (const made of madeIn(model, file, new Set(['Process']))) {
    if (isDaemon(made)) continue;
    const { members, escapes, disposed, captured } = usesOf(model, made);
    if (escapes || disposed || !members.has('start')) continue;
    const handled = HANDLED.flatMap((name) => members.get(name) ?? []);
    if (handled.length === 0) {
      if (!captured)
        yield finding(
          made,
          'nobody waits for it: its failure goes unseen, and what it should have written may not be there yet',
        );
    } else if (isLostInLoop(model, made, handled)) {
      yield finding(
        made,
        'each round of the loop overwrites the handle: only the last process is waited for',
      );
    }
  }
}

function isDaemon(made: ts.NewExpression): boolean {
  return (made.arguments ?? []).some((argument) => {
    const options = unwrap(argument);
    return (
      ts.isObjectLiteralExpression(options) &&
      options.properties.some(
        (property) => propertyName(property.name) === 'daemon' && !property.getText().endsWith('false'),
      )
    );
  });
}

/** Assigned in a loop to a variable from outside of it, and handled only after the loop. */
function isLostInLoop(model: Model, made: ts.NewExpression, handled: readonly ts.Node[]): boolean {
  const loop = loopAround(model, made);
  const assignment = made.parent;
  if (loop === undefined || !ts.isBinaryExpression(assignment) || !ts.isIdentifier(assignment.left))
    return false;
  const declaration = model.symbolAt(assignment.left)?.valueDeclaration;
  const isInside = (node: ts.Node): boolean => node.pos >= loop.pos && node.end <= loop.end;
  return declaration !== undefined && !isInside(declaration) && !handled.some(isInside);
}

function finding(made: ts.NewExpression, why: string): Finding {
  const shown = shortText(made);
  return {
    node: made,
    message: `\`${shown}\` is started, but ${why}. Keep every handle and write \`await process.join()\`, or \`await using\`.`,
    path: shown,
  };
}
