import { spanOf } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Model } from './model.ts';
import { AnalysisProject, nearestConfig, toNative, toPosix } from './project.ts';
import type { Finding, Rule } from './rule.ts';
import { RULES } from './rules/index.ts';
import { Suppressions } from './suppress.ts';
import { childModules } from './workers.ts';
import type { Workspace } from './workspace.ts';

/** Programs kept at the same time; the least recently used one is dropped. */
const MAX_PROJECTS = 6;

/** The part of the analysis that needs the compiler. It is loaded at the first candidate file. */
export class Engine {
  readonly #workspace: Workspace;
  readonly #onFailure: (rule: string, file: string, error: unknown) => void;
  readonly #projects = new Map<string, AnalysisProject>();
  readonly #configs = new Map<string, string | undefined>();
  readonly #results = new WeakMap<Model, Map<string, readonly Diagnostic[]>>();

  constructor(workspace: Workspace, onFailure: (rule: string, file: string, error: unknown) => void) {
    this.#workspace = workspace;
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

  /** Forgets every program: after a tsconfig.json or package.json changed, or to give memory back. */
  reset(): void {
    this.#projects.clear();
    this.#configs.clear();
  }

  #modelFor(file: string): Model {
    const config = nearestConfig(file, this.#configs);
    const key = config ?? '';
    let project = this.#projects.get(key);
    if (project === undefined) project = new AnalysisProject(this.#workspace, config, file);
    this.#projects.delete(key);
    this.#projects.set(key, project); // Most recently used last.
    for (const oldest of this.#projects.keys()) {
      if (this.#projects.size <= MAX_PROJECTS) break;
      this.#projects.delete(oldest);
    }
    const roots = [...this.#workspace.candidates].filter(
      (candidate) => nearestConfig(candidate, this.#configs) === config,
    );
    return project.model(new Set(roots));
  }

  #check(model: Model, file: string): readonly Diagnostic[] {
    const source = model.program.getSourceFile(toPosix(file));
    if (source === undefined || !(model.isCandidate(source) || childModules(model).has(source))) return [];
    const suppressions = new Suppressions(source.text);
    const diagnostics: Diagnostic[] = [];
    for (const rule of RULES) {
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
    severity: rule.severity,
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
