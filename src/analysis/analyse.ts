import type { Category, Diagnostic, Severity } from './diagnostic.ts';
import type { Engine } from './engine.ts';
import type { Hover } from './hover.ts';
import type { Started } from './started.ts';
import { textFacts } from './text-facts.ts';
import { isSourceFile, Workspace } from './workspace.ts';

export type { Category, Diagnostic, Fix, Severity, Span, TextEdit } from './diagnostic.ts';

/** What is known of a rule without running it. */
export interface RuleInfo {
  readonly name: string;
  readonly category: Category;
  readonly severity: Severity;
}

export interface AnalyserOptions {
  /** Absolute paths of the folders to analyse. */
  readonly roots: readonly string[];
  /** The files in them, where they have been read already. */
  readonly workspace?: Workspace;
  /** Texts will not change, so that nothing has to hold for other ones: it takes less time. Default: false. */
  readonly isFinal?: boolean;
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
    this.#workspace = options.workspace ?? new Workspace(options.roots);
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

  /** True when a text is the one that the analysis has of a file. */
  isCurrent(file: string, text: string): boolean {
    return this.#workspace.hash(file) === textFacts(text).hash;
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

  /**
   * Some of the diagnostics of a file, those that can be told from what it imports, when nothing of a large workspace has been
   * analysed yet. Undefined at all other times: `diagnose` gives all of them soon enough.
   */
  async diagnoseEarly(file: string): Promise<readonly Diagnostic[] | undefined> {
    if (!this.#workspace.candidates.has(file)) return undefined;
    return (await this.#load()).diagnoseEarly(file);
  }

  /** Diagnostics of every file of the workspace, by file. */
  async diagnoseAll(): Promise<readonly Diagnostic[]> {
    const diagnostics: Diagnostic[] = [];
    for (const file of [...this.candidates].sort()) diagnostics.push(...(await this.diagnose(file)));
    return diagnostics;
  }

  /** What is shown for a function that runs in child processes, where its name is; line and column count from 1. */
  async hover(file: string, line: number, column: number): Promise<Hover | undefined> {
    if (!this.#workspace.concerned.has(file)) return undefined;
    return (await this.#load()).hover(file, line, column);
  }

  /**
   * Diagnostics of the file of a function and of what it imports, as if the function ran in worker processes although the
   * code says nothing of it.
   */
  async preflight(started: Started): Promise<readonly Diagnostic[]> {
    return (await this.#load()).preflight(started);
  }

  /** Whether a file has such a function, as far as its exports can be followed: otherwise `preflight` judges the file alone. */
  async hasFunction(started: Started): Promise<boolean> {
    return (await this.#load()).hasFunction(started);
  }

  /** Every rule, in the order of their names. */
  async rules(): Promise<readonly RuleInfo[]> {
    const { rules } = await this.#load();
    return rules.map(({ name, category, severity }) => ({ name, category, severity }));
  }

  /** Number of values by file of which nothing is known, so that nothing is reported, among what was analysed. */
  unknownValues(): ReadonlyMap<string, number> {
    return this.#loaded?.unknownValues() ?? new Map();
  }

  /** Files outside of the workspace's sources that the analysis has read. */
  foreignFiles(): readonly string[] {
    return [...(this.#loaded?.foreignFiles() ?? [])];
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
    const { isFinal = false, onFailure = rethrow } = this.#options;
    this.#loaded = new Engine(this.#workspace, isFinal, onFailure);
    return this.#loaded;
  }
}
