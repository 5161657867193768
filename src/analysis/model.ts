import { ts } from 'ts-morph';
import { assignedValue, type FunctionNode, isFunctionWithBody, propertyName, unwrap } from './ast.ts';
import { isDeclaredIn } from './declared-names.ts';
import { Facts } from './facts.ts';
import { RuntimeSymbols } from './runtime-symbols.ts';
import { NOTHING, type Seen } from './seen.ts';
import type { Started } from './started.ts';
import { type Write, writesIn } from './writes.ts';

interface Memo {
  readonly value: unknown;
  /** Files that were looked at. */
  readonly seen: Seen;
}

/** One program with what was found out about it. It is thrown away when any file of the program changes. */
export class Model {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly runtime: RuntimeSymbols;
  /** Source files that may have diagnostics. */
  readonly candidates: readonly ts.SourceFile[];
  readonly started: readonly Started[];
  /** The program lacks files that may import those in it. */
  readonly isPartial: boolean;
  /** Values about which nothing could be told: they are not reported, only counted. */
  readonly unknown = new Set<ts.Node>();
  /** Files that may declare what a member of something is. */
  #named: readonly ts.SourceFile[] | undefined;
  readonly #candidateNames: ReadonlySet<string>;
  readonly #facts: Facts;
  readonly #memos = new Map<object, Map<object, Memo>>();
  /** Null where there is none. */
  readonly #symbols = new Map<ts.Node, ts.Symbol | null>();
  readonly #writes = new WeakMap<ts.SourceFile, Map<ts.Symbol, Write[]>>();

  /**
   * @param facts what was found out about earlier programs over the same files
   * @param started functions that run in child processes whatever the code says; files as the compiler writes them
   */
  constructor(
    program: ts.Program,
    candidateNames: ReadonlySet<string>,
    facts: Facts = new Facts(),
    started: readonly Started[] = [],
    isPartial = false,
  ) {
    this.started = started;
    this.isPartial = isPartial;
    this.#facts = facts;
    this.program = program;
    this.checker = program.getTypeChecker();
    this.#candidateNames = candidateNames;
    this.candidates = program.getSourceFiles().filter((file) => candidateNames.has(file.fileName));
    this.runtime = new RuntimeSymbols(this.checker, program);
  }

  /** True for a file from which the package can be reached. */
  isCandidate(file: ts.SourceFile): boolean {
    return this.#candidateNames.has(file.fileName);
  }

  /** False for `x.name` when neither the package nor any file with code has a member of that name. */
  mayBeMember({ name }: ts.PropertyAccessExpression): boolean {
    if (this.runtime.entryFiles.size === 0) return true;
    this.#named ??= this.program
      .getSourceFiles()
      .filter((file) => !file.isDeclarationFile || this.runtime.entryFiles.has(file.fileName));
    return isDeclaredIn(this.#named, name.text);
  }

  /** Computes something for a node once. `key` is the function that computes it; while it runs, `fallback` is the answer. */
  once<N extends object, T>(key: (model: Model, node: N) => T, node: N, fallback: T): T {
    let memo = this.#memos.get(key);
    if (memo === undefined) {
      memo = new Map();
      this.#memos.set(key, memo);
    }
    const known = memo.get(node);
    if (known !== undefined) {
      this.#facts.see(known.seen);
      return known.value as T;
    }
    memo.set(node, { value: fallback, seen: NOTHING });
    const found = this.#facts.watch(() => key(this, node));
    memo.set(node, found);
    return found.value;
  }

  /**
   * As `once`, for facts that hold beyond this program: they consist of syntax nodes, names and numbers, never of symbols
   * and types. `at` is where the subject is.
   */
  keep<S extends object, T>(key: (model: Model, subject: S) => T, subject: S, at: ts.Node, fallback: T): T {
    const known = this.#facts.known(key, subject, at);
    if (known !== undefined) return known.value as T;
    return this.#facts.find(key, subject, at, fallback, () => key(this, subject));
  }

  /** The symbol that a name stands for, with import and export aliases followed. */
  symbolAt(node: ts.Node): ts.Symbol | undefined {
    const shorthand = ts.isIdentifier(node) && ts.isShorthandPropertyAssignment(node.parent);
    const symbol = shorthand
      ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.directSymbolAt(node);
    return symbol === undefined ? undefined : this.unalias(symbol);
  }

  /** The symbol at a name or a module specifier: an alias where the name is imported. */
  directSymbolAt(node: ts.Node): ts.Symbol | undefined {
    // The compiler looks a name up anew each time, and rules ask four times for each.
    const known = this.#symbols.get(node);
    if (known !== undefined) return known ?? undefined;
    const symbol = this.checker.getSymbolAtLocation(node);
    this.#symbols.set(node, symbol ?? null);
    return symbol;
  }

  unalias(symbol: ts.Symbol): ts.Symbol {
    const target = symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
    if (this.#facts.isFinding) {
      for (const declaration of target.declarations ?? []) {
        const file = declaration.getSourceFile();
        if (!file.isDeclarationFile) this.#facts.seeFile(file); // Declarations stay the same while the program lives.
      }
    }
    return target;
  }

  /** Name in the package of what an expression refers to: `Pool`, `Pool.map`, `isMainProcess`; undefined for all else. */
  runtimeName(expression: ts.Expression): string | undefined {
    const node = unwrap(expression);
    const isMember = ts.isPropertyAccessExpression(node);
    if (isMember && !this.mayBeMember(node)) return undefined;
    const name = isMember ? node.name : node;
    const symbol = this.directSymbolAt(name);
    if (symbol !== undefined) {
      const found = this.runtime.nameOf(symbol) ?? this.runtime.nameOf(this.unalias(symbol));
      if (found !== undefined) return found;
      const declaration = isMember ? undefined : symbol.valueDeclaration;
      if (declaration && ts.isBindingElement(declaration)) return this.#takenFromPackage(declaration);
    }
    return undefined;
  }

  /** `const { Pool: Workers } = manycore`, also of `await import('manycore')`. */
  #takenFromPackage(declaration: ts.BindingElement): string | undefined {
    const name = propertyName(declaration.propertyName ?? declaration.name);
    const holder = declaration.parent.parent;
    const whole = ts.isVariableDeclaration(holder) && holder.initializer && unwrap(holder.initializer);
    if (name === undefined || !whole || !(ts.isIdentifier(whole) || ts.isAwaitExpression(whole)))
      return undefined;
    const member = this.checker.getPropertyOfType(this.checker.getTypeAtLocation(declaration.parent), name);
    const found = member && this.runtime.nameOf(this.unalias(member));
    return found?.includes('.') ? undefined : found;
  }

  /** The function with a body that a call or `new` runs, if it can be told without guessing. */
  calledFunction(
    call: ts.CallExpression | ts.NewExpression,
  ): (FunctionNode & { body: ts.ConciseBody }) | undefined {
    const callee = unwrap(call.expression);
    if (isFunctionWithBody(callee)) return callee;
    return this.functionOf(callee);
  }

  /** The function with a body that a name stands for. */
  functionOf(expression: ts.Expression): (FunctionNode & { body: ts.ConciseBody }) | undefined {
    const node = unwrap(expression);
    if (isFunctionWithBody(node)) return node;
    if (ts.isPropertyAccessExpression(node)) {
      if (!this.mayBeMember(node)) return undefined;
    } else if (!ts.isIdentifier(node)) return undefined;
    const symbol = this.symbolAt(ts.isIdentifier(node) ? node : node.name);
    return symbol === undefined ? undefined : this.functionOfSymbol(symbol);
  }

  /** The function with a body that a symbol, without aliases, declares. */
  functionOfSymbol(symbol: ts.Symbol, hops = 0): (FunctionNode & { body: ts.ConciseBody }) | undefined {
    for (const declaration of symbol.declarations ?? []) {
      if (isFunctionWithBody(declaration)) return declaration;
      const holder =
        ts.isVariableDeclaration(declaration) ||
        ts.isPropertyAssignment(declaration) ||
        ts.isPropertyDeclaration(declaration);
      const made = holder ? declaration.initializer : assignedValue(declaration);
      if (made === undefined) continue;
      const value = unwrap(made);
      if (isFunctionWithBody(value)) return value;
      if (hops < 4 && (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value))) {
        const next = this.symbolAt(ts.isIdentifier(value) ? value : value.name);
        if (next !== undefined && next !== symbol) return this.functionOfSymbol(next, hops + 1);
      }
    }
    return undefined;
  }

  /** The class that an expression names, if its declaration has a body to read. */
  classOf(expression: ts.Expression): ts.ClassLikeDeclaration | undefined {
    const node = unwrap(expression);
    if (ts.isClassExpression(node)) return node;
    const symbol = this.symbolAt(ts.isPropertyAccessExpression(node) ? node.name : node);
    for (const declaration of symbol?.declarations ?? []) {
      if (ts.isClassLike(declaration)) return declaration;
      if (ts.isVariableDeclaration(declaration) && declaration.initializer) {
        const value = unwrap(declaration.initializer);
        if (ts.isClassExpression(value)) return value;
      }
    }
    return undefined;
  }

  /** Expression after `extends`. */
  baseOf(node: ts.ClassLikeDeclaration): ts.Expression | undefined {
    return node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
      ?.expression;
  }

  /** Name of the package's class that a class expression is or extends: `Pool`, `Process`. */
  runtimeClass(expression: ts.Expression, hops = 0): string | undefined {
    const own = this.runtimeName(expression);
    if (own !== undefined || hops > 6) return own;
    const declaration = this.classOf(expression);
    const base = declaration && this.baseOf(declaration);
    return base && this.runtimeClass(base, hops + 1);
  }

  /** Writes to a variable, or to what it holds, within its file. */
  writesTo(symbol: ts.Symbol): readonly Write[] {
    const file = symbol.valueDeclaration?.getSourceFile();
    if (file === undefined) return [];
    let index = this.#writes.get(file);
    if (index === undefined) {
      index = new Map();
      for (const { target, write } of writesIn(file)) {
        const written = this.symbolAt(target);
        const list = written && index.get(written);
        if (list !== undefined) list.push(write);
        else if (written !== undefined) index.set(written, [write]);
      }
      this.#writes.set(file, index);
    }
    return index.get(symbol) ?? [];
  }
}
