import { ts } from 'ts-morph';
import { isFunctionWithBody, unwrap } from '../ast.ts';
import { isExported } from '../exports.ts';
import { followBinding } from './bindings.ts';
import { type Access, appendLabel, ELEMENT, relabel, type Tracer, type TraceState } from './origin.ts';
import { followParameter } from './parameters.ts';

/** What a name stands for. */
export function followName(
  trace: Tracer,
  node: ts.Identifier,
  accesses: readonly Access[],
  from: TraceState,
): void {
  const symbol = trace.model.symbolAt(node);
  const state = accesses.length === 0 ? relabel(from, node.text) : from;
  if (symbol === undefined) {
    trace.end(node, accesses, state);
    return;
  }
  followSymbol(trace, symbol, node, accesses, state);
}

/** What a declared name stands for: its variable, parameter, or the declaration itself. */
export function followSymbol(
  trace: Tracer,
  symbol: ts.Symbol,
  at: ts.Expression,
  accesses: readonly Access[],
  from: TraceState,
): void {
  const declared = symbol.valueDeclaration ?? symbol.declarations?.[0];
  const isOverloaded = declared !== undefined && ts.isFunctionDeclaration(declared) && !declared.body;
  const declaration = (isOverloaded && symbol.declarations?.find(isFunctionWithBody)) || declared;
  if (declaration === undefined || declaration.getSourceFile().isDeclarationFile) {
    trace.end(at, accesses, from);
    return;
  }
  const state = isExported(trace.model, declaration) ? { ...from, exported: true } : from;

  if (ts.isParameter(declaration)) {
    followParameter(trace, declaration, symbol, { node: at, accesses }, accesses, state);
    return;
  }
  if (ts.isVariableDeclaration(declaration)) {
    followVariable(trace, declaration, symbol, at, accesses, state);
    return;
  }
  if (ts.isBindingElement(declaration)) {
    followBinding(trace, declaration, { node: at, accesses }, accesses, state);
    return;
  }
  const isWhole = accesses.every((step) => step.kind === 'omit' && ts.isFunctionDeclaration(declaration));
  if (isWhole) trace.report({ kind: 'declaration', node: declaration, symbol, state });
  else trace.report({ kind: 'typed', node: at, accesses, state });
}

function followVariable(
  trace: Tracer,
  declaration: ts.VariableDeclaration,
  symbol: ts.Symbol,
  at: ts.Expression,
  accesses: readonly Access[],
  state: TraceState,
): void {
  const loop = declaration.parent.parent;
  if (ts.isForOfStatement(loop)) {
    trace.follow(loop.expression, [ELEMENT, ...accesses], state);
    return;
  }
  const writes = trace.model.writesTo(symbol);
  const [first, ...rest] = accesses;
  if (first?.kind === 'prop' && writes.some((write) => write.kind === 'delete' && write.name === first.name))
    return;

  let known = false;
  if (declaration.initializer !== undefined) {
    known = true;
    const gone = writes.flatMap((write) =>
      write.kind === 'delete' && write.name !== undefined ? [write.name] : [],
    );
    const steps =
      first === undefined && gone.length > 0 ? [{ kind: 'omit' as const, names: gone }] : accesses;
    trace.follow(declaration.initializer, steps, state);
  }
  for (const write of writes) {
    if (write.value === undefined || isInside(at, write.value)) continue;
    if (write.kind === 'assign') {
      known = true;
      trace.follow(write.value, accesses, state);
    } else if (write.kind === 'member' && write.name !== undefined) {
      if (first === undefined) trace.follow(write.value, [], appendLabel(state, `.${write.name}`));
      else if (first.kind === 'prop' && first.name === write.name) trace.follow(write.value, rest, state);
    } else if (write.kind === 'element' && makesContainer(declaration.initializer)) {
      if (first === undefined) trace.follow(write.value, [], appendLabel(state, '[*]'));
      else if (first.kind === 'element') trace.follow(write.value, rest, state);
    }
  }
  if (!known) trace.end(at, accesses, state);
}

/** `x = f(x)` would go round in a circle. */
function isInside(at: ts.Node, value: ts.Node): boolean {
  return at.getSourceFile() === value.getSourceFile() && at.pos >= value.pos && at.end <= value.end;
}

/** Only what is put into a list, map or set of the language is known to be in it. */
function makesContainer(initializer: ts.Expression | undefined): boolean {
  if (initializer === undefined) return false;
  const value = unwrap(initializer);
  if (ts.isArrayLiteralExpression(value) || ts.isObjectLiteralExpression(value)) return true;
  const maker = ts.isNewExpression(value) || ts.isCallExpression(value) ? value.expression.getText() : '';
  return /^(Map|Set|Array)\b/.test(maker);
}
