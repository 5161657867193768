import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type CodeAction,
  CodeActionKind,
  DiagnosticSeverity,
  type Diagnostic as LspDiagnostic,
  type TextEdit as LspTextEdit,
  type Range,
} from 'vscode-languageserver/node.js';
import type { Diagnostic, Fix, Severity, Span, TextEdit } from '../analysis/analyse.ts';
import { docsOf, type ServerSettings } from './settings.ts';

/** Name under which diagnostics are shown. */
export const SOURCE = 'manycore';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Hint,
};

/** File path of a document, or undefined for one that is not on disk (untitled, git, output). */
export const pathOf = (uri: string): string | undefined =>
  uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
export const uriOf = (file: string): string => pathToFileURL(file).href;

/** LSP counts from 0. */
export const rangeOf = (span: Span): Range => ({
  start: { line: span.line - 1, character: span.column - 1 },
  end: { line: span.endLine - 1, character: span.endColumn - 1 },
});

export function toLsp(diagnostic: Diagnostic, settings: ServerSettings): LspDiagnostic {
  return {
    range: rangeOf(diagnostic),
    severity: SEVERITIES[diagnostic.severity],
    code: diagnostic.rule,
    codeDescription: { href: docsOf(diagnostic.rule, settings) },
    source: SOURCE,
    message: diagnostic.message,
    relatedInformation: (diagnostic.related ?? []).map((place) => ({
      location: { uri: uriOf(place.file), range: rangeOf(place) },
      message: place.message,
    })),
  };
}

/** Edits by document. */
export function changesOf(edits: readonly TextEdit[]): Record<string, LspTextEdit[]> {
  const changes: Record<string, LspTextEdit[]> = {};
  for (const edit of edits) {
    const uri = uriOf(edit.file);
    changes[uri] ??= [];
    changes[uri].push({ range: rangeOf(edit), newText: edit.newText });
  }
  return changes;
}

/** One quick fix as a code action with the edits of every file that it touches. */
export function toCodeAction(fix: Fix, diagnostic: Diagnostic, settings: ServerSettings): CodeAction {
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toLsp(diagnostic, settings)],
    isPreferred: true,
    edit: { changes: changesOf(fix.edits) },
  };
}

/** Puts `// manycore-ignore-next-line` above a diagnostic; the user fills in the reason. */
export function suppressAction(diagnostic: Diagnostic, indent: string, settings: ServerSettings): CodeAction {
  const start = { line: diagnostic.line - 1, character: 0 };
  const newText = `${indent}// manycore-ignore-next-line ${diagnostic.rule} -- TODO: say why\n`;
  return {
    title: `Ignore ${diagnostic.rule} here, with a reason`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toLsp(diagnostic, settings)],
    edit: { changes: { [uriOf(diagnostic.file)]: [{ range: { start, end: start }, newText }] } },
  };
}
