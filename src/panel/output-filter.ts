import type { OutputLine } from '../protocol/run.ts';

export interface OutputFilter {
  /** Null for every worker. */
  readonly worker: number | null;
  /** Anywhere in the line, whatever the case. */
  readonly text: string;
}

/** The lines that a filter lets through, in their order. */
export function filterLines(lines: readonly OutputLine[], filter: OutputFilter): readonly OutputLine[] {
  const text = filter.text.trim().toLowerCase();
  if (filter.worker === null && text === '') return lines;
  return lines.filter(
    (line) =>
      (filter.worker === null || line.worker === filter.worker) &&
      (text === '' || line.text.toLowerCase().includes(text)),
  );
}
