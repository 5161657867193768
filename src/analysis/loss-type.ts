import { ts } from 'ts-morph';
import { classNode, isRegistered } from './classes.ts';
import { isExported } from './exports.ts';
import { EMPTIED, KEEPING_FIELDS, OF_LANGUAGE } from './loss-kinds.ts';
import type { Model } from './model.ts';
import { CONTAINERS } from './shape-kinds.ts';

/** A part of a value that arrives changed without an error, as its type tells. */
export interface TypeLoss {
  /**
   * `emptied`: arrives as `{}`. `shared`: memory that threads share arrives as a copy, or is refused. `instance`: arrives without
   * some of its members. `symbol`: a member whose key is a symbol is left out.
   */
  readonly kind: 'emptied' | 'shared' | 'instance' | 'symbol';
  /** Path below the value: `.signal`. */
  readonly path: string;
  /** Name of the type: `AbortSignal`, `Circle`; of a symbol, the text of the key. */
  readonly name: string;
  /** Of an instance, the class of the language as which it arrives: `Map`. */
  readonly base?: string;
  /** Of an instance, false for a class of Node. */
  readonly isOwn: boolean;
  /** What to do; empty for `instance`. */
  readonly advice: string;
  /** Declarations of the members that are lost, by name. Empty unless the kind is `instance`. */
  readonly members: ReadonlyMap<string, readonly ts.Declaration[]>;
}

const MAX_TYPES = 300;
const MAX_DEPTH = 8;
const NO_MEMBERS: TypeLoss['members'] = new Map();

/** Everything that a value of a type loses on its way, `undefined` and optional parts only where they are instances. */
export function lossesOfType(model: Model, type: ts.Type, at: ts.Node): readonly TypeLoss[] {
  const search = new Search(model, at);
  search.look(type, '', 0, true);
  return search.losses;
}

class Search {
  readonly losses: TypeLoss[] = [];
  readonly #model: Model;
  readonly #at: ts.Node;
  readonly #seen = new Set<ts.Type>();

  constructor(model: Model, at: ts.Node) {
    this.#model = model;
    this.#at = at;
  }

  /** `sure`: every value of the type has this part. */
  look(type: ts.Type, path: string, depth: number, sure: boolean): void {
    if (depth > MAX_DEPTH || this.#seen.size > MAX_TYPES || this.#seen.has(type)) return;
    if (type.isUnion()) {
      for (const part of type.types) this.look(part, path, depth + 1, false);
      return;
    }
    if (type.isIntersection()) {
      for (const part of type.types) this.look(part, path, depth + 1, sure);
      return;
    }
    if (!(type.flags & ts.TypeFlags.Object)) return;
    this.#seen.add(type);
    this.#object(type as ts.ObjectType, path, depth, sure);
  }

  #object(type: ts.ObjectType, path: string, depth: number, sure: boolean): void {
    const { checker, runtime } = this.#model;
    const symbol = type.getSymbol();
    const declaration = symbol?.declarations?.[0];
    if (declaration && runtime.owns(declaration)) return;
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return;
    if (symbol && declaration && isLibrary(this.#model, declaration)) {
      this.#library(type, symbol, path, depth, sure);
      return;
    }
    if (checker.isTupleType(type) || checker.isArrayType(type)) {
      this.#arguments(type as ts.TypeReference, path, depth, sure);
      return;
    }
    const node = symbol && classNode(symbol);
    const isForeign = declaration?.getSourceFile().fileName.includes('/node_modules/') === true;
    if (symbol && (node || isForeign)) {
      if (node && isRegistered(this.#model, node)) return;
      const members = lostMembers(this.#model, type);
      if (members.size > 0) {
        const base = languageBase(this.#model, type);
        const loss = { kind: 'instance', path, name: symbol.name, advice: '', members } as const;
        this.losses.push({ ...loss, isOwn: node !== undefined, ...(base !== undefined && { base }) });
        if (base !== undefined) return;
      }
    }
    if (isForeign) return;
    for (const property of checker.getPropertiesOfType(type)) this.#property(property, path, depth, sure);
    const indexed = checker.getIndexTypeOfType(type, ts.IndexKind.String);
    if (indexed) this.look(indexed, `${path}[*]`, depth + 1, false);
  }

  #library(type: ts.ObjectType, symbol: ts.Symbol, path: string, depth: number, sure: boolean): void {
    const { name } = symbol;
    if (CONTAINERS.has(name)) {
      this.#arguments(type as ts.TypeReference, path, depth, sure);
      return;
    }
    const common = { path, name, advice: '', members: NO_MEMBERS, isOwn: false };
    if (name === 'SharedArrayBuffer' || isSharedView(this.#model, type, symbol)) {
      if (sure) this.losses.push({ ...common, kind: 'shared' });
    } else if (KEEPING_FIELDS.has(name)) {
      const members = lostMembers(this.#model, type);
      this.losses.push({ ...common, kind: 'instance', members });
    } else {
      const advice = EMPTIED[name];
      if (advice !== undefined && sure) this.losses.push({ ...common, kind: 'emptied', advice });
    }
  }

  #arguments(type: ts.TypeReference, path: string, depth: number, sure: boolean): void {
    const tuple = this.#model.checker.isTupleType(type);
    for (const [index, argument] of this.#model.checker.getTypeArguments(type).entries()) {
      this.look(argument, `${path}${tuple ? `[${index}]` : '[*]'}`, depth + 1, sure);
    }
  }

  #property(property: ts.Symbol, path: string, depth: number, sure: boolean): void {
    const declaration = property.valueDeclaration;
    if (property.name.startsWith('__@') || property.name.startsWith('__#')) {
      // Only a literal shows that there is such a member; in declared types it may be there for the compiler only.
      const literal =
        declaration && ts.isPropertyAssignment(declaration) ? symbolKey(this.#model, declaration) : undefined;
      if (literal?.isData) this.losses.push(lostSymbol(literal, path));
      return;
    }
    const isData =
      declaration === undefined ||
      ts.isPropertyDeclaration(declaration) ||
      ts.isPropertySignature(declaration) ||
      ts.isPropertyAssignment(declaration) ||
      ts.isShorthandPropertyAssignment(declaration) ||
      ts.isParameter(declaration) ||
      ts.isBinaryExpression(declaration);
    if (!isData) return;
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const type = this.#model.checker.getTypeOfSymbolAtLocation(property, this.#at);
    this.look(type, `${path}.${property.name}`, depth + 1, sure && !optional);
  }
}

/** A key of a literal that is a symbol; `isData` unless it is one of the language or of a library, which are hooks. */
export function symbolKey(
  model: Model,
  property: ts.ObjectLiteralElementLike,
): { readonly text: string; readonly isData: boolean } | undefined {
  const { name } = property;
  if (name === undefined || !ts.isComputedPropertyName(name)) return undefined;
  const key = name.expression;
  if (!(model.checker.getTypeAtLocation(key).flags & ts.TypeFlags.ESSymbolLike)) return undefined;
  const named = ts.isIdentifier(key) ? key : ts.isPropertyAccessExpression(key) ? key.name : undefined;
  const declaration = named && model.symbolAt(named)?.declarations?.[0];
  const isHook = declaration === undefined || declaration.getSourceFile().isDeclarationFile;
  return { text: key.getText(), isData: !isHook && !ts.isMethodDeclaration(property) };
}

export const lostSymbol = (key: { readonly text: string }, path: string): TypeLoss => ({
  kind: 'symbol',
  path: `${path}[${key.text}]`,
  name: key.text,
  advice: '',
  members: NO_MEMBERS,
  isOwn: true,
});

/** Methods and accessors, and of a subclass of a class of the language also its own fields. Errors of exported classes lose nothing. */
function lostMembers(model: Model, type: ts.Type): ReadonlyMap<string, readonly ts.Declaration[]> {
  const members = new Map<string, readonly ts.Declaration[]>();
  if (isErrorType(model, type) && isExportedClass(model, type)) return members;
  const ofLanguage = languageBase(model, type) !== undefined;
  for (const property of model.checker.getPropertiesOfType(type)) {
    const declarations = property.declarations ?? [];
    const [first] = declarations;
    if (first === undefined || property.name.startsWith('__')) continue;
    if (model.program.isSourceFileDefaultLibrary(first.getSourceFile())) continue;
    const isMethod = ts.isMethodDeclaration(first) || ts.isMethodSignature(first) || ts.isAccessor(first);
    const isField = ts.isPropertyDeclaration(first) || ts.isParameter(first);
    if (isMethod || (ofLanguage && isField)) members.set(property.name, declarations);
  }
  return members;
}

const basesOf = (model: Model, type: ts.Type, hops = 0): ts.Symbol[] => {
  const target = ((type as ts.TypeReference).target as ts.Type | undefined) ?? type;
  if (hops > 8 || !target.isClassOrInterface()) return [];
  return model.checker
    .getBaseTypes(target)
    .flatMap((base) => [
      ...(base.getSymbol() ? [base.getSymbol() as ts.Symbol] : []),
      ...basesOf(model, base, hops + 1),
    ]);
};

const libraryBase = (model: Model, type: ts.Type, isWanted: (name: string) => boolean): string | undefined =>
  basesOf(model, type).find((base) => {
    const declaration = base.declarations?.[0];
    return declaration !== undefined && isWanted(base.name) && isLibrary(model, declaration);
  })?.name;

const languageBase = (model: Model, type: ts.Type): string | undefined =>
  libraryBase(model, type, (name) => OF_LANGUAGE.has(name));

const isErrorType = (model: Model, type: ts.Type): boolean =>
  libraryBase(model, type, (name) => name === 'Error') !== undefined;

function isExportedClass(model: Model, type: ts.Type): boolean {
  const symbol = type.getSymbol();
  const node = symbol && classNode(symbol);
  return node !== undefined && (node.getSourceFile().isDeclarationFile || isExported(model, node));
}

/** `Int32Array<SharedArrayBuffer>`. */
function isSharedView(model: Model, type: ts.ObjectType, symbol: ts.Symbol): boolean {
  if (!/^(\w+Array|DataView|Buffer)$/.test(symbol.name) || !(type.objectFlags & ts.ObjectFlags.Reference))
    return false;
  const [buffer] = model.checker.getTypeArguments(type as ts.TypeReference);
  return buffer?.getSymbol()?.name === 'SharedArrayBuffer';
}

export const isLibrary = (model: Model, node: ts.Node): boolean => {
  const file = node.getSourceFile();
  return (
    model.program.isSourceFileDefaultLibrary(file) ||
    /\/node_modules\/(@types\/node|undici-types)\//.test(file.fileName)
  );
};
