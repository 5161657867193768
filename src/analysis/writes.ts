import { ts } from 'ts-morph';
import { unwrap } from './ast.ts';
import { syntaxOf } from './syntax.ts';

/** One write to a variable or to what it holds. */
export interface Write {
  readonly kind: 'assign' | 'member' | 'element' | 'delete';
  /** Member written, for `member` and `delete`. */
  readonly name?: string;
  readonly value?: ts.Expression;
}

/** A write, and the variable as it is named there. */
export interface NamedWrite {
  readonly target: ts.Identifier;
  readonly write: Write;
}

/** Syntax alone: it holds as long as the file is the same object. */
const known = new WeakMap<ts.SourceFile, readonly NamedWrite[]>();

/** Every write in a file to a variable or to what one holds, in the order of the text. */
export function writesIn(file: ts.SourceFile): readonly NamedWrite[] {
  let writes = known.get(file);
  if (writes === undefined) {
    writes = collect(file);
    known.set(file, writes);
  }
  return writes;
}

function collect(file: ts.SourceFile): readonly NamedWrite[] {
  const writes: NamedWrite[] = [];
  const add = (target: ts.Expression, write: Write) => {
    if (ts.isIdentifier(target)) writes.push({ target, write });
  };
  for (const node of syntaxOf(file).writers) {
    if (ts.isBinaryExpression(node)) {
      if (!isAssignment(node.operatorToken.kind)) continue;
      const left = unwrap(node.left);
      if (ts.isIdentifier(left)) add(left, { kind: 'assign', value: node.right });
      else if (ts.isPropertyAccessExpression(left)) {
        add(unwrap(left.expression), { kind: 'member', name: left.name.text, value: node.right });
      } else if (ts.isElementAccessExpression(left)) {
        add(unwrap(left.expression), { kind: 'element', value: node.right });
      }
    } else if (ts.isDeleteExpression(node)) {
      const target = unwrap(node.expression);
      if (ts.isPropertyAccessExpression(target))
        add(unwrap(target.expression), { kind: 'delete', name: target.name.text });
    } else if (ts.isPropertyAccessExpression(node.expression) && ADDING.has(node.expression.name.text)) {
      const values = node.expression.name.text === 'set' ? node.arguments.slice(1) : node.arguments;
      for (const value of values) {
        if (!ts.isSpreadElement(value)) add(unwrap(node.expression.expression), { kind: 'element', value });
      }
    }
  }
  return writes;
}

const ADDING = new Set(['push', 'unshift', 'add', 'set']);

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.EqualsToken ||
  kind === ts.SyntaxKind.QuestionQuestionEqualsToken ||
  kind === ts.SyntaxKind.BarBarEqualsToken;
