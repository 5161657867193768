import { existsSync } from 'node:fs';
import path from 'node:path';
import { Project, ts } from 'ts-morph';
import { Model } from './model.ts';
import type { Workspace } from './workspace.ts';

/** Compiler options where no tsconfig.json is found. */
const DEFAULTS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
};

/** What the analysis needs whatever the project says; nothing is emitted, and libraries are not checked. */
const FORCED: ts.CompilerOptions = {
  allowJs: true,
  checkJs: false,
  noEmit: true,
  skipLibCheck: true,
  incremental: false,
  composite: false,
};

/** Where ts-morph says that the compiler's own declarations are; they come with the analysis. */
const LIBRARIES = '/node_modules/typescript/lib/';

/** The candidate files of one tsconfig.json as a program that follows the workspace's texts. */
export class AnalysisProject {
  readonly #workspace: Workspace;
  readonly #project: Project;
  /** Content hash of every workspace file of the program when it was last brought up to date. */
  readonly #loaded = new Map<string, string>();
  #model: Model | undefined;
  #roots: ReadonlySet<string> = new Set();

  constructor(workspace: Workspace, tsconfig: string | undefined, near: string) {
    this.#workspace = workspace;
    this.#project = new Project({
      ...(tsconfig !== undefined && { tsConfigFilePath: tsconfig }),
      compilerOptions: { ...(tsconfig === undefined && DEFAULTS), ...FORCED },
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
      skipLoadingLibFiles: false,
    });
    const options = this.#project.compilerOptions;
    // TypeScript 6 includes no @types by itself; without Node's the analysis would be blind to streams and process.env.
    if (options.get().types === undefined && hasNodeTypes(near)) options.set({ types: ['node'] });
  }

  /**
   * The program over these candidate files, with the current text of every file in it. A new one is made only when a text
   * or the set of files has changed.
   */
  model(roots: ReadonlySet<string>): Model {
    const changed = this.#syncRoots(roots);
    const outdated = this.#syncTexts();
    if (this.#model !== undefined && !changed && !outdated) return this.#model;
    this.#model = undefined;
    let program = this.#project.getProgram().compilerObject;
    if (this.#applyOverlays(program)) program = this.#project.getProgram().compilerObject;
    for (const file of program.getSourceFiles()) {
      const hash = this.#workspace.hash(toNative(file.fileName));
      if (hash !== undefined) this.#loaded.set(file.fileName, hash);
    }
    this.#model = new Model(program, new Set([...this.#workspace.candidates].map(toPosix)));
    return this.#model;
  }

  /** Names of the files of the program, without the compiler's own. */
  get files(): readonly string[] {
    const files = this.#model?.program.getSourceFiles() ?? [];
    return files.map((file) => file.fileName).filter((name) => !name.startsWith(LIBRARIES));
  }

  #syncRoots(roots: ReadonlySet<string>): boolean {
    let changed = false;
    for (const file of roots) {
      if (this.#roots.has(file)) continue;
      const text = this.#workspace.overlay(file);
      if (text !== undefined) this.#project.createSourceFile(file, text, { overwrite: true });
      else if (this.#project.addSourceFileAtPathIfExists(file) === undefined) continue;
      this.#loaded.delete(toPosix(file));
      changed = true;
    }
    for (const file of this.#roots) {
      if (roots.has(file)) continue;
      const source = this.#project.getSourceFile(file);
      if (source) this.#project.removeSourceFile(source);
      this.#loaded.delete(toPosix(file));
      changed = true;
    }
    this.#roots = new Set(roots);
    return changed;
  }

  /** Brings files that have changed since they were loaded up to date. */
  #syncTexts(): boolean {
    let changed = false;
    for (const [file, hash] of this.#loaded) {
      const current = this.#workspace.hash(toNative(file));
      if (current === hash) continue;
      changed = true;
      const source = this.#project.getSourceFile(file);
      const overlay = this.#workspace.overlay(toNative(file));
      if (current === undefined) {
        if (source) this.#project.removeSourceFile(source);
        this.#loaded.delete(file);
      } else if (overlay !== undefined) {
        source?.replaceWithText(overlay);
        this.#loaded.set(file, current);
      } else {
        source?.refreshFromFileSystemSync();
        this.#loaded.set(file, current);
      }
    }
    return changed;
  }

  /** Files that the program pulled in from the disk although an editor has another text of them. */
  #applyOverlays(program: ts.Program): boolean {
    let changed = false;
    for (const file of this.#workspace.openFiles) {
      const text = this.#workspace.overlay(file);
      const source = program.getSourceFile(toPosix(file));
      if (text === undefined || source === undefined || source.text === text) continue;
      this.#project.getSourceFile(toPosix(file))?.replaceWithText(text);
      changed = true;
    }
    return changed;
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

function hasNodeTypes(file: string): boolean {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'node_modules', '@types', 'node'))) return true;
    if (path.dirname(folder) === folder) return false;
  }
}

/** The compiler writes paths with `/` on every system. */
export const toPosix = (file: string): string => (path.sep === '/' ? file : file.replaceAll('\\', '/'));
export const toNative = (file: string): string => (path.sep === '/' ? file : file.replaceAll('/', '\\'));
