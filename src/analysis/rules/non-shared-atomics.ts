import { ts } from 'ts-morph';
import { placeText, shortText, spanOf, unwrap } from '../ast.ts';
import { identityOf } from '../identity.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { TYPED_ARRAY } from '../shared/places.ts';
import { workerRunOf } from '../worker-set.ts';

/** `Atomics` in a worker on an array that the worker does not share with anybody. */
export const nonSharedAtomics: Rule = {
  name: 'non-shared-atomics',
  category: 'race',
  severity: 'error',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!/\bAtomics\b/.test(file.text) || /worker_threads/.test(file.text)) return;
  const told = new Set<string>();
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const array = ts.isCallExpression(node) ? atomicsArgument(model, node) : undefined;
    const run = array && workerRunOf(model, node);
    if (array && run) {
      const identity = identityOf(model, array);
      const key = [...identity.ids, run.fn.pos].join(' ');
      const [maker] = identity.makers;
      const isPrivate = identity.complete && identity.makers.every((one) => isOwnMemory(model, one));
      const ofModule = maker !== undefined && isModuleVariable(model, array, maker);
      // A SharedArrayBuffer that is sent is the fault of the call that sends it.
      const isSent =
        maker !== undefined && !ofModule && /\bSharedArrayBuffer\b/.test(bufferText(model, maker));
      if (isPrivate && maker && !isSent && workerRunOf(model, maker) === undefined && !told.has(key)) {
        told.add(key);
        found.push(finding(array, maker, ofModule, run.chain));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  yield* found;
}

/** The array of `Atomics.add(array, ...)`. */
function atomicsArgument(model: Model, node: ts.CallExpression): ts.Expression | undefined {
  const callee = unwrap(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || callee.expression.getText() !== 'Atomics') return undefined;
  if (/^(isLockFree|pause)$/.test(callee.name.text)) return undefined;
  const declaration = model.symbolAt(callee.expression)?.declarations?.[0];
  return declaration?.getSourceFile().isDeclarationFile === false ? undefined : node.arguments[0];
}

/** A typed array over memory that no other process sees: that of its own, or a `SharedArrayBuffer`, which only threads share. */
function isOwnMemory(model: Model, maker: ts.NewExpression | ts.CallExpression): boolean {
  if (!ts.isNewExpression(maker) || !TYPED_ARRAY.test(maker.expression.getText())) return false;
  const [first] = maker.arguments ?? [];
  if (first === undefined) return true;
  const type = model.checker.getTypeAtLocation(first);
  if (type.flags & ts.TypeFlags.NumberLike) return true;
  if (ts.isArrayLiteralExpression(unwrap(first))) return true;
  const { makers, complete } = identityOf(model, first);
  return (
    complete &&
    makers.length > 0 &&
    makers.every((one) => ts.isNewExpression(one) && /^(Shared)?ArrayBuffer$/.test(one.expression.getText()))
  );
}

/** Source of what a typed array is made over. */
function bufferText(model: Model, maker: ts.NewExpression | ts.CallExpression): string {
  const [first] = maker.arguments ?? [];
  return first === undefined
    ? ''
    : identityOf(model, first)
        .makers.map((one) => one.getText())
        .join(' ');
}

const isModuleVariable = (model: Model, array: ts.Expression, maker: ts.Expression): boolean =>
  ts.isIdentifier(array) && model.symbolAt(array)?.valueDeclaration === maker.parent;

function finding(
  array: ts.Expression,
  maker: ts.NewExpression | ts.CallExpression,
  ofModule: boolean,
  chain: readonly string[],
): Finding {
  const name = shortText(array);
  const why = ofModule
    ? `Every process makes its own \`${name}\` when it imports this module (${placeText(maker)})`
    : `\`${name}\` is an ordinary array (${placeText(maker)}), and a worker gets a copy of it`;
  return {
    node: array,
    message:
      `${why}: \`Atomics\` changes only what this process sees, and nobody else can be woken through it. ${chain[0] ?? ''}. Make it ` +
      "with `SharedArray('i32', n)` in the main process and pass it to the workers.",
    path: name,
    chain,
    related: [{ file: maker.getSourceFile().fileName, ...spanOf(maker), message: 'made here' }],
  };
}
