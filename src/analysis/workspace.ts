import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { candidateFiles, concernedFiles } from './candidates.ts';
import { type TextFacts, textFacts } from './text-facts.ts';

/** Files of one workspace that are read at most; more are left out and `truncated` is set. */
export const MAX_FILES = 20_000;
/** A larger file is generated or bundled, in bytes. */
export const MAX_FILE_SIZE = 1_000_000;

const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
const DECLARATION_FILE = /\.d\.[cm]?ts$/;
const SKIPPED_FOLDERS = new Set(['node_modules', 'bower_components', 'dist', 'out', 'coverage']);

/** True for a file that the analysis reads: TypeScript or JavaScript, no declarations. */
export const isSourceFile = (file: string): boolean => SOURCE_FILE.test(file) && !DECLARATION_FILE.test(file);

/** The text of every source file under some folders, as the editor sees it, and which of them are candidates. */
export class Workspace {
  readonly #roots: readonly string[];
  readonly #overlays = new Map<string, string>();
  readonly #facts = new Map<string, TextFacts>();
  #candidates: ReadonlySet<string> | undefined;
  #concerned: ReadonlySet<string> | undefined;
  #scanned = false;
  /** True when the workspace has more than `MAX_FILES` files. */
  truncated = false;

  constructor(roots: readonly string[]) {
    this.#roots = roots.map((root) => path.resolve(root));
  }

  /** Files from which the package can be reached. Reads the folders at the first call. */
  get candidates(): ReadonlySet<string> {
    if (!this.#scanned) this.#scan();
    this.#candidates ??= candidateFiles(this.#facts);
    return this.#candidates;
  }

  /** Files to analyse: the candidates and what they import. */
  get concerned(): ReadonlySet<string> {
    const { candidates } = this;
    this.#concerned ??= concernedFiles(this.#facts, candidates);
    return this.#concerned;
  }

  /** Number of source files known. */
  get size(): number {
    return this.#facts.size;
  }

  /** Text that replaces the file on disk while it is open in an editor; null when it is closed. */
  setOverlay(file: string, text: string | null): void {
    if (text === null) this.#overlays.delete(file);
    else this.#overlays.set(file, text);
    this.refresh(file);
  }

  /** The open text of a file, or undefined when only the disk has it. */
  overlay(file: string): string | undefined {
    return this.#overlays.get(file);
  }

  /** Files with an overlay. */
  get openFiles(): Iterable<string> {
    return this.#overlays.keys();
  }

  /** Content hash of a known file. */
  hash(file: string): string | undefined {
    return this.#facts.get(file)?.hash;
  }

  /** Reads one file again after it was changed, made or deleted. */
  refresh(file: string): void {
    if (!isSourceFile(file)) return;
    const before = this.#facts.get(file);
    const text = this.#overlays.get(file) ?? readSource(file);
    if (text === undefined) {
      if (this.#facts.delete(file)) this.#forgetCandidates();
      return;
    }
    const facts = textFacts(text);
    this.#facts.set(file, facts);
    const same =
      before?.mentionsPackage === facts.mentionsPackage &&
      before.specifiers.join('\n') === facts.specifiers.join('\n');
    if (!same) this.#forgetCandidates();
  }

  #forgetCandidates(): void {
    this.#candidates = undefined;
    this.#concerned = undefined;
  }

  #scan(): void {
    this.#scanned = true;
    for (const root of this.#roots) this.#scanFolder(root);
  }

  #scanFolder(folder: string): void {
    for (const entry of listFolder(folder)) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !SKIPPED_FOLDERS.has(entry.name)) this.#scanFolder(file);
      } else if (entry.isFile() && isSourceFile(entry.name) && !this.#facts.has(file)) {
        if (this.#facts.size >= MAX_FILES) {
          this.truncated = true;
          return;
        }
        this.refresh(file);
      }
    }
  }
}

function listFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // A folder that vanished or may not be read has nothing to analyse.
  }
}

function readSource(file: string): string | undefined {
  try {
    return statSync(file).size > MAX_FILE_SIZE ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined; // Deleted meanwhile.
  }
}
