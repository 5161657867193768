import { ts } from 'ts-morph';
import { placeText, propertyName, shortText, shownName, spanBetween, unwrap } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import type { Model } from '../model.ts';
import { type Body, isReceived, reachOf } from '../reach.ts';
import type { Finding, Rule } from '../rule.ts';
import { runtimeTypeOf } from '../runtime-type.ts';
import { workerSet } from '../worker-set.ts';

/** The whole memory behind a received view is taken for the bytes of the view. */
export const receivedViewBuffer: Rule = {
  name: 'received-view-buffer',
  category: 'unserializable',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  if (!/\bbuffer\b/.test(file.text)) return;
  for (const whole of wholeBuffers(model, file)) {
    const root = receiverOf(model, whole);
    if (root === undefined) continue;
    const view = whole.view.getText();
    const maker = shortText(whole.node);
    const fix = offsetFix(whole);
    const chain = workerSet(model).get(root)?.chain ?? [];
    yield {
      node: whole.node,
      message:
        `\`${maker}\` takes the whole memory behind \`${view}\`: what a worker receives may lie inside of a larger buffer ` +
        `(the message, or shared pages), so this reads other bytes or throws RangeError. \`${view}\` was sent to ` +
        `\`${shownName(root) ?? 'this function'}\`. Instead: ${advice(whole, view)}.`,
      path: `${view}.buffer`,
      chain: [...chain, `\`${view}\` is what \`${shownName(root) ?? 'it'}\` received (${placeText(root)})`],
      ...(fix && { fixes: [fix] }),
    };
  }
}

/** `new X(view.buffer)`, `Buffer.from(view.buffer)`, or `decoder.decode(view.buffer)`. */
interface WholeBuffer {
  readonly node: ts.NewExpression | ts.CallExpression;
  readonly view: ts.Expression;
  /** `Float32Array`, `DataView`, `Buffer`; undefined for a call that takes the view as well. */
  readonly maker: string | undefined;
  /** `Uint8Array`, `Buffer`: what the view itself is. */
  readonly type: string;
}

const VIEWS = /^(Buffer|DataView|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/;

function wholeBuffers(model: Model, file: ts.SourceFile): WholeBuffer[] {
  const found: WholeBuffer[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && takesAll(node.arguments ?? [])) {
      const maker = makerOf(node);
      const view = maker && node.arguments?.[0] && viewBehind(model, node.arguments[0], 0);
      const type = view && viewType(model, view);
      if (maker && type && !isMeasured(node)) found.push({ node, view, maker, type });
    }
    if (ts.isCallExpression(node) && takesViews(node)) {
      for (const argument of node.arguments) {
        const view = viewBehind(model, argument, 0);
        const type = view && viewType(model, view);
        if (type && !isMeasured(node)) found.push({ node, view, maker: undefined, type });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Functions that read the bytes of a view as gladly as those of a buffer. */
const takesViews = ({ expression }: ts.CallExpression): boolean =>
  /\bsubtle\.\w+$|^WebAssembly\.(compile|instantiate|validate)$|\bTextDecoder\(.*\)\.decode$|^\w*[dD]ecoder\.decode$/.test(
    expression.getText(),
  );

/** Only a buffer, or a buffer from its first byte to its end. */
const takesAll = ([buffer, offset, length]: readonly ts.Expression[]): boolean =>
  buffer !== undefined && length === undefined && (offset === undefined || offset.getText() === '0');

/** The view of `view.buffer`, also through a variable or `const { buffer } = view`. */
function viewBehind(model: Model, expression: ts.Expression, hops: number): ts.Expression | undefined {
  const node = unwrap(expression);
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === 'buffer' ? unwrap(node.expression) : undefined;
  const declaration = ts.isIdentifier(node) && hops < 3 ? model.symbolAt(node)?.valueDeclaration : undefined;
  if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer)
    return viewBehind(model, declaration.initializer, hops + 1);
  if (!declaration || !ts.isBindingElement(declaration) || !ts.isObjectBindingPattern(declaration.parent))
    return undefined;
  const holder = declaration.parent.parent;
  const isBuffer = propertyName(declaration.propertyName ?? declaration.name) === 'buffer';
  return isBuffer && ts.isVariableDeclaration(holder) && holder.initializer
    ? unwrap(holder.initializer)
    : undefined;
}

function makerOf(node: ts.NewExpression | ts.CallExpression): string | undefined {
  const text = node.expression.getText();
  if (ts.isCallExpression(node)) return text === 'Buffer.from' ? 'Buffer' : undefined;
  return VIEWS.test(text) ? text : undefined;
}

/** Name of the language's or Node's view that an expression is; a SharedArray is the whole of its memory. */
function viewType(model: Model, view: ts.Expression): string | undefined {
  const type = model.checker.getNonNullableType(model.checker.getTypeAtLocation(view));
  const name = type.getSymbol()?.name ?? '';
  return VIEWS.test(name) && runtimeTypeOf(model, view) === undefined ? name : undefined;
}

/** A condition around it speaks of offsets or lengths: somebody has looked whether the view is all of its buffer. */
function isMeasured(node: ts.Node): boolean {
  for (let up: ts.Node = node.parent; up !== undefined && !ts.isFunctionLike(up); up = up.parent) {
    const condition = ts.isIfStatement(up)
      ? up.expression
      : ts.isConditionalExpression(up)
        ? up.condition
        : undefined;
    if (condition && /\b(byteOffset|byteLength)\b/.test(condition.getText())) return true;
  }
  return false;
}

/** The worker function that received the view. */
function receiverOf(model: Model, { node, view }: WholeBuffer): Body | undefined {
  for (const { fn, calls } of workerSet(model).values()) {
    if (calls.length === 0) continue;
    const isWithin = [...reachOf(model, fn)].some((one) => contains(one, node));
    if (isWithin && isReceived(model, fn, view, (part) => partOfView(model, part))) return fn;
  }
  return undefined;
}

const contains = (outer: ts.Node, inner: ts.Node): boolean =>
  outer.getSourceFile() === inner.getSourceFile() && outer.pos <= inner.pos && outer.end >= inner.end;

/** `view.subarray(...)`, and `buffer.slice(...)` of Node, are views of the same memory. */
function partOfView(model: Model, node: ts.Expression): ts.Expression | undefined {
  const callee = ts.isCallExpression(node) ? unwrap(node.expression) : undefined;
  if (!callee || !ts.isPropertyAccessExpression(callee)) return undefined;
  const type = viewType(model, callee.expression);
  const isView = callee.name.text === 'subarray' || (callee.name.text === 'slice' && type === 'Buffer');
  return isView && type !== undefined ? callee.expression : undefined;
}

const sizeOf = (name: string): number => (/(8|8Clamped)Array$|^Buffer$|^DataView$/.test(name) ? 1 : 2);

function advice(whole: WholeBuffer, view: string): string {
  const text = replacement(whole, view);
  return text === undefined
    ? `copy the bytes first: \`new ${whole.maker}(new Uint8Array(${view}.buffer, ${view}.byteOffset, ${view}.byteLength).slice().buffer)\``
    : `\`${text}\``;
}

/** Bytes may begin anywhere; elements of several bytes have to be copied to where they may begin. */
function replacement({ node, maker, type }: WholeBuffer, view: string): string | undefined {
  if (maker === undefined) {
    const given = (node.arguments ?? []).map((one) => (isBufferOf(one, view) ? view : one.getText()));
    return `${node.expression.getText()}(${given.join(', ')})`;
  }
  const place = `${view}.buffer, ${view}.byteOffset, ${view}.byteLength`;
  if (maker === 'Buffer') return `Buffer.from(${place})`;
  if (sizeOf(maker) === 1) return `new ${maker}(${place})`;
  return sizeOf(type) === 1 && type !== 'DataView'
    ? `new ${maker}(new Uint8Array(${view}).buffer)`
    : undefined;
}

const isBufferOf = (argument: ts.Expression, view: string): boolean =>
  unwrap(argument).getText() === `${view}.buffer`;

function offsetFix(whole: WholeBuffer): Fix | undefined {
  const { node, view } = whole;
  if (!ts.isIdentifier(view) && !ts.isPropertyAccessExpression(view)) return undefined;
  const newText = replacement(whole, view.getText());
  if (newText === undefined) return undefined;
  const file = node.getSourceFile();
  return {
    title: 'Take only the bytes of the view',
    edits: [{ file: file.fileName, ...spanBetween(file, node.getStart(file), node.end), newText }],
  };
}
