import type { Span, TextEdit } from './diagnostic.ts';

/** A text with edits applied that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(text);
  const offset = (line: number, column: number): number => (starts[line - 1] ?? text.length) + column - 1;
  return edits
    .map((edit, index) => ({ ...edit, index, from: offset(edit.line, edit.column) }))
    .sort((a, b) => b.from - a.from || b.index - a.index)
    .reduce(
      (result, edit) =>
        result.slice(0, edit.from) + edit.newText + result.slice(offset(edit.endLine, edit.endColumn)),
      text,
    );
}

/** True when both touch the same text, or insert at the same place. */
export function overlap(a: Span, b: Span): boolean {
  const isBefore = (one: Span, other: Span): boolean =>
    one.endLine < other.line || (one.endLine === other.line && one.endColumn <= other.column);
  const isEmpty = (one: Span): boolean => one.line === one.endLine && one.column === one.endColumn;
  if (isEmpty(a) && isEmpty(b)) return a.line === b.line && a.column === b.column;
  return !isBefore(a, b) && !isBefore(b, a);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
