import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ts } from 'ts-morph';
import { compilerOptions } from './compiler-options.ts';
import { Facts } from './facts.ts';
import { isLibrary, LIBRARIES, libraryText } from './libraries.ts';
import { Model } from './model.ts';
import { signatureOf } from './signature.ts';
import type { Started } from './started.ts';
import type { Workspace } from './workspace.ts';

interface Parsed {
  readonly file: ts.SourceFile;
  /** Content hash of a file of the workspace; others do not change while the program lives. */
  readonly hash: string | undefined;
}

/** The candidate files of one tsconfig.json as a program that follows the workspace's texts. */
export class AnalysisProject {
  readonly #workspace: Workspace;
  readonly #host: ts.CompilerHost;
  readonly #options: ts.CompilerOptions;
  readonly #parsed = new Map<string, Parsed>();
  #program: ts.Program | undefined;
  #model: Model | undefined;
  readonly #facts: Facts;
  #roots: ReadonlySet<string> = new Set();
  /** The version of the workspace that was looked at last. */
  #version = -1;
  #filesVersion = -1;

  /** @param isFinal the texts will not change */
  constructor(workspace: Workspace, config: string | undefined, near: string, isFinal = false) {
    this.#workspace = workspace;
    this.#facts = new Facts(isFinal);
    this.#options = compilerOptions(config, near);
    this.#host = this.#createHost(config === undefined ? path.dirname(near) : path.dirname(config));
  }

  /**
   * The program over these candidate files, with the current text of every file in it. A new one is made only when a text
   * or the set of files has changed; it takes over what has not.
   */
  model(roots: ReadonlySet<string>): Model {
    if (this.#model !== undefined && !this.#isOutdated(roots)) return this.#model;
    const before = this.#model;
    this.#model = undefined;
    this.#roots = roots;
    // Of an old program what imports mean is taken over: only while there are the same files.
    if (this.#filesVersion !== this.#workspace.filesVersion) this.#program = undefined;
    this.#filesVersion = this.#workspace.filesVersion;
    const old = this.#program;
    this.#program = ts.createProgram({
      rootNames: [...roots].map(toPosix),
      options: this.#options,
      host: this.#host,
      ...(old && { oldProgram: old }),
    });
    if (old === undefined || !hasSameFiles(old, this.#program)) this.#forgetUnused(this.#program);
    const candidates = new Set([...this.#workspace.candidates].map(toPosix));
    this.#facts.begin(new Set(this.#program.getSourceFiles()));
    this.#model = new Model(this.#program, candidates, this.#facts);
    this.#carryFacts(before, this.#model);
    return this.#model;
  }

  /** A program of one candidate file and what that imports. What it has parsed is used again by the program of all files. */
  partialModel(file: string): Model {
    const program = ts.createProgram({
      rootNames: [toPosix(file)],
      options: this.#options,
      host: this.#host,
    });
    const candidates = new Set([...this.#workspace.candidates].map(toPosix));
    return new Model(program, candidates, new Facts(true), [], true);
  }

  /** The last program, with functions that are started from outside of the code. */
  modelWith(started: Started): Model {
    if (this.#program === undefined) throw new Error('There is no program yet.');
    const candidates = new Set([...this.#workspace.candidates].map(toPosix));
    return new Model(this.#program, candidates, this.#facts, [{ ...started, file: toPosix(started.file) }]);
  }

  /** What is known of the last program. */
  get current(): Model | undefined {
    return this.#model;
  }

  /** Names of the files of the program, without the compiler's own. */
  get files(): readonly string[] {
    const files = this.#program?.getSourceFiles() ?? [];
    return files.map((file) => file.fileName).filter((name) => !name.startsWith(LIBRARIES));
  }

  #isOutdated(roots: ReadonlySet<string>): boolean {
    if (roots !== this.#roots && !isSame(roots, this.#roots)) return true;
    if (this.#version === this.#workspace.version) return false;
    this.#version = this.#workspace.version;
    if (this.#filesVersion !== this.#workspace.filesVersion) return true;
    for (const [name, { hash }] of this.#parsed)
      if (this.#workspace.hash(toNative(name)) !== hash) return true;
    return false;
  }

  /** Says for which files types have changed; what is known of others holds on. */
  #carryFacts(before: Model | undefined, now: Model): void {
    if (before === undefined || !hasSameFiles(before.program, now.program)) {
      this.#facts.typesChanged();
      return;
    }
    const olds = before.program.getSourceFiles();
    const changed = now.program.getSourceFiles().filter((file, index) => {
      const old = olds[index] as ts.SourceFile;
      return old !== file && signatureOf(before.checker, old) !== signatureOf(now.checker, file);
    });
    const names = changed.map((file) => toNative(file.fileName));
    if (names.length > 0) this.#facts.typesChanged([...this.#workspace.importersOf(names)].map(toPosix));
  }

  #forgetUnused(program: ts.Program): void {
    for (const name of this.#parsed.keys())
      if (program.getSourceFile(name) === undefined) this.#parsed.delete(name);
  }

  #createHost(folder: string): ts.CompilerHost {
    const sys = ts.sys;
    const exists = (file: string): boolean => isLibrary(file) || this.#isOpen(file) || sys.fileExists(file);
    return {
      getSourceFile: (name, options) => this.#sourceFile(name, options),
      getDefaultLibFileName: (options) => LIBRARIES + ts.getDefaultLibFileName(options),
      getDefaultLibLocation: () => LIBRARIES.slice(0, -1),
      getCurrentDirectory: () => toPosix(folder),
      getCanonicalFileName: (name) => (sys.useCaseSensitiveFileNames ? name : name.toLowerCase()),
      useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
      getNewLine: () => '\n',
      writeFile: () => undefined,
      fileExists: exists,
      readFile: (file) => libraryText(file) ?? sys.readFile(file),
      directoryExists: (name) => sys.directoryExists(name),
      getDirectories: (name) => sys.getDirectories(name),
      ...(sys.realpath && { realpath: (name: string) => sys.realpath?.(name) ?? name }),
    };
  }

  #isOpen(file: string): boolean {
    return this.#workspace.overlay(toNative(file)) !== undefined;
  }

  /** The parsed file. The same object as before while its text is the same: the new program shares it with the old one. */
  #sourceFile(
    name: string,
    options: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined {
    const hash = this.#workspace.hash(toNative(name));
    const known = this.#parsed.get(name);
    if (known !== undefined && known.hash === hash) return known.file;
    const text = libraryText(name) ?? this.#workspace.overlay(toNative(name)) ?? readText(name);
    if (text === undefined) return undefined;
    const file = parse(name, text, options);
    this.#parsed.set(name, { file, hash });
    return file;
  }
}

/** True for programs over files of the same names, in the same order. */
function hasSameFiles(a: ts.Program, b: ts.Program): boolean {
  const [some, others] = [a.getSourceFiles(), b.getSourceFiles()];
  return (
    some.length === others.length && some.every((file, index) => file.fileName === others[index]?.fileName)
  );
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

/** Comments of TypeScript tell nothing about types: reading them costs as much as the code in libraries. */
function parse(
  name: string,
  text: string,
  options: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile {
  const given = typeof options === 'object' ? options : { languageVersion: options };
  return ts.createSourceFile(name, text, {
    ...given,
    jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeInfo,
  });
}

function readText(name: string): string | undefined {
  try {
    return readFileSync(toNative(name), 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined; // Deleted meanwhile.
  }
}

/** The nearest tsconfig.json or jsconfig.json above a file, or undefined. */
export function nearestConfig(file: string, known: Map<string, string | undefined>): string | undefined {
  const folder = path.dirname(file);
  if (known.has(folder)) return known.get(folder);
  let found: string | undefined;
  for (const name of ['tsconfig.json', 'jsconfig.json']) {
    if (found === undefined && existsSync(path.join(folder, name))) found = path.join(folder, name);
  }
  const parent = path.dirname(folder);
  if (found === undefined && parent !== folder) found = nearestConfig(folder, known);
  known.set(folder, found);
  return found;
}

/** The compiler writes paths with `/` on every system. */
export const toPosix = (file: string): string => (path.sep === '/' ? file : file.replaceAll('\\', '/'));
export const toNative = (file: string): string => (path.sep === '/' ? file : file.replaceAll('/', '\\'));
