import path from 'node:path';
import { ts } from 'ts-morph';
import { isFunctionExpression, isStaticMember, unwrap } from './ast.ts';
import { handsOver, messageCalls, type Position, placeOf, workerCalls } from './calls.ts';
import { isExported } from './exports.ts';
import type { Model } from './model.ts';
import { judge } from './shape.ts';
import { startedFunctions } from './started-functions.ts';
import { syntaxOf } from './syntax.ts';
import { type Access, type Origin, startState } from './trace/origin.ts';
import { Trace } from './trace/trace.ts';

/** What stands at the place of a worker function. */
export type Worker =
  /** Importable: a child finds it. */
  | { readonly kind: 'exported'; readonly node: ts.Node }
  /** Declared at module level, but no export leads to it. */
  | {
      readonly kind: 'not-exported';
      readonly node: ts.Node;
      readonly name: string;
      readonly holder: ts.Declaration;
    }
  /** Made inside of a function or block and named there, made at the place itself, or a member of instances. */
  | { readonly kind: 'nested' | 'inline' | 'method'; readonly node: ts.Node }
  /** `work.bind(...)`; `ofMethod` where a method is bound to its object. Refused even when it is exported. */
  | { readonly kind: 'bound'; readonly call: ts.CallExpression; readonly ofMethod: boolean }
  /** `Math.sqrt`: no module exports what the engine brings along. */
  | { readonly kind: 'engine'; readonly name: string }
  /** A parameter of a wrapper: judged where the wrapper is called. */
  | { readonly kind: 'parameter' }
  | { readonly kind: 'unknown' };

/** Every function that may stand at a worker position. */
export function resolveWorkers(model: Model, position: Position): readonly Worker[] {
  return model.keep(findWorkers, position, position.expression, []);
}

function findWorkers(model: Model, position: Position): readonly Worker[] {
  const workers: Worker[] = [];
  const place = unwrap(placeOf(position));
  new Trace(model, (origin) => workers.push(classify(model, origin, place))).follow(
    position.expression,
    position.accesses,
    startState(position.label),
  );
  return workers;
}

function classify(model: Model, origin: Origin, place: ts.Expression): Worker {
  if (origin.kind === 'parameter') return { kind: 'parameter' };
  if (origin.kind === 'typed') return memberByType(model, origin.node, origin.accesses);
  const { node } = origin;
  if (ts.isCallExpression(node)) return boundFunction(model, node) ?? { kind: 'unknown' };
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return engineFunction(model, node);
  if (origin.kind === 'expression' && !isFunctionExpression(node) && !ts.isMethodDeclaration(node)) {
    return { kind: 'unknown' };
  }
  if (origin.kind === 'declaration' && !ts.isFunctionDeclaration(node) && !ts.isMethodDeclaration(node)) {
    return { kind: 'unknown' };
  }
  if (isMethod(node)) return { kind: 'method', node };
  if (origin.state.exported || isExported(model, node) || isExported(model, node.parent))
    return { kind: 'exported', node };
  if (ts.isPropertyDeclaration(node.parent) && !isStaticMember(node.parent)) return { kind: 'method', node };
  const holder = holderOf(node);
  if (holder === undefined) return { kind: node !== place && isNamed(node) ? 'nested' : 'inline', node };
  const name = 'name' in holder && holder.name ? (holder.name as ts.Node).getText() : 'default';
  return { kind: 'not-exported', node, name, holder };
}

/** `const { parse } = this`: a method of the class that the compiler knows. */
function memberByType(model: Model, node: ts.Expression, accesses: readonly Access[]): Worker {
  const [step, ...rest] = accesses;
  if (step?.kind !== 'prop' || rest.length > 0) return { kind: 'unknown' };
  const type = model.checker.getTypeAtLocation(node);
  const member = model.checker.getPropertyOfType(type, step.name)?.valueDeclaration;
  const isOwn = member && isMethod(member) && !member.getSourceFile().isDeclarationFile;
  return isOwn ? { kind: 'method', node: member } : { kind: 'unknown' };
}

/** A method that needs an object, or one that only its class can name. */
const isMethod = (node: ts.Node): node is ts.MethodDeclaration =>
  ts.isMethodDeclaration(node) &&
  ts.isClassLike(node.parent) &&
  (!isStaticMember(node) || ts.isPrivateIdentifier(node.name));

/** True for a function that is declared under a name, or stored under one. */
const isNamed = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isVariableDeclaration(node.parent) ||
  ts.isPropertyAssignment(node.parent) ||
  ts.isBinaryExpression(node.parent);

function boundFunction(model: Model, call: ts.CallExpression): Worker | undefined {
  const callee = unwrap(call.expression);
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'bind') return undefined;
  if (!isEngineSymbol(model, model.symbolAt(callee.name))) return undefined;
  const bound = unwrap(callee.expression);
  const method = ts.isPropertyAccessExpression(bound) ? model.symbolAt(bound.name) : undefined;
  const ofMethod = method?.declarations?.some(
    (one) => ts.isMethodDeclaration(one) || ts.isMethodSignature(one),
  );
  return { kind: 'bound', call, ofMethod: ofMethod === true };
}

function engineFunction(model: Model, node: ts.Identifier | ts.PropertyAccessExpression): Worker {
  const symbol = model.symbolAt(ts.isIdentifier(node) ? node : node.name);
  return isEngineSymbol(model, symbol) && model.checker.getTypeAtLocation(node).getCallSignatures().length > 0
    ? { kind: 'engine', name: node.getText() }
    : { kind: 'unknown' };
}

/** Declared in the compiler's libraries of the language itself; what browsers and Node add is written in JavaScript there. */
function isEngineSymbol(model: Model, symbol: ts.Symbol | undefined): boolean {
  const file = symbol?.declarations?.[0]?.getSourceFile();
  return (
    file !== undefined &&
    model.program.isSourceFileDefaultLibrary(file) &&
    !/lib\.(dom|webworker|scripthost)/.test(file.fileName)
  );
}

/** The declaration at module level whose export would make a function importable. */
function holderOf(node: ts.Node): ts.Declaration | undefined {
  if (ts.isFunctionDeclaration(node)) return ts.isSourceFile(node.parent) ? node : undefined;
  for (let up = node.parent; up !== undefined; up = up.parent) {
    const passes =
      ts.isPropertyAssignment(up) ||
      ts.isObjectLiteralExpression(up) ||
      ts.isPropertyDeclaration(up) ||
      (ts.isExpression(up) && unwrap(up) !== up);
    if (ts.isVariableDeclaration(up)) return ts.isSourceFile(up.parent.parent.parent) ? up : undefined;
    if (ts.isClassDeclaration(up)) return ts.isSourceFile(up.parent) ? up : undefined;
    if (!passes) return undefined;
  }
  return undefined;
}

/** Modules that child processes import: those of worker functions, and what these import at run time. */
export function childModules(model: Model): ReadonlySet<ts.SourceFile> {
  return model.once(findChildModules, model, new Set());
}

function findChildModules(model: Model): ReadonlySet<ts.SourceFile> {
  const modules = new Set(startedFunctions(model).map(({ fn }) => fn.getSourceFile()));
  for (const { file } of model.started) {
    const started = model.program.getSourceFile(file);
    if (started) modules.add(started);
  }
  for (const file of model.candidates)
    for (const module of model.keep(namedModules, file, file, [])) modules.add(module);
  closeOverImports(model, modules);
  return modules;
}

/** Modules of the functions that a file hands to child processes. */
function namedModules(model: Model, file: ts.SourceFile): readonly ts.SourceFile[] {
  const modules = new Set<ts.SourceFile>();
  const addReferences = (position: Position) => {
    for (const module of judge(model, position).references) modules.add(module);
  };
  for (const call of workerCalls(model, file)) {
    for (const position of call.workers) {
      for (const worker of resolveWorkers(model, position)) {
        if ('node' in worker) modules.add(worker.node.getSourceFile());
      }
    }
    for (const position of call.sends) addReferences(position);
  }
  for (const call of messageCalls(model, file)) for (const position of call.messages) addReferences(position);
  addExplicit(model, file, modules);
  return [...modules];
}

/** `workerFunction(new URL('./x.ts', import.meta.url), 'f')`, and classes that extend `Process`. */
function addExplicit(model: Model, file: ts.SourceFile, modules: Set<ts.SourceFile>): void {
  if (!/\bworkerFunction\b|\bextends\b/.test(file.text)) return;
  for (const node of syntaxOf(file).calls) {
    const url = ts.isCallExpression(node) && node.arguments[0] ? unwrap(node.arguments[0]) : undefined;
    const literal = url && ts.isNewExpression(url) ? url.arguments?.[0] : undefined;
    if (!literal || !ts.isStringLiteralLike(literal)) continue;
    if (model.runtimeName(node.expression) !== 'workerFunction') continue;
    const name = path.posix.join(path.posix.dirname(file.fileName), literal.text);
    const target = model.program.getSourceFile(name);
    if (target) modules.add(target);
  }
  for (const node of syntaxOf(file).classes) {
    const base = model.baseOf(node);
    if (base && model.runtimeClass(base) === 'Process') modules.add(file);
  }
}

/** A file and all that it imports when it is run, directly or through others. */
export function importClosure(model: Model, file: ts.SourceFile): ReadonlySet<ts.SourceFile> {
  const modules = new Set([file]);
  closeOverImports(model, modules);
  return modules;
}

function closeOverImports(model: Model, modules: Set<ts.SourceFile>): void {
  const queue = [...modules];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const target of model.keep(importedFiles, file, file, [])) {
      if (modules.has(target)) continue;
      modules.add(target);
      queue.push(target);
    }
  }
}

/** Files that a file imports when it is run; types and `import()` are left out. */
function importedFiles(model: Model, file: ts.SourceFile): readonly ts.SourceFile[] {
  const specifiers: ts.Expression[] = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement) && isRuntimeImport(model, statement))
      specifiers.push(statement.moduleSpecifier);
    else if (ts.isExportDeclaration(statement) && !statement.isTypeOnly && statement.moduleSpecifier) {
      specifiers.push(statement.moduleSpecifier);
    } else if (
      ts.isImportEqualsDeclaration(statement) &&
      ts.isExternalModuleReference(statement.moduleReference)
    ) {
      specifiers.push(statement.moduleReference.expression);
    } else if (ts.isVariableStatement(statement) || ts.isExpressionStatement(statement)) {
      collectRequires(statement, specifiers);
    }
  }
  return specifiers.flatMap((specifier) => {
    const target = model.directSymbolAt(specifier)?.declarations?.find(ts.isSourceFile);
    return target && !target.isDeclarationFile ? [target] : [];
  });
}

/** An import of nothing but types is dropped by every loader. */
function isRuntimeImport(model: Model, statement: ts.ImportDeclaration): boolean {
  const clause = statement.importClause;
  if (clause === undefined) return true;
  if (clause.isTypeOnly) return false;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || ts.isNamespaceImport(bindings)) return true;
  return bindings.elements.some((element) => {
    const symbol = element.isTypeOnly ? undefined : model.symbolAt(element.name);
    return symbol !== undefined && (symbol.flags & ts.SymbolFlags.Value) !== 0;
  });
}

function collectRequires(node: ts.Node, specifiers: ts.Expression[]): void {
  if (ts.isFunctionLike(node)) return;
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require') {
    const specifier = node.arguments[0];
    if (specifier && ts.isStringLiteralLike(specifier)) specifiers.push(specifier);
  }
  ts.forEachChild(node, (child) => collectRequires(child, specifiers));
}

/** Calls of a function within the candidate files, also those that are not there: is a parameter judged at its callers? */
export function hasCallers(model: Model, parameter: ts.ParameterDeclaration): boolean {
  return model.isPartial || model.once(calledFunctions, model, new Set()).has(parameter.parent);
}

function calledFunctions(model: Model): ReadonlySet<ts.Node> {
  return new Set(model.candidates.flatMap((file) => model.keep(calledIn, file, file, [])));
}

function calledIn(model: Model, file: ts.SourceFile): readonly ts.Node[] {
  const called: ts.Node[] = [];
  for (const node of syntaxOf(file).calls) {
    if (!handsOver(model, node)) continue;
    const fn = ts.isNewExpression(node) ? undefined : model.calledFunction(node);
    if (fn) called.push(fn);
    else
      for (const member of model.classOf(node.expression)?.members ?? []) {
        if (ts.isConstructorDeclaration(member)) called.push(member);
      }
  }
  return called;
}
