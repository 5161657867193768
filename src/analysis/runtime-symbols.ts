import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ts } from 'ts-morph';
import { PACKAGE_NAME } from './text-facts.ts';

/** The file that the package's name led to when a file was looked at last. A file that is the same means the same by it. */
const entries = new WeakMap<ts.SourceFile, ts.SourceFile>();

/**
 * Tells what belongs to the package `manycore`: by the declaration that a symbol leads to, never by its name. A declaration
 * belongs to it when its file is in the package that `import 'manycore'` resolved to, or when it is in
 * `declare module 'manycore'`.
 */
export class RuntimeSymbols {
  readonly #checker: ts.TypeChecker;
  readonly #roots = new Set<string>();
  readonly #files = new Set<string>();
  readonly #names = new Map<ts.Symbol, string | null>();

  constructor(checker: ts.TypeChecker, program: ts.Program) {
    this.#checker = checker;
    for (const importer of program.getSourceFiles()) {
      const file = this.#importedBy(importer, program);
      if (file !== undefined && !this.#files.has(file.fileName)) this.#addEntry(file);
    }
  }

  /** The file of the package that a file imports. */
  #importedBy(importer: ts.SourceFile, program: ts.Program): ts.SourceFile | undefined {
    const known = entries.get(importer);
    if (known !== undefined && program.getSourceFile(known.fileName) === known) return known;
    const literal = moduleSpecifiers(importer).find(({ text }) => text === PACKAGE_NAME);
    const symbol = literal && this.#checker.getSymbolAtLocation(literal);
    const entry = symbol?.declarations?.find(ts.isSourceFile);
    if (entry !== undefined) entries.set(importer, entry);
    return entry;
  }

  /** Files of the package that an import of it leads to; empty where it is not installed. */
  get entryFiles(): ReadonlySet<string> {
    return this.#files;
  }

  /** `Pool`, `Pool.map`, `isMainProcess`, ... or undefined when the symbol is not of the package. */
  nameOf(symbol: ts.Symbol): string | undefined {
    const known = this.#names.get(symbol);
    if (known !== undefined) return known ?? undefined;
    const name = this.#find(symbol) ?? null;
    this.#names.set(symbol, name);
    return name ?? undefined;
  }

  /** True for a node inside the package. */
  owns(node: ts.Node): boolean {
    const file = node.getSourceFile().fileName;
    if (this.#files.has(file)) return true;
    for (const root of this.#roots)
      if (file.startsWith(root) && !file.includes('/node_modules/', root.length)) return true;
    for (let up: ts.Node | undefined = node; up !== undefined; up = up.parent) {
      if (ts.isModuleDeclaration(up) && ts.isStringLiteral(up.name) && up.name.text === PACKAGE_NAME)
        return true;
    }
    return false;
  }

  #find(symbol: ts.Symbol): string | undefined {
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined) return undefined;
    if (ts.isImportSpecifier(declaration) && importsPackage(declaration.parent.parent.parent)) {
      return (declaration.propertyName ?? declaration.name).text; // Also where the package is not installed.
    }
    if (ts.isSourceFile(declaration) || !this.owns(declaration)) return undefined;
    const holder = declaration.parent;
    return (ts.isClassLike(holder) || ts.isInterfaceDeclaration(holder)) && holder.name !== undefined
      ? `${holder.name.text}.${symbol.name}`
      : symbol.name;
  }

  #addEntry(file: ts.SourceFile): void {
    const root = packageRoot(file.fileName);
    if (root !== undefined) this.#roots.add(root);
    const queue = [file];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (this.#files.has(next.fileName)) continue;
      this.#files.add(next.fileName);
      for (const literal of moduleSpecifiers(next)) {
        if (!literal.text.startsWith('.')) continue;
        const target = this.#checker.getSymbolAtLocation(literal)?.declarations?.find(ts.isSourceFile);
        if (target !== undefined) queue.push(target);
      }
    }
  }
}

/** The strings that a file imports from, `require` included where the compiler sees it. */
export function moduleSpecifiers(file: ts.SourceFile): readonly ts.StringLiteralLike[] {
  return (file as ts.SourceFile & { readonly imports?: readonly ts.StringLiteralLike[] }).imports ?? [];
}

const importsPackage = (node: ts.Node): boolean =>
  ts.isImportDeclaration(node) &&
  ts.isStringLiteral(node.moduleSpecifier) &&
  node.moduleSpecifier.text === PACKAGE_NAME;

/** Folder with `/` at its end of the package.json named `manycore` above a file. */
function packageRoot(file: string): string | undefined {
  let folder = path.posix.dirname(file);
  for (let hops = 0; hops < 8; hops++) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
      const { name } = manifest as { name?: unknown };
      if (name === PACKAGE_NAME) return `${folder}/`;
      if (name !== undefined) return undefined;
    } catch {
      // No manifest here, or one that cannot be read: look further up.
    }
    const parent = path.posix.dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return undefined;
}
