import { spanOf } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Hover, hoverAt } from './hover.ts';
import type { Model } from './model.ts';
import { AnalysisProject, nearestConfig, toNative, toPosix } from './project.ts';
import type { Finding, Rule } from './rule.ts';
import { RULES } from './rules/index.ts';
import type { Started } from './started.ts';
import { startedFunctions } from './started-functions.ts';
import { Suppressions } from './suppress.ts';
import { childModules, importClosure } from './workers.ts';
import type { Workspace } from './workspace.ts';

/** Programs kept at the same time; the least recently used one is dropped. */
const MAX_PROJECTS = 6;
/** With fewer candidate files a program of all of them is made as fast as one of a single file. */
const MANY_FILES = 100;

const EARLY_RULES = RULES.filter((rule) => rule.early);

/** The part of the analysis that needs the compiler. It is loaded at the first candidate file. */
export class Engine {
  /** Every rule, in the order of their names. */
  readonly rules: readonly Rule[] = RULES;
  readonly #workspace: Workspace;
  readonly #isFinal: boolean;
  readonly #onFailure: (rule: string, file: string, error: unknown) => void;
  readonly #projects = new Map<string, AnalysisProject>();
  readonly #configs = new Map<string, string | undefined>();
  readonly #roots = new Map<string | undefined, ReadonlySet<string>>();
  /** The candidates that `#roots` is made from. */
  #rooted: ReadonlySet<string> | undefined;
  /** Files of functions that were asked about with `preflight`: they stay in the programs, for the next time. */
  readonly #startedFiles = new Set<string>();
  readonly #foreign = new Set<string>();
  readonly #results = new WeakMap<Model, Map<string, readonly Diagnostic[]>>();

  /** @param isFinal the texts will not change */
  constructor(
    workspace: Workspace,
    isFinal: boolean,
    onFailure: (rule: string, file: string, error: unknown) => void,
  ) {
    this.#workspace = workspace;
    this.#isFinal = isFinal;
    this.#onFailure = onFailure;
  }

  /** Diagnostics of one file for its current text, in the order of the text. */
  diagnose(file: string): readonly Diagnostic[] {
    const model = this.#modelFor(file);
    let results = this.#results.get(model);
    if (results === undefined) {
      results = new Map();
      this.#results.set(model, results);
    }
    let diagnostics = results.get(file);
    if (diagnostics === undefined) {
      diagnostics = this.#check(model, file);
      results.set(file, diagnostics);
    }
    return diagnostics;
  }

  /**
   * What rules can tell at once of a file, while there is no program of all files yet; the whole answer is better. Undefined
   * where that takes no longer, and after the first such answer: the next one had better wait for the whole.
   */
  diagnoseEarly(file: string): readonly Diagnostic[] | undefined {
    const config = nearestConfig(file, this.#configs);
    const isTime = !this.#projects.has(config ?? '') && this.#rootsOf(config).size >= MANY_FILES;
    if (!isTime || !this.#workspace.candidates.has(file)) return undefined;
    return this.#check(this.#projectOf(config, file).partialModel(file), file, EARLY_RULES);
  }

  /** What is shown for a function at a place in a file; line and column count from 1. */
  hover(file: string, line: number, column: number): Hover | undefined {
    const model = this.#modelFor(file);
    const source = model.program.getSourceFile(toPosix(file));
    const start = source?.getLineStarts()[line - 1];
    return source && start !== undefined ? hoverAt(model, source, start + column - 1) : undefined;
  }

  /** Diagnostics of a function's file and of all that it imports, as if the function ran in worker processes. */
  preflight(started: Started): readonly Diagnostic[] {
    this.#startedFiles.add(started.file);
    this.#rooted = undefined;
    this.#modelFor(started.file);
    const config = nearestConfig(started.file, this.#configs);
    const model = this.#projects.get(config ?? '')?.modelWith(started);
    const source = model?.program.getSourceFile(toPosix(started.file));
    if (model === undefined || source === undefined) return [];
    return [...importClosure(model, source)].flatMap((file) => this.#check(model, toNative(file.fileName)));
  }

  /** Whether a file has such a function, as far as its exports can be followed. */
  hasFunction(started: Started): boolean {
    this.#startedFiles.add(started.file);
    this.#rooted = undefined;
    this.#modelFor(started.file);
    const config = nearestConfig(started.file, this.#configs);
    const model = this.#projects.get(config ?? '')?.modelWith(started);
    return model !== undefined && startedFunctions(model).length > 0;
  }

  /** Number of values by file about which nothing could be told, as far as diagnostics were asked for. */
  unknownValues(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const project of this.#projects.values()) {
      for (const node of project.current?.unknown ?? []) {
        const file = toNative(node.getSourceFile().fileName);
        counts.set(file, (counts.get(file) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** Files that the programs have read which are not source files of the workspace: declarations of packages. */
  foreignFiles(): ReadonlySet<string> {
    for (const project of this.#projects.values()) this.#noteForeign(project);
    return this.#foreign;
  }

  /** Forgets every program: after a tsconfig.json or package.json changed, or to give memory back. */
  reset(): void {
    this.#projects.clear();
    this.#configs.clear();
    this.#rooted = undefined;
  }

  #modelFor(file: string): Model {
    const config = nearestConfig(file, this.#configs);
    return this.#projectOf(config, file).model(this.#rootsOf(config));
  }

  #projectOf(config: string | undefined, file: string): AnalysisProject {
    const key = config ?? '';
    let project = this.#projects.get(key);
    if (project === undefined) project = new AnalysisProject(this.#workspace, config, file, this.#isFinal);
    this.#projects.delete(key);
    this.#projects.set(key, project); // Most recently used last.
    for (const [oldest, dropped] of this.#projects) {
      if (this.#projects.size <= MAX_PROJECTS) break;
      this.#noteForeign(dropped);
      this.#projects.delete(oldest);
    }
    return project;
  }

  /** Candidates of one configuration. */
  #rootsOf(config: string | undefined): ReadonlySet<string> {
    const { candidates } = this.#workspace;
    if (this.#rooted !== candidates) {
      this.#rooted = candidates;
      this.#roots.clear();
    }
    let roots = this.#roots.get(config);
    if (roots === undefined) {
      roots = new Set(
        [...candidates, ...this.#startedFiles].filter(
          (file) => nearestConfig(file, this.#configs) === config,
        ),
      );
      this.#roots.set(config, roots);
    }
    return roots;
  }

  #noteForeign(project: AnalysisProject): void {
    for (const file of project.files) {
      const native = toNative(file);
      if (this.#workspace.hash(native) === undefined) this.#foreign.add(native);
    }
  }

  #check(model: Model, file: string, rules = RULES): readonly Diagnostic[] {
    const source = model.program.getSourceFile(toPosix(file));
    if (source === undefined || !(model.isCandidate(source) || childModules(model).has(source))) return [];
    const suppressions = new Suppressions(source.text);
    const diagnostics: Diagnostic[] = [];
    for (const rule of rules) {
      try {
        for (const finding of rule.check(model, source)) {
          const diagnostic = toDiagnostic(rule, finding, file);
          const covered = suppressions.covers(rule.name, diagnostic.line);
          if (covered === 'yes' || diagnostics.some((known) => isSame(known, diagnostic))) continue;
          diagnostics.push(covered === 'no-reason' ? withReasonAsked(diagnostic) : diagnostic);
        }
      } catch (error) {
        this.#onFailure(rule.name, file, error); // A rule that fails must not take the others with it.
      }
    }
    return diagnostics.sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

function toDiagnostic(rule: Rule, finding: Finding, file: string): Diagnostic {
  const fixes = (finding.fixes ?? []).map((fix) => ({
    ...fix,
    edits: fix.edits.map((edit) => ({ ...edit, file: toNative(edit.file) })),
  }));
  return {
    file,
    ...spanOf(finding.node),
    rule: rule.name,
    category: rule.category,
    severity: finding.severity ?? rule.severity,
    message: finding.message,
    ...(finding.path !== undefined && { path: finding.path }),
    ...(finding.chain && { chain: finding.chain }),
    ...(finding.related && {
      related: finding.related.map((place) => ({ ...place, file: toNative(place.file) })),
    }),
    fixable: fixes.length > 0,
    fixes,
  };
}

const isSame = (a: Diagnostic, b: Diagnostic): boolean =>
  a.rule === b.rule && a.line === b.line && a.column === b.column && a.message === b.message;

const withReasonAsked = (diagnostic: Diagnostic): Diagnostic => ({
  ...diagnostic,
  message: `${diagnostic.message} (The comment that suppresses this gives no reason: write \`-- why\` at its end.)`,
});
