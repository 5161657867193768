import { ts } from 'ts-morph';
import { isFunctionExpression, propertyName } from './ast.ts';
import { isExported } from './exports.ts';
import { EMPTIED } from './loss-kinds.ts';
import type { Model } from './model.ts';
import { CONTAINERS, REFUSED, REFUSED_BASES } from './shape-kinds.ts';
import type { Access } from './trace/origin.ts';

/** Why a value of a type cannot cross. */
export interface TypeFault {
  /** Path below the value: `.hooks.onDone`. */
  readonly path: string;
  /** `a function`, `a Promise`. */
  readonly what: string;
  readonly advice: string;
  readonly node?: ts.Node;
}

export const FUNCTION_ADVICE =
  'keep it in the parent and leave it out here, or export the function from its module so that it is sent by reference';
export const SYMBOL_ADVICE = 'send a string instead';
const MAX_TYPES = 300;
const MAX_DEPTH = 8;

/** Judges a value by its type alone: only what every value of the type is sure to contain counts. */
export class TypeJudge {
  readonly #model: Model;
  readonly #at: ts.Node;
  readonly #seen = new Set<ts.Type>();
  /** False where the visible values are judged elsewhere: a declared function member may be an exported function. */
  readonly #trustFunctions: boolean;

  constructor(model: Model, at: ts.Node, trustFunctions: boolean) {
    this.#model = model;
    this.#at = at;
    this.#trustFunctions = trustFunctions;
  }

  /** The first fault in a value of a type, or undefined. */
  fault(type: ts.Type, path = '', depth = 0): TypeFault | undefined {
    if (depth > MAX_DEPTH || this.#seen.size > MAX_TYPES || this.#seen.has(type)) return undefined;
    if (type.flags & ts.TypeFlags.ESSymbolLike) return { path, what: 'a symbol', advice: SYMBOL_ADVICE };
    if (type.isUnion()) return this.#unionFault(type, path, depth);
    if (type.isIntersection()) {
      if (type.types.some((part) => part.flags & (PRIMITIVE | ts.TypeFlags.Any))) return undefined; // A branded primitive.
      for (const part of type.types) {
        const found = this.fault(part, path, depth + 1);
        if (found) return found;
      }
      return undefined;
    }
    if (!(type.flags & ts.TypeFlags.Object)) return undefined;
    this.#seen.add(type);
    return this.#objectFault(type as ts.ObjectType, path, depth);
  }

  /** Type of the part of a value, or undefined when it cannot be told. */
  part(type: ts.Type, accesses: readonly Access[]): ts.Type | undefined {
    let part: ts.Type | undefined = type;
    for (const [index, step] of accesses.entries()) {
      if (part === undefined) return undefined;
      const entry = this.#entryType(part, step, accesses[index + 1]);
      if (entry) return this.part(entry, accesses.slice(index + 2));
      const whole: ts.Type = this.#model.checker.getNonNullableType(part);
      if (step.kind === 'prop') part = this.#propertyType(whole, step.name);
      else if (step.kind === 'element') part = this.#elementType(whole);
    }
    return part;
  }

  /** A union is at fault when each of its parts is; `undefined` in it means that the value may be absent. */
  #unionFault(type: ts.UnionType, path: string, depth: number): TypeFault | undefined {
    let first: TypeFault | undefined;
    for (const part of type.types) {
      const found = this.fault(part, path, depth + 1);
      if (found === undefined) return undefined;
      first ??= found;
    }
    return first;
  }

  #objectFault(type: ts.ObjectType, path: string, depth: number): TypeFault | undefined {
    const symbol = type.getSymbol();
    const declaration = symbol?.declarations?.[0];
    if (declaration !== undefined && this.#model.runtime.owns(declaration)) return undefined;
    // Before it is asked what can be called, for which the compiler makes all members of the type.
    if (symbol && CONTAINERS.has(symbol.name) && declaration && this.#isLibrary(declaration))
      return this.#argumentsFault(type as ts.TypeReference, path, depth);
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) {
      return this.#functionFault(type, path);
    }
    if (symbol !== undefined && declaration !== undefined && this.#isLibrary(declaration)) {
      return this.#libraryFault(type, symbol, path);
    }
    if (declaration?.getSourceFile().fileName.includes('/node_modules/')) return undefined;
    const { checker } = this.#model;
    if (checker.isTupleType(type) || checker.isArrayType(type)) {
      return this.#argumentsFault(type as ts.TypeReference, path, depth);
    }
    for (const property of checker.getPropertiesOfType(type)) {
      const found = this.#propertyFault(property, path, depth);
      if (found) return found;
    }
    const indexed = checker.getIndexTypeOfType(type, ts.IndexKind.String);
    return indexed && this.fault(indexed, `${path}[*]`, depth + 1);
  }

  #functionFault(type: ts.Type, path: string): TypeFault | undefined {
    const declaration = type.getSymbol()?.declarations?.[0];
    if (declaration !== undefined) {
      if (isExported(this.#model, declaration)) return undefined;
      const literal =
        isFunctionExpression(declaration) ||
        ts.isFunctionDeclaration(declaration) ||
        ts.isClassLike(declaration);
      if (literal) {
        const own = !declaration.getSourceFile().isDeclarationFile;
        return own ? { path, what: 'a function', advice: FUNCTION_ADVICE, node: declaration } : undefined;
      }
      if (ts.isMethodDeclaration(declaration) && ts.isObjectLiteralExpression(declaration.parent)) {
        return { path, what: 'a function', advice: FUNCTION_ADVICE, node: declaration };
      }
      if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) return undefined;
      // What the language itself makes, such as the `resolve` of a promise.
      if (ts.isFunctionTypeNode(declaration) && !type.aliasSymbol && this.#isLanguage(declaration))
        return { path, what: 'a function of the JavaScript engine', advice: FUNCTION_ADVICE };
    }
    // A bare parameter of a function type may be meant for exported functions; a member hardly ever is.
    return this.#trustFunctions && path !== ''
      ? { path, what: 'a function', advice: FUNCTION_ADVICE }
      : undefined;
  }

  #libraryFault(type: ts.ObjectType, symbol: ts.Symbol, path: string): TypeFault | undefined {
    const name = symbol.name;
    if (EMPTIED[name] !== undefined) return undefined; // Sent without an error.
    const advice = REFUSED[name];
    if (advice !== undefined && !isHarmlessNamesake(symbol)) return { path, what: article(name), advice };
    for (const base of this.#baseNames(type)) {
      if (REFUSED_BASES.has(base)) return { path, what: article(name), advice: REFUSED[base] ?? '' };
    }
    return undefined;
  }

  #argumentsFault(type: ts.TypeReference, path: string, depth: number): TypeFault | undefined {
    const tuple = this.#model.checker.isTupleType(type);
    for (const [index, argument] of this.#model.checker.getTypeArguments(type).entries()) {
      const found = this.fault(argument, `${path}${tuple ? `[${index}]` : '[*]'}`, depth + 1);
      if (found) return found;
    }
    return undefined;
  }

  #propertyFault(property: ts.Symbol, path: string, depth: number): TypeFault | undefined {
    if (property.flags & (ts.SymbolFlags.Optional | ts.SymbolFlags.Prototype)) return undefined;
    const declaration = property.valueDeclaration;
    if (declaration !== undefined) {
      const inLiteral =
        ts.isMethodDeclaration(declaration) && ts.isObjectLiteralExpression(declaration.parent);
      if ((ts.isMethodDeclaration(declaration) && !inLiteral) || ts.isMethodSignature(declaration))
        return undefined;
      if (ts.isAccessor(declaration) && ts.isClassLike(declaration.parent)) return undefined;
      if (isOnPrototype(declaration)) return undefined;
      if ('name' in declaration && ts.isPrivateIdentifier(declaration.name as ts.Node)) return undefined;
    }
    if (property.name.startsWith('__@') || property.name.startsWith('__#')) return undefined; // Symbol keys do not travel.
    const type = this.#model.checker.getTypeOfSymbolAtLocation(property, this.#at);
    const named = /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(property.name);
    const below = `${path}${named ? `.${property.name}` : `[${JSON.stringify(property.name)}]`}`;
    const trusted = isArrowField(declaration);
    const found = trusted
      ? { path: below, what: 'a function', advice: FUNCTION_ADVICE }
      : this.fault(type, below, depth + 1);
    return (
      found &&
      ({ ...found, ...((found.node ?? declaration) && { node: found.node ?? declaration }) } as
        | TypeFault
        | undefined)
    );
  }

  #propertyType(type: ts.Type, name: string): ts.Type | undefined {
    const property = this.#model.checker.getPropertyOfType(type, name);
    if (property !== undefined) {
      if (property.flags & ts.SymbolFlags.Optional) return undefined;
      return this.#model.checker.getTypeOfSymbolAtLocation(property, this.#at);
    }
    return undefined;
  }

  /** Key or value of the entries that a Map gives. */
  #entryType(type: ts.Type, step: Access, next: Access | undefined): ts.Type | undefined {
    if (step.kind !== 'element' || next?.kind !== 'prop' || !/^[01]$/.test(next.name)) return undefined;
    if (!/^(Readonly)?Map$/.test(type.getSymbol()?.name ?? '')) return undefined;
    return this.#model.checker.getTypeArguments(type as ts.TypeReference)[Number(next.name)];
  }

  #elementType(type: ts.Type): ts.Type | undefined {
    const { checker } = this.#model;
    if (type.isUnion()) return undefined;
    const list = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    if (list !== undefined) return list;
    const name = type.getSymbol()?.name ?? '';
    const declaration = type.getSymbol()?.declarations?.[0];
    if (declaration === undefined || !this.#isLibrary(declaration)) return undefined;
    if (!ITERABLES.has(name)) return undefined;
    return checker.getTypeArguments(type as ts.TypeReference)[0];
  }

  #isLibrary(node: ts.Node): boolean {
    const file = node.getSourceFile();
    return (
      this.#model.program.isSourceFileDefaultLibrary(file) ||
      /\/node_modules\/(@types\/node|undici-types)\//.test(file.fileName)
    );
  }

  #isLanguage(node: ts.Node): boolean {
    const file = node.getSourceFile();
    return this.#model.program.isSourceFileDefaultLibrary(file) && /\/lib\.es/.test(file.fileName);
  }

  #baseNames(type: ts.Type, hops = 0): string[] {
    if (hops > 6 || !type.isClassOrInterface()) {
      const target = (type as ts.TypeReference).target as ts.Type | undefined;
      if (hops > 6 || target === undefined || target === type) return [];
      return this.#baseNames(target, hops + 1);
    }
    const bases = this.#model.checker.getBaseTypes(type);
    return bases.flatMap((base) => [base.getSymbol()?.name ?? '', ...this.#baseNames(base, hops + 1)]);
  }
}

const PRIMITIVE =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.Null;

const ITERABLES = new Set([
  'Set',
  'ReadonlySet',
  'Iterable',
  'IterableIterator',
  'IteratorObject',
  'ArrayIterator',
  'MapIterator',
  'SetIterator',
  'Generator',
  'AsyncGenerator',
  'AsyncIterable',
  'AsyncIterableIterator',
  'ReadonlyArray',
  'Array',
]);

/** Names that mean something only in their namespace: `Intl.Collator`, `WebAssembly.Module`, `NodeJS.Process`. */
const NAMESPACED: Readonly<Record<string, string>> = {
  Instance: 'WebAssembly',
  Memory: 'WebAssembly',
  Module: 'WebAssembly',
  ListFormat: 'Intl',
  DisplayNames: 'Intl',
  Process: 'NodeJS',
};

function isHarmlessNamesake(symbol: ts.Symbol): boolean {
  const wanted = NAMESPACED[symbol.name];
  const parent = symbol.declarations?.[0]?.parent?.parent;
  return wanted !== undefined && !(parent && ts.isModuleDeclaration(parent) && parent.name.text === wanted);
}

/** `X.prototype.run = ...` of JavaScript. */
const isOnPrototype = (declaration: ts.Declaration): boolean => {
  const target = ts.isBinaryExpression(declaration) ? declaration.left : declaration;
  return (
    ts.isPropertyAccessExpression(target) &&
    ts.isPropertyAccessExpression(target.expression) &&
    target.expression.name.text === 'prototype'
  );
};

const isArrowField = (declaration: ts.Declaration | undefined): boolean =>
  declaration !== undefined &&
  ts.isPropertyDeclaration(declaration) &&
  propertyName(declaration.name) !== undefined &&
  declaration.initializer !== undefined &&
  isFunctionExpression(declaration.initializer);

/** `a Promise`, `an AsyncGenerator`, `process.env`. */
function article(name: string): string {
  if (name === 'ProcessEnv') return 'an exotic object of Node';
  if (name === 'Console') return 'the console, whose members are functions';
  if (name === 'IArguments') return 'an arguments object';
  return `${/^([AEIO]|Interval)/.test(name) ? 'an' : 'a'} ${name}`;
}
