import type { Diagnostic } from './diagnostic.ts';
import type { Engine } from './engine.ts';
import { isSourceFile, Workspace } from './workspace.ts';

export type { Diagnostic, Fix, Severity, Span, TextEdit } from './diagnostic.ts';

export interface AnalyserOptions {
  /** Absolute paths of the folders to analyse. */
  readonly roots: readonly string[];
  /** Told when a rule throws; the other rules go on. Default: the error is thrown on. */
  readonly onFailure?: (rule: string, file: string, error: unknown) => void;
  /** Told once, when the compiler is loaded. */
  readonly onCompilerLoaded?: (milliseconds: number) => void;
}

/**
 * Finds faults in code that uses the package `manycore`, without running any of it. The compiler is loaded when the first
 * file that concerns the package is analysed; a workspace without one costs the reading of its files.
 *
 *     const analyser = new Analyser({ roots: ['/work/app'] });
 *     const diagnostics = await analyser.diagnoseAll();
 */
export class Analyser {
  readonly #options: AnalyserOptions;
  readonly #workspace: Workspace;
  #engine: Promise<Engine> | undefined;
  #loaded: Engine | undefined;

  constructor(options: AnalyserOptions) {
    this.#options = options;
    this.#workspace = new Workspace(options.roots);
  }

  /** Absolute paths of the files that may have diagnostics. */
  get candidates(): readonly string[] {
    return [...this.#workspace.concerned];
  }

  /** Number of source files in the workspace. */
  get size(): number {
    return this.#workspace.size;
  }

  /** True once the compiler was loaded. */
  get usesCompiler(): boolean {
    return this.#engine !== undefined;
  }

  /** Sets the text of a file that is open in an editor; null when it was closed. */
  setOverlay(file: string, text: string | null): void {
    this.#workspace.setOverlay(file, text);
  }

  /** Says that a file was changed, made or deleted on disk. True when diagnostics may have changed. */
  fileChanged(file: string): boolean {
    if (/(^|[\\/])(tsconfig[^\\/]*|jsconfig|package)\.json$/.test(file)) {
      this.#loaded?.reset();
      return this.#loaded !== undefined;
    }
    if (!isSourceFile(file)) return false;
    const before = this.#workspace.candidates;
    this.#workspace.refresh(file);
    return before.size > 0 || this.#workspace.candidates.size > 0;
  }

  /** Diagnostics of one file for its current text. Empty for a file that does not concern the package. */
  async diagnose(file: string): Promise<readonly Diagnostic[]> {
    if (!this.#workspace.concerned.has(file)) return [];
    const engine = await this.#load();
    return engine.diagnose(file);
  }

  /** Diagnostics of every file of the workspace, by file. */
  async diagnoseAll(): Promise<readonly Diagnostic[]> {
    const diagnostics: Diagnostic[] = [];
    for (const file of [...this.candidates].sort()) diagnostics.push(...(await this.diagnose(file)));
    return diagnostics;
  }

  /** Gives the memory of all programs back; the next question makes them again. */
  release(): void {
    this.#loaded?.reset();
  }

  #load(): Promise<Engine> {
    this.#engine ??= this.#import();
    return this.#engine;
  }

  async #import(): Promise<Engine> {
    const start = performance.now();
    const { Engine } = await import('./engine.ts');
    this.#options.onCompilerLoaded?.(performance.now() - start);
    const rethrow = (_rule: string, _file: string, error: unknown): never => {
      throw error;
    };
    this.#loaded = new Engine(this.#workspace, this.#options.onFailure ?? rethrow);
    return this.#loaded;
  }
}
