import { ts } from 'ts-morph';
import { type FunctionNode, isFunctionWithBody } from './ast.ts';

export type Call = ts.CallExpression | ts.NewExpression;
type Body = FunctionNode & { readonly body: ts.ConciseBody };

/** What decides which code runs: `if`, `? :`, and operators, `&&` among them. */
export type Branch = ts.IfStatement | ts.ConditionalExpression | ts.BinaryExpression;

/** Nodes of a file that many rules look for, each list in the order of the text, what is around others before these. */
interface Syntax {
  /** Each call and `new`. */
  readonly calls: readonly Call[];
  /** Without what is written in the `extends` of a class. */
  readonly plainCalls: readonly Call[];
  readonly tagged: readonly ts.TaggedTemplateExpression[];
  /** Those that have a body. */
  readonly functions: readonly Body[];
  readonly classes: readonly ts.ClassLikeDeclaration[];
  readonly names: readonly (ts.Identifier | ts.PrivateIdentifier)[];
  /** Names outside of types. */
  readonly valueNames: readonly ts.Identifier[];
  /** Each `this` outside of types. */
  readonly selves: readonly ts.Node[];
  readonly strings: readonly ts.StringLiteralLike[];
  readonly branches: readonly Branch[];
  /** What may write to something: operators, `delete` and calls. */
  readonly writers: readonly (ts.BinaryExpression | ts.DeleteExpression | ts.CallExpression)[];
}

/** Syntax holds as long as the file is the same object, whatever program it is in. */
const known = new WeakMap<ts.SourceFile, Syntax>();

/** Every call and `new` in a part of a file, that itself included. */
export const callsWithin = (root: ts.Node): readonly Call[] =>
  within(syntaxOf(root.getSourceFile()).calls, root);

/** The same without what is written in the `extends` of a class. */
export const plainCallsWithin = (root: ts.Node): readonly Call[] =>
  within(syntaxOf(root.getSourceFile()).plainCalls, root);

/** Every tagged template in a part of a file. */
export const taggedWithin = (root: ts.Node): readonly ts.TaggedTemplateExpression[] =>
  within(syntaxOf(root.getSourceFile()).tagged, root);

/** Those nodes of a file. */
export function syntaxOf(file: ts.SourceFile): Syntax {
  let syntax = known.get(file);
  if (syntax === undefined) {
    syntax = collect(file);
    known.set(file, syntax);
  }
  return syntax;
}

/**
 * All in one walk: to go down a tree costs more than most of what is done with its nodes, and so does asking each of them for its
 * kind, for the engine knows some hundred shapes of nodes.
 */
function collect(file: ts.SourceFile): Syntax {
  const calls: Call[] = [];
  const tagged: ts.TaggedTemplateExpression[] = [];
  const functions: Body[] = [];
  const classes: ts.ClassLikeDeclaration[] = [];
  const names: (ts.Identifier | ts.PrivateIdentifier)[] = [];
  const valueNames: ts.Identifier[] = [];
  const selves: ts.Node[] = [];
  const strings: ts.StringLiteralLike[] = [];
  const branches: Branch[] = [];
  const writers: (ts.BinaryExpression | ts.DeleteExpression | ts.CallExpression)[] = [];
  const extended: ts.Node[] = [];
  let typeEnd = 0; // Of the type that the next nodes are in.
  const visit = (node: ts.Node): void => {
    const { kind } = node;
    switch (kind) {
      case ts.SyntaxKind.Identifier:
        names.push(node as ts.Identifier);
        if (node.pos >= typeEnd) valueNames.push(node as ts.Identifier);
        return;
      case ts.SyntaxKind.PrivateIdentifier:
        names.push(node as ts.PrivateIdentifier);
        return;
      case ts.SyntaxKind.ThisKeyword:
        if (node.pos >= typeEnd) selves.push(node);
        return;
      case ts.SyntaxKind.StringLiteral:
      case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
        strings.push(node as ts.StringLiteralLike);
        return;
      case ts.SyntaxKind.CallExpression:
        writers.push(node as ts.CallExpression);
        calls.push(node as ts.CallExpression);
        break;
      case ts.SyntaxKind.NewExpression:
        calls.push(node as ts.NewExpression);
        break;
      case ts.SyntaxKind.TaggedTemplateExpression:
        tagged.push(node as ts.TaggedTemplateExpression);
        break;
      case ts.SyntaxKind.BinaryExpression:
        writers.push(node as ts.BinaryExpression);
        branches.push(node as ts.BinaryExpression);
        break;
      case ts.SyntaxKind.DeleteExpression:
        writers.push(node as ts.DeleteExpression);
        break;
      case ts.SyntaxKind.IfStatement:
      case ts.SyntaxKind.ConditionalExpression:
        branches.push(node as ts.IfStatement | ts.ConditionalExpression);
        break;
      case ts.SyntaxKind.ClassDeclaration:
      case ts.SyntaxKind.ClassExpression:
        classes.push(node as ts.ClassLikeDeclaration);
        break;
      case ts.SyntaxKind.ExpressionWithTypeArguments:
        extended.push(node);
        break;
      default:
        if (isFunctionWithBody(node)) functions.push(node);
        else if (isTypeKind(kind) && node.pos >= typeEnd) typeEnd = node.end;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const bases = new Set(extended.flatMap((node) => within(calls, node)));
  const plainCalls = bases.size === 0 ? calls : calls.filter((call) => !bases.has(call));
  const values = { names, valueNames, selves, strings };
  return { calls, plainCalls, tagged, functions, classes, ...values, branches, writers };
}

/** Types that may have names in them. */
const isTypeKind = (kind: ts.SyntaxKind): boolean =>
  (kind >= ts.SyntaxKind.FirstTypeNode && kind <= ts.SyntaxKind.LastTypeNode) ||
  kind === ts.SyntaxKind.InterfaceDeclaration ||
  kind === ts.SyntaxKind.TypeAliasDeclaration;

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
