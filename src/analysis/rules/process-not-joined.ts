import { ts } from 'ts-morph';
import { propertyName, shortText, shownName, unwrap } from '../ast.ts';
import { callSites } from '../call-index.ts';
import { describeCall } from '../calls.ts';
import { isRepeated, loopAround } from '../concurrency.ts';
import { isErrorExpected } from '../expected.ts';
import { isExported } from '../exports.ts';
import { type FlowRoot, rootOf } from '../flow/immediate.ts';
import { madeIn } from '../handles.ts';
import type { Model } from '../model.ts';
import { referencesTo } from '../references.ts';
import type { Finding, Rule } from '../rule.ts';
import { runtimeTypeOf } from '../runtime-type.ts';
import { usesOf } from '../value-uses.ts';

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
      if (captured || isErrorExpected(made)) continue;
      const isLeft = !isDropped(made) && isMainProgram(model, rootOf(model, made));
      if (!isLeft || readsResults(model, made, members.get('start') ?? [])) {
        yield finding(
          made,
          'nobody waits for it: its failure goes unseen, and what it should have written may not be there yet',
        );
      }
    } else if (isLostInLoop(model, made, handled)) {
      yield finding(
        made,
        'each round of the loop overwrites the handle: only the last process is waited for',
      );
    }
  }
}

/** `new Process({ ... }).start()`. */
const isDropped = (made: ts.NewExpression): boolean => ts.isPropertyAccessExpression(made.parent);

/** A module, or the function that is all that a module calls: the runtime waits for its processes when it is done. */
function isMainProgram(model: Model, root: FlowRoot): boolean {
  if (ts.isSourceFile(root)) return true;
  if (isExported(model, root) && shownName(root) !== 'main') return false;
  const [site, ...others] = callSites(model, root);
  return (
    site !== undefined &&
    others.length === 0 &&
    ts.isSourceFile(rootOf(model, site.call)) &&
    !isRepeated(model, site.call)
  );
}

/** Something shared that the process was given is read after the start, without waiting. */
function readsResults(model: Model, made: ts.NewExpression, starts: readonly ts.Node[]): boolean {
  const given = (describeCall(model, made)?.sends ?? []).flatMap(({ expression }) => namesIn(expression));
  const last = Math.max(...starts.map((node) => node.end));
  return given.some((name) => {
    const symbol = model.symbolAt(name);
    const type = symbol && runtimeTypeOf(model, name);
    if (
      symbol === undefined ||
      !/^(Value|RawValue|SharedArray|ValueProxy|ArrayProxy|DictProxy|ListProxy|NamespaceProxy)$/.test(
        type ?? '',
      )
    )
      return false;
    return referencesTo(model, symbol).some((one) => one.pos > last);
  });
}

function namesIn(expression: ts.Expression): ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !ts.isNewExpression(node.parent)) names.push(node);
    ts.forEachChild(node, visit);
  };
  visit(expression);
  return names;
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
