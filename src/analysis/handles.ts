import { ts } from 'ts-morph';
import { placeText, unwrap } from './ast.ts';
import { type FlowRoot, rootOf } from './flow/immediate.ts';
import { type FlowClient, walkFlow } from './flow/walk.ts';
import type { Model } from './model.ts';
import { placeKey } from './place-key.ts';
import { syntaxOf } from './syntax.ts';
import { usesOf } from './value-uses.ts';

/** Expressions of a file that make an instance of one of these classes of the package, subclasses included. */
export function madeIn(
  model: Model,
  file: ts.SourceFile,
  classes: ReadonlySet<string>,
): readonly ts.NewExpression[] {
  return newExpressions(model, file).filter((node) => {
    const name = model.once(classNamed, node, undefined);
    return name !== undefined && classes.has(name);
  });
}

const classNamed = (model: Model, node: ts.NewExpression): string | undefined =>
  model.runtimeClass(node.expression);

const newExpressions = (model: Model, file: ts.SourceFile): readonly ts.NewExpression[] =>
  model.isCandidate(file) ? syntaxOf(file).calls.filter(ts.isNewExpression) : [];

/**
 * The `return` statements at which something that was made in the same function is certainly still open, although the function
 * closes it on other ways, or the function where that is so at its end. `closers` are the members that close it.
 */
export function returnsWhileOpen(
  model: Model,
  made: ts.Expression,
  closers: ReadonlySet<string>,
): readonly ts.Node[] {
  const root = rootOf(model, made);
  const exits = walkFlow(model, root, new OpenClient(model, made, closers), NOTHING_OPEN);
  const kinds = isClosedByName(model, made, closers) ? ['return', 'end'] : ['return'];
  return exits.filter((exit) => kinds.includes(exit.kind) && exit.state.open).map((exit) => exit.node);
}

/** Everything that closes it says so by its name in the function that made it: not a helper, a list or a callback. */
function isClosedByName(model: Model, made: ts.Expression, closers: ReadonlySet<string>): boolean {
  const key = keyOfTarget(model, made);
  const { members } = usesOf(model, made);
  const places = [...closers].flatMap((name) => members.get(name) ?? []);
  return (
    key !== undefined &&
    places.every(
      (place) =>
        ts.isPropertyAccessExpression(place) &&
        placeKey(model, place.expression) === key &&
        rootOf(model, place) === rootOf(model, made),
    )
  );
}

/** Where a link to such a way points. */
export function endOfWay(left: ts.Node): ts.Node {
  if (ts.isReturnStatement(left)) return left;
  if (ts.isSourceFile(left)) return left.endOfFileToken;
  return 'body' in left && left.body ? ((left.body as ts.Node).getLastToken() ?? left) : left;
}

/** `the \`return\` in line 7`, for messages. */
export const wayText = (left: ts.Node): string =>
  ts.isReturnStatement(left)
    ? `the \`return\` in line ${placeText(left).replace(/^.*:/, '')}`
    : 'the end of the function';

/** Whether it is open, and the names that it has in the function. */
interface Open {
  readonly open: boolean;
  readonly key: string | undefined;
}

const NOTHING_OPEN: Open = { open: false, key: undefined };

/** Follows one thing that was made; where paths meet it counts as open only when it is on both. */
class OpenClient implements FlowClient<Open> {
  readonly #model: Model;
  readonly #made: ts.Expression;
  readonly #closers: ReadonlySet<string>;

  constructor(model: Model, made: ts.Expression, closers: ReadonlySet<string>) {
    this.#model = model;
    this.#made = made;
    this.#closers = closers;
  }

  after(node: ts.Node, state: Open): Open {
    if (node === this.#made) return { open: true, key: keyOfTarget(this.#model, this.#made) };
    if (!state.open || !ts.isCallExpression(node)) return state;
    const callee = unwrap(node.expression);
    const isMember = ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee);
    if (!isMember || placeKey(this.#model, callee.expression) !== state.key) return state;
    const name = ts.isPropertyAccessExpression(callee)
      ? callee.name.text
      : callee.argumentExpression.getText();
    return this.#closers.has(name) ? { ...state, open: false } : state;
  }

  merge(a: Open, b: Open): Open {
    return a.open && !b.open ? b : a;
  }

  same(a: Open, b: Open): boolean {
    return a.open === b.open;
  }
}

/** The name that an expression is stored under. */
export function keyOfTarget(model: Model, made: ts.Expression): string | undefined {
  let node: ts.Node = made;
  while (ts.isAwaitExpression(node.parent) || ts.isParenthesizedExpression(node.parent)) node = node.parent;
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) return placeKey(model, parent.name);
  return ts.isBinaryExpression(parent) && parent.right === node ? placeKey(model, parent.left) : undefined;
}

/** The function or module that holds a declaration by `using` of what an expression names, if there is one. */
export function usingRoot(model: Model, expression: ts.Expression): FlowRoot | undefined {
  const node = unwrap(expression);
  const declaration = ts.isIdentifier(node) ? model.symbolAt(node)?.valueDeclaration : undefined;
  const isDisposed =
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    ts.isVariableDeclarationList(declaration.parent) &&
    (declaration.parent.flags & ts.NodeFlags.Using) !== 0;
  return isDisposed ? rootOf(model, declaration) : undefined;
}
