import { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody } from './ast.ts';
import { nodesOf } from './nodes.ts';

export type Call = ts.CallExpression | ts.NewExpression;
type Body = FunctionNode & { readonly body: ts.ConciseBody };

/** Nodes of a file that many rules look for, each list in the order of the text, what is around others before these. */
interface Syntax {
  readonly calls: readonly Call[];
  /** Without what is written in the `extends` of a class. */
  readonly plainCalls: readonly Call[];
  readonly tagged: readonly ts.TaggedTemplateExpression[];
  readonly functions: readonly Body[];
  readonly classes: readonly ts.ClassLikeDeclaration[];
  readonly names: readonly (ts.Identifier | ts.PrivateIdentifier)[];
}

/** Syntax holds as long as the file is the same object, whatever program it is in. */
const known = new WeakMap<ts.SourceFile, Syntax>();

/** Every call and `new` of a file. */
export const callsOf = (file: ts.SourceFile): readonly Call[] => syntaxOf(file).calls;

/** Every call and `new` in a part of a file, that itself included. */
export const callsWithin = (root: ts.Node): readonly Call[] => within(callsOf(root.getSourceFile()), root);

/** The same without what is written in the `extends` of a class. */
export const plainCallsWithin = (root: ts.Node): readonly Call[] =>
  within(syntaxOf(root.getSourceFile()).plainCalls, root);

/** Every tagged template in a part of a file. */
export const taggedWithin = (root: ts.Node): readonly ts.TaggedTemplateExpression[] =>
  within(syntaxOf(root.getSourceFile()).tagged, root);

/** Every function of a file that has a body. */
export const functionsOf = (file: ts.SourceFile): readonly Body[] => syntaxOf(file).functions;

/** Every class of a file. */
export const classesOf = (file: ts.SourceFile): readonly ts.ClassLikeDeclaration[] => syntaxOf(file).classes;

/** Every name in a file, wherever it stands. */
export const namesOf = (file: ts.SourceFile): readonly (ts.Identifier | ts.PrivateIdentifier)[] =>
  syntaxOf(file).names;

function syntaxOf(file: ts.SourceFile): Syntax {
  let syntax = known.get(file);
  if (syntax === undefined) {
    syntax = collect(file);
    known.set(file, syntax);
  }
  return syntax;
}

function collect(file: ts.SourceFile): Syntax {
  const calls: Call[] = [];
  const tagged: ts.TaggedTemplateExpression[] = [];
  const functions: Body[] = [];
  const classes: ts.ClassLikeDeclaration[] = [];
  const names: (ts.Identifier | ts.PrivateIdentifier)[] = [];
  const extended: ts.Node[] = [];
  for (const node of nodesOf(file)) {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) names.push(node);
    else if (ts.isCallExpression(node) || ts.isNewExpression(node)) calls.push(node);
    else if (ts.isTaggedTemplateExpression(node)) tagged.push(node);
    else if (isFunctionWithBody(node)) functions.push(node);
    else if (ts.isClassLike(node)) classes.push(node);
    else if (ts.isExpressionWithTypeArguments(node)) extended.push(node);
  }
  const bases = new Set(extended.flatMap((node) => within(calls, node)));
  const plainCalls = bases.size === 0 ? calls : calls.filter((call) => !bases.has(call));
  return { calls, plainCalls, tagged, functions, classes, names };
}

/** Those of some nodes, which are in the order of the text, that are in a part of their file. */
function within<N extends ts.Node>(nodes: readonly N[], { pos, end }: ts.Node): readonly N[] {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle] as N).pos < pos) low = middle + 1;
    else high = middle;
  }
  const found: N[] = [];
  for (let index = low; index < nodes.length; index++) {
    const node = nodes[index] as N;
    if (node.pos >= end) break;
    if (node.end <= end) found.push(node); // What is longer begins at the same place and is around it.
  }
  return found;
}
