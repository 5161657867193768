import { ts } from 'ts-morph';
import { propertyName, shortText, spanOf, unwrap } from '../ast.ts';
import { endOfWay, madeIn, returnsWhileOpen, wayText } from '../handles.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { usesOf } from '../value-uses.ts';

/** A segment of shared memory is made, and nobody removes it. */
export const sharedMemoryLeak: Rule = {
  name: 'shared-memory-leak',
  category: 'lifecycle',
  severity: 'warning',
  check,
};

const REMOVERS = new Set(['unlink']);

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const made of madeIn(model, file, new Set(['SharedMemory', 'ShareableList']))) {
    if (!isNew(model, made)) continue;
    const { members, escapes, captured } = usesOf(model, made);
    if (escapes || captured || isAdopted(made) || members.has('shm')) continue;
    if (!members.has('unlink')) {
      yield finding(made, 'nothing calls its `unlink()`');
      continue;
    }
    const [left] = returnsWhileOpen(model, made, REMOVERS);
    if (left) yield finding(made, `${wayText(left)} comes before its \`unlink()\``, left);
  }
}

/** `stack.adopt(new SharedMemory(...), (memory) => memory.unlink())` */
const isAdopted = ({ parent }: ts.NewExpression): boolean =>
  ts.isCallExpression(parent) && /\.(adopt|defer)$/.test(parent.expression.getText());

/** It makes a segment, it does not attach to one: `create: true`, or values without a name. */
function isNew(model: Model, made: ts.NewExpression): boolean {
  const [first] = made.arguments ?? [];
  if (first === undefined) return false;
  if (model.runtimeClass(made.expression) === 'ShareableList')
    return !/^(undefined|null)$/.test(unwrap(first).getText());
  const options = unwrap(first);
  if (!ts.isObjectLiteralExpression(options)) return false;
  const isMeantToStay =
    isSet(options, 'track', ts.SyntaxKind.FalseKeyword) && /\bname\b/.test(options.getText());
  return isSet(options, 'create', ts.SyntaxKind.TrueKeyword) && !isMeantToStay;
}

const isSet = (options: ts.ObjectLiteralExpression, name: string, value: ts.SyntaxKind): boolean =>
  options.properties.some(
    (property) =>
      ts.isPropertyAssignment(property) &&
      propertyName(property.name) === name &&
      unwrap(property.initializer).kind === value,
  );

function finding(made: ts.NewExpression, why: string, left?: ts.Node): Finding {
  const shown = shortText(made);
  return {
    node: made,
    message:
      `\`${shown}\` makes a segment of shared memory, but ${why}: its pages stay taken until every process that uses it has ended, and ` +
      'for good where `track` is false. `close()` only unmaps it. The one who makes it writes `shm.close(); shm.unlink();` in `finally`.',
    path: shown,
    ...(left && {
      related: [{ file: left.getSourceFile().fileName, ...spanOf(endOfWay(left)), message: 'left here' }],
    }),
  };
}
